"""Functions of the state that are constant along every trajectory and differ between trajectories.

For H = sum_i c_i b_i(x): within-trajectory variance c.W c, variance over all samples c.T c; the c of smallest ratio
solve W c = ratio T c. What noise alone would leave, c.N c with N = mean grad b . noise^2 . grad b, is compared with it.
No derivative in time is taken. The null space is made sparse by elimination, simplest terms first, and every invariant
is fitted again on its own few terms.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.linalg import eigh

from ...algebra.expressions.text import parse, symbols_of
from .coefficient_snapping import simple_fraction
from .settings import CONSTANTS
from .term_library import Library, polynomial_library

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Constant:
    """An invariant, its variance within trajectories over that of all samples, and what noise alone would give."""

    expression: sympy.Expr
    ratio: float
    noise: float

    @property
    def length(self) -> int:
        """Operations in the formula."""
        return int(sympy.count_ops(self.expression))


def candidate_libraries(
    names: tuple[str, ...], states: Sequence[Array], degree: int, basis: Sequence[str]
) -> list[Library]:
    """Simplest first: polynomials of growing degree; with logarithms, sines and cosines, and inverse distances.

    Each of `states` (samples, variables).
    """
    if basis:
        return [_in_basis(names, basis, d) for d in range(1, degree + 1)]
    polynomials = [_without_one(polynomial_library(names, d)) for d in range(1, degree + 1)]
    found = [*polynomials, *_with_logarithms(polynomials[0], states)]
    found += _with_waves(polynomials[min(degree, 2) - 1])
    found += _with_distances(polynomials[min(degree, 2) - 1], polynomials[min(degree, 3) - 1])
    rows = sum(map(len, states))
    return [library for library in found if len(library) * 4 <= rows]


def _with_logarithms(low: Library, states: Sequence[Array]) -> list[Library]:
    """Of amounts, which are positive along all trajectories."""
    if not all((x > 0).all() for x in states):
        return []
    symbols = symbols_of(low.names).values()
    return [Library(low.names, (*low.terms, *map(sympy.log, symbols)), "with logarithms")]


def _with_waves(low: Library) -> list[Library]:
    """Sines and cosines of few variables: an angle and its momentum, or two of each."""
    if len(low.names) > 4:
        return []
    waves = [f(s) for s in symbols_of(low.names).values() for f in (sympy.cos, sympy.sin)]
    return [Library(low.names, (*low.terms, *waves), "with sines and cosines")]


def _with_distances(*each: Library) -> list[Library]:
    """1/r, x/r and y/r for every pair of at least four variables: two places and their velocities."""
    names = each[0].names
    if len(names) < 4:
        return []
    pairs = itertools.combinations(symbols_of(names).values(), 2)
    pulls = [one / sympy.sqrt(a**2 + b**2) for a, b in pairs for one in (sympy.Integer(1), a, b)]
    return [Library(names, (*library.terms, *pulls), "with inverse distances") for library in each]


def _in_basis(names: tuple[str, ...], basis: Sequence[str], degree: int) -> Library:
    """Monomials in the basis alone."""
    places = tuple(f"b{i}_" for i in range(len(basis)))
    table = {sympy.Symbol(p, real=True): parse(text, names) for p, text in zip(places, basis, strict=True)}
    terms: list[Any] = [sympy.sympify(term.xreplace(table)) for term in polynomial_library(places, degree).terms]
    return Library(names, tuple(term for term in dict.fromkeys(terms) if term.free_symbols), "in the basis")


def _without_one(library: Library) -> Library:
    return Library(library.names, tuple(t for t in library.terms if t.free_symbols), library.title)


def constant_functions(
    states: Sequence[Array], noise: Array, candidates: Sequence[Library], most: int
) -> list[Constant]:
    """At most `most` functionally independent functions, the shortest first.

    Each of `states` (samples, variables), noise (variables,).
    """
    found: list[Constant] = []
    stride = max(1, sum(map(len, states)) // CONSTANTS.most_samples)
    states = [x[::stride] for x in states]
    together = np.concatenate(states)
    points = together[np.linspace(0, len(together) - 1, min(len(together), CONSTANTS.gradient_points)).astype(int)]
    proposed = [constant for library in candidates for constant in _null_space(states, noise, library)]
    for constant in sorted(proposed, key=lambda one: one.length):
        if len(found) < most and _is_new(constant, found, candidates[0].names, points):
            found.append(constant)
    return found


class _Moments:
    """Variances of the terms within trajectories, in all, and by noise."""

    def __init__(self, states: Sequence[Array], noise: Array, library: Library) -> None:
        values = [library.values(x) for x in states]
        everything = np.concatenate(values)
        self.finite = bool(np.isfinite(everything).all())
        self.size = everything.std(0) if self.finite else np.ones(len(library))
        self.size = np.where(self.size > 0, self.size, 1.0)
        rows = len(everything)
        centred = [((v - v.mean(0)) / self.size) for v in values]
        self.parts = [c.T @ c / rows for c in centred]
        whole = (everything - everything.mean(0)) / self.size
        self.within, self.total = np.sum(self.parts, 0), whole.T @ whole / rows
        slopes = library.slopes(np.concatenate(list(states))) * noise / self.size[:, None]
        self.noise = sum(part.T @ part for part in np.moveaxis(slopes, 2, 0)) / rows

    def ratios(self, c: Array) -> tuple[float, float]:
        total = float(c @ self.total @ c)
        return float(c @ self.within @ c) / total, float(c @ self.noise @ c) / total


def _null_space(states: Sequence[Array], noise: Array, library: Library) -> list[Constant]:
    """Constant functions of one library, sparse, fewest terms first."""
    moments = _Moments(states, noise, library)
    if not moments.finite:
        return []
    ridge = CONSTANTS.ridge * np.trace(moments.total) * np.eye(len(library))
    try:
        _, vectors = eigh(moments.within, moments.total + ridge)
    except np.linalg.LinAlgError:
        return []
    space = []
    for c in vectors.T:
        if not _holds(*moments.ratios(c)):
            break
        space.append(c)
    if not space:
        return []
    rows = [_pruned(row, moments) for row in _echelon(np.array(space))]
    kept = [(c, moments.ratios(c)) for c in rows if c is not None]
    kept.sort(key=lambda pair: (int((pair[0] != 0).sum()), pair[1][0]))
    return [Constant(_expression(c, moments, library), *ratios) for c, ratios in kept]


def _holds(ratio: float, noise: float) -> bool:
    return ratio <= CONSTANTS.noisy * noise + CONSTANTS.rounding and ratio < CONSTANTS.largest


def _echelon(space: Array) -> Array:
    """A basis of the same space, each with a term of its own that no other has: later (less simple) terms first."""
    rows = space.copy()
    scale = np.abs(rows).max()
    done = np.zeros(len(rows), dtype=bool)
    for column in range(rows.shape[1] - 1, -1, -1):
        free = np.flatnonzero(~done)
        if not len(free):
            break
        best = free[np.argmax(np.abs(rows[free, column]))]
        if abs(rows[best, column]) < 0.1 * np.abs(rows[best]).max() or abs(rows[best, column]) < 1e-6 * scale:
            continue
        rows[best] /= rows[best, column]
        done[best] = True
        for other in range(len(rows)):
            if other != best:
                rows[other] = rows[other] - rows[other, column] * rows[best]
    return rows


def _refitted(support: NDArray[np.int64], within: Array, total: Array) -> Array | None:
    c = np.zeros(len(total))
    block = np.ix_(support, support)
    try:
        _, vectors = eigh(within[block], total[block] + CONSTANTS.ridge * len(support) * np.eye(len(support)))
    except np.linalg.LinAlgError:
        return None
    c[support] = vectors[:, 0]
    return c


def _pruned(row: Array, moments: _Moments) -> Array | None:
    """The same invariant on as few terms as it needs, taken away one by one."""
    current = row / np.abs(row).max()
    current[np.abs(current) <= 1e-9] = 0.0
    support = np.flatnonzero(current)
    while len(support) > 1:
        weakest = support[np.argmin(np.abs(current[support]))]
        fewer = support[support != weakest]
        trial = _refitted(fewer, moments.within, moments.total)
        if trial is None:
            break
        ratio, expected = moments.ratios(trial)
        before = moments.ratios(current)[0]
        if not _holds(ratio, expected) or ratio > 1.3 * before + CONSTANTS.rounding / 10:
            break
        current, support = trial / np.abs(trial).max(), fewer
    return current if _holds(*moments.ratios(current)) else None


def _expression(c: Array, moments: _Moments, library: Library) -> sympy.Expr:
    """With simple numbers where the spread over parts of the data allows them."""
    support, raw = np.flatnonzero(c), c / moments.size
    unit = support[np.argmin([_awkward(raw, support, int(i)) for i in support])]
    values, draws = raw / raw[unit], _without_folds(support, moments)
    total = sympy.Integer(0)
    for i in support:
        spread = np.std([d[i] / d[unit] for d in draws]) * np.sqrt(CONSTANTS.folds) if len(draws) > 1 else 0.0
        total += _number(float(values[i]), float(spread)) * library.terms[i]
    _, rest = sympy.factor_terms(total).as_coeff_Mul()
    return sympy.expand(rest)


def _without_folds(support: NDArray[np.int64], moments: _Moments) -> list[Array]:
    """The coefficients, fitted again without each part of the data."""
    draws = []
    for fold in range(CONSTANTS.folds):
        parts = [p for i, p in enumerate(moments.parts) if i % CONSTANTS.folds != fold]
        if 0 < len(parts) < len(moments.parts):
            again = _refitted(support, np.sum(parts, 0), moments.total)
            draws += [again / moments.size] if again is not None else []
    return draws


def _number(value: float, spread: float) -> sympy.Expr:
    """A simple fraction where the spread allows it; else as many digits as are known."""
    doubt = max(spread, 1e-5 * abs(value))
    exact = simple_fraction(value, doubt)
    if exact is not None:
        return exact
    digits = max(2, min(12, 1 - int(np.floor(np.log10(doubt / abs(value) + 1e-300)))))
    return sympy.Float(f"{value:.{digits}g}", 15)


def _awkward(raw: Array, support: NDArray[np.int64], unit: int) -> float:
    """How far the coefficients are from simple numbers when that of `unit` is 1."""
    values = raw[support] / raw[unit]
    return float(sum(abs(v * 2 - round(v * 2)) + (0.2 if abs(v) < 0.4 else 0.0) for v in values))


def _is_new(constant: Constant, found: Sequence[Constant], names: tuple[str, ...], points: Array) -> bool:
    """Whether the gradient points away from those of the ones before, at most points."""
    library = Library(names, (*(one.expression for one in found), constant.expression))
    slopes = library.slopes(points) * points.std(0)
    slopes = slopes / np.maximum(np.linalg.norm(slopes, axis=2, keepdims=True), 1e-300)
    if not found:
        return True
    basis = np.linalg.qr(slopes[:, :-1].transpose(0, 2, 1))[0]
    last = slopes[:, -1]
    away = last - np.einsum("sik,sk->si", basis, np.einsum("sik,si->sk", basis, last))
    return float(np.median(np.linalg.norm(away, axis=1))) > CONSTANTS.new


def drift(values: Sequence[Array]) -> float:
    """The standard deviation along trajectories over that between their means.

    Each of `values` has shape (samples,).

    >>> drift([np.array([1.0, 1.0]), np.array([3.0, 3.0])])
    0.0
    """
    within = np.sqrt(np.mean([v.var() for v in values]))
    between = float(np.std([v.mean() for v in values]))
    return float(within) / between if between > 0 else float("inf")

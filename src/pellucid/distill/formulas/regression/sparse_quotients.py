"""Sparse polynomials, and quotients of two, in a few columns, by leaving terms out one at a time.

    y = P(x) / Q(x),    P = sum_m p_m x^m,    Q = x^k + sum_m q_m x^m,    every monomial x^m up to a total degree

solved by least squares of y Q = P with rows weighted by 1 / Q of the step before (Sanathanan and Koerner, IEEE Trans.
Automatic Control 8:56, 1963), and steps of Gauss and Newton from there; then the term whose coefficient is the fewest
standard errors from 0 leaves, and so on. Of each way down those numbers of terms are kept that BIC prefers, with what
writing a term costs. Where the exhaustive regressions stop at a few terms of a large bank, these have many of a small
one. Cost: a tenth of a second.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ....run.cpu_limit import is_over
from ....subjects.tables.samples import Samples
from ..expression.candidate import Candidate
from ..expression.polish import evaluate_candidate
from ..expression.tidy import shortest

Array = NDArray[np.float64]
Monomial = tuple[int, ...]


@dataclass(frozen=True)
class Degrees:
    """How far the monomials go, and how many may stand in one formula."""

    polynomials: tuple[int, ...] = (9, 5, 3)
    """The highest total degree in one column, in two, in three: of each about as many monomials, twenty at most."""
    above: tuple[int, ...] = (6, 3, 3)
    below: tuple[int, ...] = (4, 3, 3)
    """The same of a quotient, above the bar and below."""
    rows_a_term: float = 1.5
    """At least so many rows for each monomial to begin with: with fewer, what is left of a fit says nothing."""
    term_nats: float = 2.5
    """What a term costs beside half ln(rows): its symbols, about as in the description of a formula."""
    kept: int = 2
    """So many of the best are handed on of each degree: over all degrees the highest would win by what they have to
    choose from."""
    whole: float = 3.0
    """Coefficients within so many standard errors of a whole number are handed on as that as well, one after the other,
    the best known first and each where the ones before it put it (Babai, Combinatorica 6:1, 1986)."""


@dataclass(frozen=True)
class _Fit:
    """Coefficients above and below the bar on their monomials, whole numbers as int, and the length in nats."""

    above: dict[Monomial, float]
    below: dict[Monomial, float]
    nats: float

    def expression(self, names: Sequence[str]) -> sympy.Expr:
        symbols = [sympy.Symbol(name, real=True) for name in names]

        def number(value: float) -> sympy.Expr:
            return sympy.Integer(value) if isinstance(value, int) else sympy.Float(value, 17)

        def polynomial(terms: dict[Monomial, float]) -> sympy.Expr:
            return sympy.Add(*(number(c) * sympy.Mul(*(symbols[j] for j in m)) for m, c in terms.items()))

        return polynomial(self.above) / polynomial(self.below)


def sparse_quotients(samples: Samples, columns: Sequence[int], degrees: Degrees = Degrees()) -> list[Candidate]:
    """The best polynomials and quotients in the `columns`, at most three of them; the shortest first.

    >>> x = np.linspace(-1, 1, 40)
    >>> y = x + 2 * x**2 + 3 * x**3 + 4 * x**4 + 1e-3 * np.random.default_rng(0).normal(size=40)
    >>> found = [str(each.expression) for each in sparse_quotients(Samples(x[:, None], y, ("x",)), [0])]
    >>> "x*(4*x**3 + 3*x**2 + 2*x + 1)" in found
    True
    """
    columns = list(columns)[: len(degrees.polynomials)]
    if not columns or samples.units is not None:  # monomials of all degrees have no common unit
        return []
    with np.errstate(all="ignore"):
        fits = sorted(_every(samples.X[:, columns], samples.y, degrees), key=lambda fit: fit.nats)
    names = [samples.names[j] for j in columns]
    plain = dict.fromkeys(fit.expression(names) for fit in fits)
    written = dict.fromkeys(e if e.has(sympy.Float) else shortest(e) for e in plain)  # factors show where all is exact
    route = "sparse quotient"
    candidates = [evaluate_candidate(each, samples.X, samples.y, samples.names, route) for each in written]
    return [each for each in candidates if each is not None]


def _every(X: Array, y: Array, degrees: Degrees) -> Iterator[_Fit]:
    """The best of every pair of degrees that the rows allow."""
    count, most = X.shape[1], int(len(y) / degrees.rows_a_term)
    for below in range(degrees.below[count - 1] + 1):
        tops = degrees.above if below else degrees.polynomials
        for above in range(tops[count - 1] + 1):
            over, under = _monomials(count, above), _monomials(count, below)
            if len(over) + len(under) - 1 > most or is_over():
                break
            for pivot in _pivots(X, y, over, under):
                way = sorted(_way_down(X, y, over, under, pivot, degrees), key=lambda fits: fits[0].nats)
                yield from (fit for fits in way[: degrees.kept] for fit in fits)


def _monomials(columns: int, degree: int) -> list[Monomial]:
    """Every monomial as the columns in it, 1 first."""
    return [m for d in range(degree + 1) for m in combinations_with_replacement(range(columns), d)]


def _values(X: Array, monomials: Sequence[Monomial]) -> Array:
    """(rows, monomials)."""
    return np.stack([np.prod(X[:, list(m)], axis=1) for m in monomials], 1)


def _pivots(X: Array, y: Array, above: list[Monomial], below: list[Monomial]) -> list[Monomial]:
    """The monomials below the bar whose coefficient may be 1: the constant, and the one with the largest share in the
    combination of P and y Q that is nearest to 0, where the denominator has no constant term."""
    if len(below) == 1:
        return below
    columns = np.concatenate([_values(X, above), y[:, None] * _values(X, below)], 1)
    size = np.linalg.norm(columns, axis=0)
    if not ((size > 0) & np.isfinite(size)).all():
        return below[:1]
    nearest = np.linalg.svd(columns / size, full_matrices=False)[2][-1]
    return list(dict.fromkeys([below[0], below[int(np.argmax(np.abs(nearest[len(above) :])))]]))


def _way_down(
    X: Array, y: Array, above: list[Monomial], below: list[Monomial], pivot: Monomial, degrees: Degrees
) -> Iterator[list[_Fit]]:
    """The fit of all terms, and each with one fewer: as it is, and with whole numbers."""
    terms = [*((m, True) for m in above), *((m, False) for m in below if m != pivot)]
    values = dict(zip([*above, *below], np.concatenate([_values(X, above), _values(X, below)], 1).T, strict=True))
    least = 1e-28 * float(np.mean(y * y))
    while terms:
        columns = np.stack([values[m] for m, _ in terms], 1)
        system = _System(columns, np.array([is_above for _, is_above in terms]), values[pivot], y)
        found = system.solved()
        if found is None:
            return
        coefficients, spread, missed = found
        nats = len(y) / 2 * math.log(max(missed, least)) + len(terms) * (math.log(len(y)) / 2 + degrees.term_nats)
        if any(is_above for _, is_above in terms) and not system.has_pole(coefficients):
            ways = [coefficients.tolist(), system.whole(coefficients, missed, degrees.whole)]
            yield [_as_fit(terms, numbers, pivot, nats) for numbers in ways]
        terms.pop(int(np.argmin(np.abs(coefficients) / spread)))


def _as_fit(terms: Sequence[tuple[Monomial, bool]], numbers: Sequence[float], pivot: Monomial, nats: float) -> _Fit:
    pairs = list(zip(terms, numbers, strict=True))
    up = {m: c for (m, is_above), c in pairs if is_above}
    return _Fit(up, {pivot: 1, **{m: c for (m, is_above), c in pairs if not is_above}}, nats)


@dataclass(frozen=True, eq=False)
class _System:
    """y (pivot + B q) = A p, where `columns` (rows, terms) holds A (where `is_above`) and B side by side."""

    columns: Array
    is_above: NDArray[np.bool_]
    pivot: Array
    y: Array
    lowest: float = 1e-3
    """Rows whose denominator is below this share of the largest are taken as if it were that."""

    def solved(self, repeats: int = 3, steps: int = 5) -> tuple[Array, Array, float] | None:
        """Coefficients, their standard errors for noise of size 1, and the mean square that is missed; None where terms
        are one another.

        Rows weighted by the denominator before (Sanathanan and Koerner) come near, and steps of Gauss and Newton end
        where the noise is in y alone: y times a denominator would have it on both sides.
        """
        design = np.where(self.is_above, self.columns, -self.y[:, None] * self.columns)
        is_plain = bool(self.is_above.all())
        weights = 1 / self.pivot if is_plain else np.ones(len(self.y))
        for _ in range(1 if is_plain else repeats):
            solution = _least_squares(design * weights[:, None], self.y * self.pivot * weights)
            if solution is None:
                return None
            weights = 1 / self._denominator(solution[0])
        coefficients, spread = solution
        best = self._missed(coefficients)
        for _ in range(0 if is_plain else steps):
            stepped = self._stepped(coefficients, best)
            if stepped is None:
                break
            coefficients, spread, best = stepped
        return coefficients, spread, best

    def whole(self, coefficients: Array, missed: float, far: float) -> list[float]:
        """The coefficients, those as int that may be whole numbers; the others as they are best beside them."""
        slopes = self._slopes(coefficients)
        errors = math.sqrt(missed) * np.linalg.norm(np.linalg.pinv(slopes), axis=1)
        order = np.argsort(-errors)  # the last, best known, comes first
        r: Any = np.linalg.qr(slopes[:, order], mode="r")
        numbers: list[float] = coefficients[order].tolist()
        for k in range(len(order) - 1, -1, -1):
            moved = r[k, k + 1 :] @ (coefficients[order][k + 1 :] - np.array(numbers[k + 1 :], dtype=np.float64))
            value = float(coefficients[order][k] + moved / r[k, k])
            error = math.sqrt(missed) / abs(r[k, k])
            is_whole = far * error < 1 and abs(value - round(value)) <= max(far * error, 1e-9 * abs(value))
            numbers[k] = round(value) if is_whole else value
        back = np.argsort(order)
        return [numbers[k] for k in back]

    def has_pole(self, coefficients: Array) -> bool:
        """Whether the denominator changes its sign within the rows, or comes near."""
        raw = self.pivot + self.columns[:, ~self.is_above] @ coefficients[~self.is_above]
        return bool(raw.min() <= 0 <= raw.max())

    def _denominator(self, coefficients: Array) -> Array:
        raw = self.pivot + self.columns[:, ~self.is_above] @ coefficients[~self.is_above]
        size = np.abs(raw)
        return np.where(raw < 0, -1, 1) * np.maximum(size, self.lowest * size.max())

    def _fitted(self, coefficients: Array) -> Array:
        return self.columns[:, self.is_above] @ coefficients[self.is_above] / self._denominator(coefficients)

    def _missed(self, coefficients: Array) -> float:
        return float(np.mean((self.y - self._fitted(coefficients)) ** 2))

    def _slopes(self, coefficients: Array) -> Array:
        """d (P / Q) / d coefficients, (rows, terms)."""
        fitted, denominator = self._fitted(coefficients), self._denominator(coefficients)
        return np.where(self.is_above, self.columns, -fitted[:, None] * self.columns) / denominator[:, None]

    def _stepped(self, coefficients: Array, missed: float, halvings: int = 4) -> tuple[Array, Array, float] | None:
        """One step of Gauss and Newton, as long as it misses less; None where none does."""
        solution = _least_squares(self._slopes(coefficients), self.y - self._fitted(coefficients))
        if solution is None:
            return None
        step, spread = solution
        for k in range(halvings):
            moved = coefficients + step / 2**k
            again = self._missed(moved)
            if again < missed * (1 - 1e-9):
                return moved, spread, again
        return None


def _least_squares(design: Array, target: Array) -> tuple[Array, Array] | None:
    """The solution, and its standard errors where what is left has size 1; None where columns are one another."""
    size = np.linalg.norm(design, axis=0)
    if not ((size > 0) & np.isfinite(size)).all() or len(design) < design.shape[1] or not np.isfinite(target).all():
        return None
    q, r = np.linalg.qr(design / size)
    diagonal = np.abs(np.diagonal(r))
    if diagonal.min() < 1e-11:
        return None
    inverse = np.linalg.inv(r)
    return inverse @ (q.T @ target) / size, np.linalg.norm(inverse, axis=1) / size

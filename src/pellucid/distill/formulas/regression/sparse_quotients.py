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

import numpy as np
import sympy
from numpy.typing import NDArray

from ....run.cpu_limit import is_over
from ....subjects.tables.samples import Samples
from ..expression.candidate import Candidate
from ..expression.polish import evaluate_candidate

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
    kept: int = 4
    """So many of the best polynomials are handed on, and of the best quotients."""
    near: float = 6.0
    """On one way down, fits this many nats longer than the best are kept as well: exact numbers save about as much."""
    whole: float = 2.5
    """Coefficients this many standard errors from a whole number are handed on as that as well, all at once: one at a
    time, the first may take the others away from theirs."""


@dataclass(frozen=True)
class _Fit:
    """Coefficients above and below the bar on their monomials, with standard errors, and the length in nats."""

    above: dict[Monomial, tuple[float, float]]
    below: dict[Monomial, tuple[float, float]]
    nats: float

    @property
    def is_quotient(self) -> bool:
        return list(self.below) != [()]

    def expression(self, names: Sequence[str], whole: float = 0.0) -> sympy.Expr:
        """Written out; coefficients `whole` standard errors from a whole number, at most, as that."""
        symbols = [sympy.Symbol(name, real=True) for name in names]

        def number(value: float, error: float) -> sympy.Expr:
            nearest = round(value)
            return sympy.Integer(nearest) if abs(value - nearest) <= whole * error < 1 else sympy.Float(value, 17)

        def polynomial(terms: dict[Monomial, tuple[float, float]]) -> sympy.Expr:
            return sympy.Add(*(number(*c) * sympy.Mul(*(symbols[j] for j in m)) for m, c in terms.items()))

        return polynomial(self.above) / polynomial(self.below) if self.is_quotient else polynomial(self.above)


def sparse_quotients(samples: Samples, columns: Sequence[int], degrees: Degrees = Degrees()) -> list[Candidate]:
    """The best polynomials and quotients in the `columns`, at most three of them; the shortest first.

    >>> x = np.linspace(-1, 1, 40)
    >>> y = x + 2 * x**2 + 3 * x**3 + 4 * x**4 + 1e-3 * np.random.default_rng(0).normal(size=40)
    >>> found = sparse_quotients(Samples(x[:, None], y, ("x",)), [0])[0].expression
    >>> [round(float(c), 1) for c in sympy.Poly(found).coeffs()]
    [4.0, 3.0, 2.0, 1.0]
    """
    columns = list(columns)[: len(degrees.polynomials)]
    if not columns or samples.units is not None:  # monomials of all degrees have no common unit
        return []
    scale = np.abs(samples.X[:, columns]).max(0)
    size = float(np.abs(samples.y).max())
    if not (scale > 0).all() or not size > 0:
        return []
    X, y = samples.X[:, columns] / scale, samples.y / size
    every = sorted(_every(X, y, degrees), key=lambda fit: fit.nats)
    best = {frozenset([*fit.above, None, *fit.below]): fit for fit in reversed(every)}  # one of each set of terms
    every = sorted(best.values(), key=lambda fit: fit.nats)
    parts = [[fit for fit in every if fit.is_quotient == wanted] for wanted in (False, True)]
    found = [fit for part in parts for fit in part[: degrees.kept]]
    names = [samples.names[j] for j in columns]
    plain = [_unscaled(fit, scale, size) for fit in found]
    written = dict.fromkeys(fit.expression(names, whole) for fit in plain for whole in (0.0, degrees.whole))
    route = "sparse quotient"
    candidates = [evaluate_candidate(each, samples.X, samples.y, samples.names, route) for each in written]
    return [each for each in candidates if each is not None]


def _every(X: Array, y: Array, degrees: Degrees) -> Iterator[_Fit]:
    """Those near the best of every pair of degrees that the rows allow."""
    count, most = X.shape[1], int(len(y) / degrees.rows_a_term)
    for below in range(degrees.below[count - 1] + 1):
        tops = degrees.above if below else degrees.polynomials
        for above in range(tops[count - 1] + 1):
            over, under = _monomials(count, above), _monomials(count, below)
            if len(over) + len(under) - 1 > most or is_over():
                break
            for pivot in _pivots(X, y, over, under):
                way = list(_way_down(X, y, over, under, pivot, degrees))
                shortest = min((fit.nats for fit in way), default=0.0)
                yield from (fit for fit in way if fit.nats < shortest + degrees.near)


def _monomials(columns: int, degree: int) -> list[Monomial]:
    """Every monomial as the columns in it, 1 first."""
    return [m for d in range(degree + 1) for m in combinations_with_replacement(range(columns), d)]


def _values(X: Array, monomials: Sequence[Monomial]) -> Array:
    """(rows, monomials)."""
    return np.stack([np.prod(X[:, list(m)], axis=1) for m in monomials], 1)


def _pivots(X: Array, y: Array, above: Sequence[Monomial], below: Sequence[Monomial]) -> list[Monomial]:
    """The monomials below the bar whose coefficient may be 1: the constant, and the one with the largest share in the
    combination of P and y Q that is nearest to 0, where the denominator has no constant term."""
    if len(below) == 1:
        return list(below)
    columns = np.concatenate([_values(X, above), y[:, None] * _values(X, below)], 1)
    nearest = np.linalg.svd(columns / np.linalg.norm(columns, axis=0), full_matrices=False)[2][-1]
    return list(dict.fromkeys([below[0], below[int(np.argmax(np.abs(nearest[len(above) :])))]]))


def _way_down(
    X: Array, y: Array, above: list[Monomial], below: list[Monomial], pivot: Monomial, degrees: Degrees
) -> Iterator[_Fit]:
    """The fit of all terms, and each with one fewer."""
    terms = [*((m, True) for m in above), *((m, False) for m in below if m != pivot)]
    values = dict(zip([*above, *below], np.concatenate([_values(X, above), _values(X, below)], 1).T, strict=True))
    while terms:
        system = _System(
            np.stack([values[m] for m, _ in terms], 1), np.array([is_above for _, is_above in terms]), values[pivot], y
        )
        found = system.solved()
        if found is None:
            return
        coefficients, spread, missed = found
        nats = len(y) / 2 * math.log(max(missed, 1e-28)) + len(terms) * (math.log(len(y)) / 2 + degrees.term_nats)
        numbers = list(zip(terms, zip(coefficients.tolist(), spread.tolist(), strict=True), strict=True))
        up = {m: c for (m, is_above), c in numbers if is_above}
        down = {m: c for (m, is_above), c in numbers if not is_above}
        if up and not system.has_pole(coefficients):
            yield _Fit(up, {pivot: (1.0, 0.0), **down}, nats)
        terms.pop(int(np.argmin(np.abs(coefficients) / spread)))


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
        """Coefficients, their standard errors and the mean square that is missed; None where terms are one another.

        Rows weighted by the denominator before (Sanathanan and Koerner) come near, and steps of Gauss and Newton end
        where the noise is in y alone: y times a denominator would have it on both sides.
        """
        design = np.where(self.is_above, self.columns, -self.y[:, None] * self.columns)
        is_plain = bool(self.is_above.all())
        weights = np.ones(len(self.y)) if not is_plain else 1 / self.pivot
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
        return coefficients, spread * math.sqrt(max(best, 1e-28)), best

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

    def _stepped(self, coefficients: Array, missed: float, halvings: int = 4) -> tuple[Array, Array, float] | None:
        """One step of Gauss and Newton, as long as it misses less; None where none does."""
        fitted, denominator = self._fitted(coefficients), self._denominator(coefficients)
        slopes = np.where(self.is_above, self.columns, -fitted[:, None] * self.columns) / denominator[:, None]
        solution = _least_squares(slopes, self.y - fitted)
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
    if not (size > 0).all() or len(design) < design.shape[1]:
        return None
    q, r = np.linalg.qr(design / size)
    diagonal = np.abs(np.diagonal(r))
    if diagonal.min() < 1e-11:
        return None
    inverse = np.linalg.inv(r)
    return inverse @ (q.T @ target) / size, np.linalg.norm(inverse, axis=1) / size


def _unscaled(fit: _Fit, scale: Array, size: float) -> _Fit:
    """The fit in the columns as they are, its pivot with coefficient 1 again."""

    def factor(m: Monomial) -> float:
        return 1 / float(np.prod(scale[list(m)]))

    pivot = factor(next(iter(fit.below)))

    def back(terms: dict[Monomial, tuple[float, float]], by: float) -> dict[Monomial, tuple[float, float]]:
        return {m: (c * by * factor(m), error * abs(by) * factor(m)) for m, (c, error) in terms.items()}

    return _Fit(back(fit.above, size / pivot), back(fit.below, 1 / pivot), fit.nats)

"""Quotients of sparse sums of monomials: y = P(x) / Q(x), as in the kinetics of enzymes, adsorption and optics.

    min_{p, q}  sum_i w_i (v_i - P(z_i) / Q(z_i))^2,     P = sum_a p_a z^a,   Q = z^b0 + sum_b q_b z^b

for columns z and a target v of typical size 1. Which monomials stand above and below the bar is found by growth: of all
supports of two terms the best few get every other term in turn, and of the best every term is swapped for every other.
A support is fitted by the linear problem of P - v Q with the weights w / Q^2 of the fit before (Sanathanan and Koerner,
IEEE Trans. Automatic Control 8, 1963), then by Gauss-Newton steps on the residuals themselves. All supports of a size
are fitted in one batch; the cost is O(supports * rows * terms^2).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import sympy
from jaxtyping import Bool, Float
from numpy.typing import NDArray

Array = NDArray[np.float64]
Exponents = tuple[int, ...]


@dataclass(frozen=True, order=True)
class Support:
    """The numbers of the monomials above and below the bar."""

    above: tuple[int, ...]
    below: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.above) + len(self.below)

    def grown(self, terms: int) -> Iterator[Support]:
        """With one more of so many `terms`, above or below."""
        for k in range(terms):
            if k not in self.above:
                yield Support(tuple(sorted((*self.above, k))), self.below)
            if k not in self.below:
                yield Support(self.above, tuple(sorted((*self.below, k))))

    def shrunk(self) -> Iterator[Support]:
        """With one less; neither side is left empty."""
        if len(self.above) > 1:
            yield from (Support(left, self.below) for left in itertools.combinations(self.above, len(self.above) - 1))
        if len(self.below) > 1:
            yield from (Support(self.above, left) for left in itertools.combinations(self.below, len(self.below) - 1))


@dataclass(frozen=True, eq=False)
class Quotient:
    """A support with its coefficients, and the weighted mean square that it leaves."""

    support: Support
    above: Float[np.ndarray, " above"]
    below: Float[np.ndarray, " below"]
    error: float

    def nats(self, rows: int, floor: float) -> float:
        """What it costs by the criterion of Schwarz (Annals of Statistics 6, 1978)."""
        return 0.5 * rows * np.log(max(self.error, floor**2)) + 0.5 * self.support.size * np.log(rows)


@dataclass(frozen=True)
class QuotientSearch:
    """How far is looked; none of these decides which quotient is best, only which are tried.

    >>> z = np.linspace(0.1, 4, 60)[None]
    >>> found = QuotientSearch().run(z, z[0] / (1 + z[0] + z[0] ** 2 / 4), np.ones(60))
    >>> next(one.support for one in found if one.error < 1e-20)
    Support(above=(1,), below=(0, 1, 2))
    """

    most_terms: int = 8
    """Above and below together: the rate laws of two substrates have five, those of textbooks' optics fewer."""
    fits: int = 2_000
    """About so many supports of each size are fitted: of one column that is nearly all, of five the offspring of the
    best fifty. Each takes some fifty microseconds."""
    rows: int = 200
    """Of more rows, so many are looked at: which terms there are is told by fewer than what their numbers are."""
    patience: int = 2
    """So many sizes may be no better before growth ends: a term above may help only together with one below."""
    degrees: dict[int, int] = field(default_factory=lambda: {1: 6, 2: 4, 3: 3})
    """The total degree of monomials by the number of columns (2 for more): some ten to twenty terms."""

    def degree(self, columns: int) -> int:
        """The total degree of the monomials of so many columns."""
        return self.degrees.get(columns, 2)

    def run(
        self,
        z: Float[np.ndarray, "columns rows"],
        v: Float[np.ndarray, " rows"],
        weights: Float[np.ndarray, " rows"],
        is_over: Callable[[], bool] = lambda: False,
        floor: float = 1e-12,
    ) -> list[Quotient]:
        """The best quotients of each size, the shortest first. `floor` is the smallest error that is told from none."""
        if len(v) > self.rows:
            some = np.random.default_rng(0).permutation(len(v))[: self.rows]
            z, v, weights = z[:, some], v[some], weights[some]
        exponents = monomials_of(len(z), self.degree(len(z)))
        most = min(self.most_terms, max(3, len(v) // 3))  # x/(c + x) has three, whatever the rows
        with np.errstate(all="ignore"):  # what leaves the range of floats has no finite error, and is left out
            growth = _Growth(_Rows.of(z, v, weights, exponents), exponents, max(8, self.fits // (2 * len(exponents))))
            levels = growth.run(most, self.patience, floor, is_over)
        return [one for level in levels for one in level[:2]]


@dataclass(frozen=True)
class _Growth:
    """From supports of two terms to larger ones, of each size the best `beam`."""

    rows: _Rows
    exponents: Sequence[Exponents]
    beam: int

    def run(self, most: int, patience: int, floor: float, is_over: Callable[[], bool]) -> list[list[Quotient]]:
        """The best of each size up to `most` terms, until `patience` sizes in a row are no better."""
        terms = range(len(self.exponents))
        levels = [self.best({Support((a,), (b,)) for a in terms for b in terms})]
        nats = [self._nats(levels[0], floor)]
        while len(levels) + 1 < most and nats[-1] < np.inf and not is_over():
            levels.append(self.next(levels[-1]))
            nats.append(self._nats(levels[-1], floor))
            if self._is_exact(levels[-1], floor) or np.argmin(nats) < len(nats) - 1 - patience:
                break
        for k in range(len(levels) - 1, 0, -1):  # what was of use on the way may be of none at its end
            less = {less for one in levels[k][:3] for less in one.support.shrunk()}
            levels[k - 1] = _sorted([*levels[k - 1], *self.best(less)])
        return levels

    def next(self, level: list[Quotient]) -> list[Quotient]:
        """The best supports with one term more; then with one of the best one's terms swapped for another."""
        terms = len(self.exponents)
        grown = {more for one in level for more in one.support.grown(terms)}
        best = self.best(grown)
        if not best:
            return []
        swapped = {more for less in best[0].support.shrunk() for more in less.grown(terms)}
        return _sorted([*best, *self.best(swapped - grown)])[: self.beam]

    def best(self, supports: set[Support]) -> list[Quotient]:
        """The best few of supports of one size, the best first."""
        fitted: list[Quotient] = []
        reduced = sorted((s for s in supports if _is_reduced(s, self.exponents)), key=lambda s: (len(s.above), s))
        for above, same in itertools.groupby(reduced, lambda s: len(s.above)):
            fitted += self.rows.fit(list(same), above)
        return _sorted(fitted)[: self.beam]

    def _nats(self, level: list[Quotient], floor: float) -> float:
        return level[0].nats(len(self.rows.v), floor) if level else np.inf

    def _is_exact(self, level: list[Quotient], floor: float) -> bool:
        return bool(level) and level[0].error <= floor**2


def _sorted(found: Sequence[Quotient]) -> list[Quotient]:
    """Each support once, the best first."""
    return sorted({one.support: one for one in found}.values(), key=lambda one: (one.error, one.support))


def monomials_of(columns: int, degree: int) -> list[Exponents]:
    """The exponents of all monomials up to a total degree, the lowest first.

    >>> monomials_of(2, 2)
    [(0, 0), (0, 1), (1, 0), (0, 2), (1, 1), (2, 0)]
    """
    every = itertools.product(range(degree + 1), repeat=columns)
    return sorted((e for e in every if sum(e) <= degree), key=lambda e: (sum(e), e))


def _is_reduced(support: Support, exponents: Sequence[Exponents]) -> bool:
    """Whether no column divides above and below alike, and the two are not the same monomial."""
    terms = [exponents[k] for k in (*support.above, *support.below)]
    return not any(min(column) for column in zip(*terms, strict=True)) and support.above != support.below


@dataclass(frozen=True, eq=False)
class _Rows:
    """The monomials (rows, terms) on the rows, and (points, terms) at points between them, where no pole may be."""

    monomials: Float[np.ndarray, "rows terms"]
    between: Float[np.ndarray, "points terms"]
    v: Float[np.ndarray, " rows"]
    weights: Float[np.ndarray, " rows"]
    steps: int = 4
    """Of each kind: the weights settle, and Gauss-Newton ends, in fewer where the quotient is the law."""

    @classmethod
    def of(cls, z: Array, v: Array, weights: Array, exponents: Sequence[Exponents], points: int = 400) -> _Rows:
        generator = np.random.default_rng(0)
        left, right = generator.integers(0, len(v), (2, points))
        middle = z[:, left] + generator.uniform(size=points) * (z[:, right] - z[:, left])
        return cls(_values(z, exponents), _values(middle, exponents), v, weights)

    def fit(self, supports: list[Support], above: int) -> list[Quotient]:
        """Each support with its coefficients, all with so many terms above the bar; without those that have a pole."""
        top = self.monomials[:, [s.above for s in supports]].transpose(1, 0, 2)
        low = self.monomials[:, [s.below for s in supports]].transpose(1, 0, 2)
        first = low[:, :, 0]
        design = np.concatenate([top, -self.v[:, None] * low[:, :, 1:]], 2)
        c = np.zeros((len(supports), design.shape[2]))
        Q = np.ones_like(first)
        for _ in range(self.steps):
            c = _solved(design, self.weights / Q**2, self.v * first)
            Q = _away_from_zero(first + np.einsum("nrk,nk->nr", low[:, :, 1:], c[:, above:]))
        error = self._error(top, low, c, above)
        for _ in range(self.steps):
            Q = _away_from_zero(first + np.einsum("nrk,nk->nr", low[:, :, 1:], c[:, above:]))
            f = np.einsum("nrk,nk->nr", top, c[:, :above]) / Q
            slopes = np.concatenate([top, -f[:, :, None] * low[:, :, 1:]], 2) / Q[:, :, None]
            step = _solved(slopes, np.broadcast_to(self.weights, f.shape), self.v - f)
            for share in (1.0, 0.25):
                tried = self._error(top, low, c + share * step, above)
                better = tried < error
                c = np.where(better[:, None], c + share * step, c)
                error = np.where(better, tried, error)
                step = np.where(better[:, None], 0.0, step)
        whole = [np.concatenate([[1.0], row[above:]]) for row in c]
        sound = self._has_no_pole(supports, whole) & np.isfinite(error)
        return [
            Quotient(support, c[k, :above], whole[k], float(error[k])) for k, support in enumerate(supports) if sound[k]
        ]

    def _error(self, top: Array, low: Array, c: Array, above: int) -> Float[np.ndarray, " supports"]:
        """Weighted mean square of the residuals, infinite where it is no number."""
        Q = low[:, :, 0] + np.einsum("nrk,nk->nr", low[:, :, 1:], c[:, above:])
        left = self.v - np.einsum("nrk,nk->nr", top, c[:, :above]) / Q
        error = np.mean(self.weights * left**2, 1)
        return np.where(np.isfinite(error), error, np.inf)

    def _has_no_pole(self, supports: list[Support], below: list[Array]) -> Bool[np.ndarray, " supports"]:
        places = np.concatenate([self.monomials, self.between])
        Q = [places[:, list(s.below)] @ q for s, q in zip(supports, below, strict=True)]
        return np.array([(q > 0).all() or (q < 0).all() for q in Q], dtype=bool)


def _values(z: Array, exponents: Sequence[Exponents]) -> Float[np.ndarray, "rows terms"]:
    return np.stack([np.prod(z ** np.array(e)[:, None], 0) for e in exponents], 1)


def _away_from_zero(Q: Array, least: float = 1e-9) -> Array:
    return np.where(np.abs(Q) < least, least, Q)


def _solved(design: Array, weights: Array, goal: Array, ridge: float = 1e-12) -> Array:
    """Weighted least squares of each of a batch, columns scaled; nearly dependent columns get small numbers."""
    root = np.sqrt(weights)[:, :, None]
    A = design * root
    size = np.maximum(np.linalg.norm(A, axis=1, keepdims=True), 1e-300)
    A = A / size
    gram = A.transpose(0, 2, 1) @ A + ridge * np.eye(A.shape[2])
    right = A.transpose(0, 2, 1) @ (goal[..., None] * root)
    found = np.linalg.solve(gram, right)[:, :, 0] / size[:, 0]
    return np.where(np.isfinite(found), found, 0.0)


def quotient_expressions(
    found: Quotient,
    exponents: Sequence[Exponents],
    columns: Sequence[sympy.Expr],
    scales: Sequence[float],
    size: float,
) -> list[sympy.Expr]:
    """y = size P / Q over z = column / scale, written with one coefficient 1: the first below the bar, the last below
    it, or the only one above. They hold the same, but numbers that are short in one are not in another. None where a
    coefficient leaves the range of floats.

    >>> x = sympy.Symbol("x")
    >>> rate = Quotient(Support((1,), (0, 1)), np.array([3.0]), np.array([1.0, 0.5]), 0.0)
    >>> quotient_expressions(rate, monomials_of(1, 1), [x], [2.0], 1.0)
    [1.5*x/(0.25*x + 1), 6.0*x/(x + 4.0), x/(0.16666666666666666*x + 0.66666666666666663)]
    """
    products = [sympy.Mul(*(c**k for c, k in zip(columns, e, strict=True))) for e in exponents]
    with np.errstate(all="ignore"):
        units = [float(np.prod(np.array(scales) ** -np.array(e, dtype=float))) for e in exponents]
    above = [(size * float(p) * units[k], products[k]) for k, p in zip(found.support.above, found.above, strict=True)]
    below = [(float(q) * units[k], products[k]) for k, q in zip(found.support.below, found.below, strict=True)]
    if not all(c and np.isfinite(c) for c, _ in (*above, *below)):
        return []
    ones = [below[0][0], below[-1][0], *(c for c, _ in above if len(above) == 1)]
    return list(dict.fromkeys(_sum(above, one) / _sum(below, one) for one in ones))


def _sum(terms: Sequence[tuple[float, sympy.Expr]], one: float) -> sympy.Expr:
    """The terms over the coefficient `one`, which is written as no number at all."""
    return sympy.Add(*(product if c == one else sympy.Float(c / one, 17) * product for c, product in terms))

"""Rates that are quotients of polynomials, from one linear equation for numerator and denominator (SINDy-PI).

    x' D(x) = N(x)   ->   int phi x' m_0 = sum_i c_i int phi theta_i - sum_k d_k int phi x' m_k   (arXiv 2004.02322)

One term m_0 of the denominator has the coefficient 1. The constant is tried first, and then every other one, which
SINDy-PI calls left-hand-side candidates. The rows are weighed by the denominator that came out (Sanathanan and Koerner,
doi 10.1109/TAC.1963.1105517), so that what is least is the error of the rate, not of its product with D.

Under noise that equation is biased: x' m_k is a product of two noisy curves. Denominators 1 + d m, of one term m beside
the constant, are therefore also scanned over d: the rate is then linear in all else, and no rate is multiplied by
anything (variable projection: Golub and Pereyra, doi 10.1137/0710036).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from ...algebra.expressions.text import symbols_of
from .models import Model, free_model
from .settings import FRACTIONS, WEAK_FORM
from .smoothing import Smoothed, timescale
from .term_library import Library, monomials
from .weak_form import backward, bumps_on, criterion, criterion_of, every, forward

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Quotient:
    """Terms and coefficients of a numerator and a denominator, of which the term `one` has the coefficient 1."""

    above: tuple[int, ...]
    below: tuple[int, ...]
    one: int
    start: tuple[float, ...]
    """The coefficients, those above first."""
    score: float


@dataclass(frozen=True)
class Stage:
    """Which terms of a library numerators may have, and denominators."""

    above: tuple[int, ...]
    below: tuple[int, ...]


def fraction_library(states: tuple[str, ...], inputs: tuple[str, ...], clock: str) -> tuple[Library, list[Stage]]:
    """Terms of numerators and denominators, and which of them to try, the lowest degrees first."""
    moving = (*states, *inputs)
    pairs = (*FRACTIONS.degrees, *(FRACTIONS.alone if len(moving) == 1 else ()))
    degree = FRACTIONS.degree if len(moving) <= FRACTIONS.most_small else FRACTIONS.large_degree
    degree = max(above for above, _ in pairs) if len(moving) == 1 else degree
    terms = monomials(moving, degree)
    symbols = list(symbols_of(moving).values())
    degrees = [sympy.Poly(term, *symbols).total_degree() for term in terms]

    def up_to(most: int) -> tuple[int, ...]:
        return tuple(i for i, one in enumerate(degrees) if one <= most)

    stages = [Stage(up_to(above), up_to(below)) for above, below in pairs if above <= degree]
    return Library((*moving, clock), terms, "quotients of polynomials", len(states)), stages


@dataclass(frozen=True)
class WeakQuotients:
    """Integrals over test functions: of the terms (rows, terms), of the rates (rows, states), and of the rates times
    every term (states, rows, terms); and what those integrals were taken of."""

    terms: Array
    rates: Array
    products: Array
    values: tuple[Array, ...]
    weights: tuple[Array, ...]
    scale: float
    """How long test functions are."""

    @classmethod
    def of(cls, library: Library, smoothed: Smoothed, share: float = 1.0) -> WeakQuotients:
        """By test functions that are this share of the timescale long."""
        scale = share * timescale(smoothed)
        terms, rates, products, values, weights = [], [], [], [], []
        for piece in smoothed.pieces:
            test = bumps_on(piece, scale)
            everything = piece.everything(test.times)
            value = library.values(everything)
            speed = np.asarray(piece.curve.derivative()(test.times))
            terms.append(test.weights @ value)
            rates.append(test.slopes @ everything[:, : library.width])
            products.append(np.stack([test.weights @ (speed[:, j, None] * value) for j in range(library.width)]))
            values.append(value)
            weights.append(test.weights)
        return cls(np.concatenate(terms), np.concatenate(rates), np.concatenate(products, 1), tuple(values),
                   tuple(weights), scale)  # fmt: skip

    def error(self, state: int, above: Array, below: Array) -> Array | None:
        """What N / D leaves over of a rate, (rows,); None where D changes its sign. above, below (terms,)."""
        left = []
        for value, weight in zip(self.values, self.weights, strict=True):
            divisor = value @ below
            if not (divisor > 0).all() and not (divisor < 0).all():
                return None
            left.append(weight @ (value @ above / divisor))
        return self.rates[:, state] - np.concatenate(left)

    def moves(self, state: int) -> bool:
        """Whether a state has any rate: one that keeps its value along each orbit has none."""
        return bool(self.rates[:, state].any())

    def size(self, term: int) -> float:
        """The root mean square of a term."""
        return float(np.sqrt(np.mean([(value[:, term] ** 2).mean() for value in self.values])))

    def divided(self, above: Sequence[int], term: int, strength: float) -> Array | None:
        """The integrals of terms over 1 + strength * term (rows, terms); None where that is not above 0."""
        found = []
        for value, weight in zip(self.values, self.weights, strict=True):
            divisor = 1 + strength * value[:, term, None]
            if not (divisor > 0).all():
                return None
            found.append(weight @ (value[:, list(above)] / divisor))
        return np.concatenate(found)


def quotients(weak: WeakQuotients, stages: Sequence[Stage], below: Sequence[float]) -> list[list[Quotient | None]]:
    """For each degree of denominators the best quotient for each state, where its score is not far above that of sums,
    `below`[state]; else None.

    None is looked for where that is -inf. Denominators with a constant come first, and others only where none of these
    serves.
    """
    found = []
    for size in dict.fromkeys(len(stage.below) for stage in stages):
        some = [stage for stage in stages if len(stage.below) == size]
        each = [_best(weak, some, state, limit + WEAK_FORM.near) for state, limit in enumerate(below)]
        if any(each) and each not in found:
            found.append(each)
    return found


def scanned(weak: WeakQuotients, stages: Sequence[Stage], below: Sequence[float]) -> list[Quotient | None]:
    """For each state the best quotient over 1 + d m of one term m, under the same condition; else None.

    Which m are looked at is told by a few values of d, and terms above that are added one by one.
    """
    whole = Stage(max((stage.above for stage in stages), key=len), stages[-1].below)
    widths = sorted({len(stage.above) for stage in stages})
    found: list[Quotient | None] = []
    for state, scores in enumerate(_scores(weak, whole, below)):
        terms = sorted(scores, key=lambda term: scores[term])[: FRACTIONS.scanned]
        made = [_scan(weak, whole, widths, term, scores[term][1], state) for term in terms]
        lowest = min((one for one in made if one is not None), key=lambda one: one.score, default=None)
        found.append(lowest if lowest is not None and lowest.score < below[state] + WEAK_FORM.near else None)
    return found


def _scores(weak: WeakQuotients, whole: Stage, below: Sequence[float]) -> list[dict[int, tuple[float, float]]]:
    """For each state the score of every term m at the best of a few values of d, with this value."""
    asked = [state for state, limit in enumerate(below) if limit > -np.inf and weak.moves(state)]
    scores: list[dict[int, tuple[float, float]]] = [{} for _ in below]
    for term in whole.below[1:] if asked else ():
        for strength in FRACTIONS.strengths / weak.size(term):
            rows = weak.divided(whole.above, term, float(strength))
            if rows is None:
                continue
            scaled = _of_one_size(rows)
            for state in asked:
                known, score = scores[state], _lowest_score(scaled, weak.rates[:, state])
                known[term] = min(known.get(term, (np.inf, 0.0)), (score, float(strength)))
    return scores


def _lowest_score(columns: Array, target: Array) -> float:
    """Of a rate (rows,) by columns (rows, terms) that are added one by one."""
    return min(criterion_of(columns, target, path) for path in forward(columns, target, FRACTIONS.most_terms))


def _of_one_size(columns: Array) -> Array:
    """Columns (rows, terms) with the root mean square 1, those that are not 0."""
    return columns / _sizes(columns)


def _sizes(columns: Array) -> Array:
    """Root mean squares (terms,), none of them 0."""
    return np.maximum(np.sqrt((columns**2).mean(0)), 1e-300)


def _scan(
    weak: WeakQuotients, stage: Stage, widths: Sequence[int], term: int, strength: float, state: int
) -> Quotient | None:
    """The quotient over 1 + d m for the best d near `strength` and the best of the first so many terms above: d is
    corrected, and the terms are chosen again, in turn."""
    target, before, path = weak.rates[:, state], None, list[int]()
    values: Any = None
    for _ in range(FRACTIONS.rounds):
        rows = weak.divided(stage.above, term, strength)
        if rows is None:
            return None
        path = _chosen(rows, target, widths)
        if path == before:
            break
        values, strength = _divided_by(weak, [stage.above[i] for i in path], term, strength, target)
        before = path
    places, width = (*stage.above, *stage.below[1:]), len(stage.above)
    support = [*path, width + stage.below.index(term) - 1]
    return _quotient(weak, places, width, state, 0, support, np.append(values, strength))


def _chosen(rows: Array, target: Array, widths: Sequence[int]) -> list[int]:
    """The columns of rows (rows, terms) that explain target (rows,) best, from the first so many, since fewer terms are
    fewer ways to be wrong."""
    scaled, found = _of_one_size(rows), []
    for width in widths:
        some = scaled[:, :width]
        paths = [*backward(some, target), *forward(some, target), *every(some.T @ some, some.T @ target)]
        found += [(criterion_of(some, target, path), sorted(path)) for path in paths if path]
    return min(found)[1]


def _divided_by(
    weak: WeakQuotients, above: Sequence[int], term: int, strength: float, target: Array
) -> tuple[Array, float]:
    """The best coefficients of terms above over 1 + d m, and the best d near `strength`, for a rate (rows,)."""

    def fitted(log: float) -> tuple[Array, float]:
        rows = weak.divided(above, term, float(np.exp(log)))
        if rows is None:
            return np.zeros(len(above)), 1e300
        values: Any = np.linalg.lstsq(rows, target, rcond=None)[0]
        return values, float(((target - rows @ values) ** 2).sum())

    step, middle = FRACTIONS.log_step, float(np.log(strength))
    best: Any = minimize_scalar(lambda log: fitted(log)[1], bounds=(middle - step, middle + step), method="bounded")
    return fitted(float(best.x))[0], float(np.exp(best.x))


def _best(weak: WeakQuotients, stages: Sequence[Stage], state: int, limit: float) -> Quotient | None:
    """The best quotient for a state with a score below the limit, by the constant if one serves; None where none."""
    if limit == -np.inf or not weak.moves(state):
        return None
    for ones in (slice(1), slice(1, None)):
        best = min(_with_ones(weak, stages, state, ones), key=lambda each: each.score, default=None)
        if best is not None and best.score < limit:
            return best
    return None


def _with_ones(weak: WeakQuotients, stages: Sequence[Stage], state: int, ones: slice) -> list[Quotient]:
    """Those that are no sums, of denominators that have the coefficient 1 at one of these of their terms."""
    found = [(stage, quotient) for stage in stages for one in stage.below[ones]
             for quotient in _with_one(weak, stage, state, one)]  # fmt: skip
    return [quotient for stage, quotient in found if quotient.below or quotient.one != stage.below[0]]


def _with_one(weak: WeakQuotients, stage: Stage, state: int, one: int) -> list[Quotient]:
    """The best quotients whose denominator has the coefficient 1 at its term `one`, by rows of changing weights."""
    below = [k for k in stage.below if k != one]
    columns = np.hstack([weak.terms[:, list(stage.above)], -weak.products[state][:, below]])
    target = weak.rates[:, state] if one == 0 else weak.products[state][:, one]
    weight, found = np.ones(len(target)), []
    for _ in range(FRACTIONS.rounds):
        proposed = _proposed(columns * weight[:, None], target * weight, len(stage.above))
        made = [_quotient(weak, (*stage.above, *below), len(stage.above), state, one, support, start)
                for support, start in proposed]  # fmt: skip
        best = min((each for each in made if each is not None), key=lambda each: each.score, default=None)
        if best is None:
            break
        found.append(best)
        weight = 1 / np.maximum(np.abs(weak.terms @ _row(best, weak.terms.shape[1])), 1e-300)
        weight = weight / weight.mean()
    return found


def _row(quotient: Quotient, terms: int) -> Array:
    """The coefficients of its denominator (terms,)."""
    row = np.zeros(terms)
    row[list(quotient.below)] = quotient.start[len(quotient.above) :]
    row[quotient.one] = 1.0
    return row


def _quotient(
    weak: WeakQuotients, places: Sequence[int], above: int, state: int, one: int, support: list[int], start: Array
) -> Quotient | None:
    """From columns, of which the first so many are terms `above`; None where the denominator changes its sign."""
    order = np.argsort(support)
    chosen, values = [support[i] for i in order], [float(start[i]) for i in order]
    top = tuple(places[i] for i in chosen if i < above)
    made = Quotient(top, tuple(places[i] for i in chosen if i >= above), one, tuple(values), 0.0)
    numerator = np.zeros(weak.terms.shape[1])
    numerator[list(top)] = values[: len(top)]
    left = weak.error(state, numerator, _row(made, len(numerator)))
    if left is None:
        return None
    score = criterion(left, weak.rates[:, state], len(support) + (one > 0), len(places))
    return _with_largest(replace(made, score=score), np.sqrt((weak.terms**2).mean(0)))


def _with_largest(found: Quotient, sizes: Array) -> Quotient:
    """The same quotient with the coefficient 1 at the term of the denominator that is largest: terms that are not
    needed can then be left out. sizes (terms,)."""
    width = len(found.above)
    below = dict(zip((*found.below, found.one), (*found.start[width:], 1.0), strict=True))
    one = max(below, key=lambda term: abs(below[term]) * sizes[term])
    rest = tuple(sorted(set(below) - {one}))
    start = tuple(value / below[one] for value in (*found.start[:width], *(below[term] for term in rest)))
    return replace(found, below=rest, one=one, start=start)


def _proposed(columns: Array, target: Array, terms: int) -> list[tuple[list[int], Array]]:
    """The most promising choices of columns by their linear equation, with a term of the numerator and not too many;
    and their coefficients."""
    size = _sizes(columns)
    scaled = columns / size
    gram, pull = scaled.T @ scaled, scaled.T @ target
    paths = [*backward(scaled, target), *forward(scaled, target), *every(gram, pull)]
    usable = [path for path in paths if 0 < len(path) <= FRACTIONS.most_terms and min(path) < terms]
    unlike = {tuple(sorted(path)): path for path in usable}.values()
    best = sorted(unlike, key=lambda path: criterion_of(scaled, target, path))[: FRACTIONS.proposals]
    return [(path, np.linalg.lstsq(scaled[:, path], target, rcond=None)[0] / size[path]) for path in best]


def with_quotients(
    library: Library, polynomials: Sequence[Sequence[int]], starts: Sequence[Array], found: Sequence[Quotient | None]
) -> tuple[Model, Array]:
    """Equations of which some are quotients, where there is one, and the others sums; and their coefficients.

    Each of `starts` has shape (terms of that sum,).
    """
    constant = library.terms.index(sympy.Integer(1))
    rates = [
        quotient or Quotient(tuple(sums), (), constant, tuple(start), 0.0)
        for quotient, sums, start in zip(found, polynomials, starts, strict=True)
    ]
    model = free_model(library, [q.above for q in rates], [q.below for q in rates], [q.one for q in rates])
    tops, bottoms = [q.start[: len(q.above)] for q in rates], [q.start[len(q.above) :] for q in rates]
    return model, np.concatenate([np.asarray(part, dtype=np.float64) for part in (*tops, *bottoms)])

"""Combinations of the variables that keep their value: on every orbit the same one, or another one on each.

For H = sum_i c_i b_i(x), b the variables (and then their products): c.T c is the variance of H, c.N c what the noise of
the samples makes of it, N = mean grad b noise^2 grad b. T c = ratio N c; where the smallest ratio is about 1, nothing
but noise moves H. Variances within orbits find what is constant along each.

Where H is the same on all orbits, x' = f(x) and x' = f(x) + g(x) (H - H_0) have the same solutions there, and no such
data tell them apart.
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

from ...algebra.expressions.text import symbols_of
from .coefficient_snapping import simple_fraction
from .settings import RELATIONS
from .term_library import Library

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Relation:
    """`expression` is 0 on all orbits where `everywhere`, else constant along each; but for `left`, a standard
    deviation in its own units, of which noise alone makes `noise`. `weights` (variables,) where it is linear."""

    expression: sympy.Expr
    everywhere: bool
    left: float
    noise: float
    weights: Array | None


def find_relations(
    names: tuple[str, ...], states: Sequence[Array], noise: Array, alone: bool = False
) -> tuple[Relation, ...]:
    """Linear ones first; then quadratic ones that are the same on all orbits and no product of those.

    Each of `states` (samples, variables) as measured, noise (variables,). Where there is one orbit `alone`, all that is
    constant is the same everywhere.
    """
    symbols = list(symbols_of(names).values())
    linear = Library(names, tuple(symbols))
    found = _constant(linear, states, noise, True)
    known = {_leading(relation, symbols) for relation in found}
    if not alone:
        apart = _constant(linear, states, noise, False)
        found += [one for one in apart if not _depends(one, found)]
    rest = [symbol for symbol in symbols if symbol not in known]
    products = [a * b for a, b in itertools.combinations_with_replacement(rest, 2)]
    if 1 < len(rest) <= RELATIONS.most_variables:
        found += _constant(Library(names, (*rest, *products)), states, noise, True)
    return tuple(found)


def _leading(relation: Relation, symbols: Sequence[sympy.Symbol]) -> sympy.Symbol:
    """The last variable of a linear relation, which the others determine."""
    return [symbol for symbol in symbols if relation.expression.has(symbol)][-1]


def _depends(relation: Relation, others: Sequence[Relation]) -> bool:
    """Whether the weights are a combination of those of the others."""
    rows = [other.weights for other in others if other.weights is not None]
    if not rows or relation.weights is None:
        return False
    matrix = np.array(rows).T
    left = relation.weights - matrix @ np.linalg.lstsq(matrix, relation.weights, rcond=None)[0]
    return bool(np.linalg.norm(left) < RELATIONS.same * np.linalg.norm(relation.weights))


def _constant(library: Library, states: Sequence[Array], noise: Array, everywhere: bool) -> list[Relation]:
    """The constant combinations of one library, each without the leading terms of the others."""
    together = np.concatenate(list(states))
    values = [library.values(x) for x in states]
    size = np.concatenate(values).std(0)
    if not (np.isfinite(size).all() and (size > 0).all()):
        return []
    middle = np.concatenate(values).mean(0)
    centred = [(v - (middle if everywhere else v.mean(0))) / size for v in values]
    lost = 0 if everywhere else len(states)
    parts = _products(centred)
    total = np.sum(parts, 0) / (len(together) - lost)
    slopes = library.slopes(together) * noise / size[:, None]
    blur = np.einsum("sij,skj->ik", slopes, slopes) / len(together)
    floor = blur + RELATIONS.rounding**2 * np.eye(len(library))
    space = _unmoved(total, floor)
    if not len(space):
        return []
    pivots, rows = _reduced(space)
    doubts = _doubts(parts, floor, len(space), pivots)
    return [_relation(library, row / size, doubt / size, states, noise, everywhere)
            for row, doubt in zip(rows, doubts, strict=True)]  # fmt: skip


def _products(orbits: Sequence[Array]) -> list[Array]:
    """X^T X (terms, terms) of parts of the orbits, cut so that few of them tell a spread as well."""
    pieces = -(-2 * RELATIONS.folds // len(orbits))
    return [part.T @ part for orbit in orbits for part in np.array_split(orbit, pieces)]


def _unmoved(total: Array, floor: Array) -> Array:
    """The combinations (rows, terms) that hardly anything but noise moves; none where that is all of them.

    Of the terms' variance and of what noise makes of it, both (terms, terms).
    """
    try:
        ratios, vectors = eigh(total, floor)
    except np.linalg.LinAlgError:
        return np.zeros((0, len(total)))
    vectors = vectors / np.linalg.norm(vectors, axis=0)
    spread = np.einsum("ik,ij,jk->k", vectors, total, vectors)
    held = np.flatnonzero((ratios < RELATIONS.noisy) & (spread < RELATIONS.largest))
    return vectors[:, held].T if len(held) < len(total) else np.zeros((0, len(total)))


def _doubts(parts: Sequence[Array], floor: Array, count: int, pivots: Sequence[int]) -> Array:
    """The standard deviations of the rows (rows, terms), from each of the folds left out in turn."""
    draws = [_fold(parts, floor, count, pivots, fold) for fold in range(RELATIONS.folds)]
    return np.std(draws, 0) * np.sqrt(RELATIONS.folds - 1)


def _fold(parts: Sequence[Array], floor: Array, count: int, pivots: Sequence[int], fold: int) -> Array:
    """The same rows without every so many-th part of the orbits."""
    rest = [p for i, p in enumerate(parts) if i % RELATIONS.folds != fold] or list(parts)
    _, vectors = eigh(np.sum(rest, 0), floor)
    block = vectors[:, :count].T
    return np.linalg.pinv(block[:, list(pivots)]) @ block


def _reduced(space: Array) -> tuple[list[int], Array]:
    """A basis of the rows' space in which each has a term of its own with the coefficient 1; which these are."""
    rows, pivots = space.copy(), []
    for place in range(len(rows)):
        row, column = np.unravel_index(np.argmax(np.abs(rows[place:])), rows[place:].shape)
        rows[[place, place + row]] = rows[[place + row, place]]
        pivots.append(int(column))
        rows[place] /= rows[place, column]
        for other in range(len(rows)):
            if other != place:
                rows[other] = rows[other] - rows[other, column] * rows[place]
    return pivots, rows


def _relation(
    library: Library, weights: Array, doubts: Array, states: Sequence[Array], noise: Array, everywhere: bool
) -> Relation:
    """With simple numbers where the doubts allow them, and 1 at the largest term."""
    together = np.concatenate(list(states))
    unit = int(np.argmax(np.abs(weights) * library.values(together).std(0)))
    pairs = zip(weights / weights[unit], np.abs(doubts / weights[unit]), strict=True)
    numbers = [sympy.Integer(1) if i == unit else _number(float(w), float(d)) for i, (w, d) in enumerate(pairs)]
    exact = np.array([float(number) for number in numbers])
    expression = sympy.Add(*(n * term for n, term in zip(numbers, library.terms, strict=True)))
    values = [library.values(x) @ exact for x in states]
    if everywhere:
        expression -= _level(np.concatenate(values))
    spread = np.concatenate(values).std() if everywhere else np.sqrt(np.mean([v.var() for v in values]))
    slopes = np.einsum("i,sij->sj", exact, library.slopes(together))
    blur = float(np.sqrt(((slopes * noise) ** 2).sum(1).mean()))
    weights_of_all = exact if _is_linear(library) else None
    return Relation(sympy.expand(expression), everywhere, float(spread), blur, weights_of_all)


def _is_linear(library: Library) -> bool:
    """Whether its terms are the variables."""
    return len(library) == len(library.names) and all(term.is_Symbol for term in library.terms)


def _number(weight: float, doubt: float) -> Any:
    """A simple fraction, or 0, where the doubt allows it; else as many digits as are known."""
    doubt = max(doubt, RELATIONS.precise * max(1.0, abs(weight)))
    exact = simple_fraction(weight, doubt)
    if exact is not None:
        return exact
    return sympy.Integer(0) if abs(weight) < 3 * doubt else _rounded(weight, doubt)


def _level(values: Array) -> Any:
    """What the values (samples,) of a combination are but for noise: a simple number, or the digits that are known."""
    level = float(values.mean())
    doubt = float(max(3 * values.std() / np.sqrt(len(values)), 1e-7 * abs(level), 1e-12))
    exact = simple_fraction(level, doubt)
    if exact is not None:
        return exact
    return _rounded(level, doubt) if abs(level) > 1e-9 else sympy.Integer(0)


def _rounded(value: float, doubt: float) -> sympy.Expr:
    """With as many digits as are known.

    >>> float(_rounded(999.5638704, 0.5)), float(_rounded(2.0, 0.1))
    (999.56, 2.0)
    """
    digits = min(12, max(2, 2 + int(np.floor(np.log10(abs(value) / doubt)))))
    return sympy.Float(f"{value:.{digits}g}", 15)

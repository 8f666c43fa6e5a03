"""Fitted equations with ties between their coefficients, and with simple numbers, where the data allow both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .candidates import Candidate, shortest
from .coefficient_snapping import equal_groups, simple_fraction, standard_errors
from .explicit_time import at_speeds, fitted_again
from .models import Model, trimmed
from .relations import Relation
from .settings import RECOVERY

Array = NDArray[np.float64]


def snapped(found: Candidate, relations: Sequence[Relation], scale: Array) -> Candidate:
    """The same equations with relations kept, equal coefficients tied, and simple numbers exact.

    scale, of shape (variables,).
    """
    found = keeping(_leading(found, scale), relations, scale)
    if len(found.fitted.values):
        found = _with_ties(found, scale)
    return _with_fractions(found, scale)


def keeping(found: Candidate, relations: Sequence[Relation], scale: Array) -> Candidate:
    """With relations kept exactly, where the description is no longer for it. scale (variables,)."""
    for relation in relations:
        found = _keeping(found, relation, scale)
    return found


def _keeping(found: Candidate, relation: Relation, scale: Array) -> Candidate:
    """With the rate of one variable told by those of the others, so that the relation is kept exactly."""
    weights, model = relation.weights, found.model
    if weights is None:
        return found
    tried: list[Candidate | None] = []
    held = np.flatnonzero(weights)
    for pivot in held:
        tied = _tied(model, weights, int(pivot), held)
        if tied is not None:
            kept, candidate = tied
            tried.append(fitted_again(found, candidate, found.fitted.values[kept], scale))
    best = shortest(tried)
    return best if best is not None and best.score <= found.score else found


def _tied(model: Model, weights: Array, pivot: int, held: NDArray[np.int64]) -> tuple[list[int], Model] | None:
    """The model with x_pivot' = -sum_j w_j x_j' / w_pivot; quotients only where there is one other variable."""
    width, others = model.width, [int(j) for j in held if j != pivot]
    own = model.pattern[:, pivot].any(1)
    if model.fraction:
        own |= model.pattern[:, width + pivot].any(1)
        if len(others) != 1:
            return None
    if (model.pattern[own].any(2).sum(1) > 1).any() or model.base[pivot].any():
        return None
    kept = np.flatnonzero(~own).tolist()
    base, pattern = model.base.copy(), model.pattern[kept].copy()
    pattern[:, pivot] = -sum(weights[j] / weights[pivot] * pattern[:, j] for j in others)
    if model.fraction:
        pattern[:, width + pivot] = pattern[:, width + others[0]]
        base[width + pivot] = base[width + others[0]]
    return kept, trimmed(Model(model.library, base, pattern))


def _with_ties(found: Candidate, scale: Array) -> Candidate:
    """Coefficients of equal size become one parameter, where the description is no longer for it."""
    model, fitted = found.model, found.fitted
    terms = np.any(model.pattern != 0, axis=1)
    ties = equal_groups(fitted.values, fitted.covariance, np.any(terms[:, None] & terms[None], axis=2))
    joined = Model(model.library, model.base, np.tensordot(ties.T, model.pattern, 1))
    if ties.shape[1] == len(fitted.values):
        return found
    again = fitted_again(found, joined, ties.T @ fitted.values / (ties**2).sum(0), scale)
    return _if_no_longer(found, again, scale)


def _if_no_longer(found: Candidate, again: Candidate | None, scale: Array, spare: float = 0.0) -> Candidate:
    """The equations `again` with simpler numbers, where the description is longer by at most `spare`; else `found`."""
    if again is None:
        return found
    return again if again.score <= found.score + spare or at_rounding(again, scale) else found


def _leading(found: Candidate, scale: Array) -> Candidate:
    """Quotients with the coefficient 1 at their denominators' highest term, where that makes more numbers simple."""
    model, values = found.model, found.fitted.values
    if not model.fraction:
        return found
    for state in range(model.width):
        if (places := _ends(model, state)) is not None:
            model, values = _led(model, values, state, *places)
    other = found.again(model, values, scale)
    if other is None or other.score > found.score + found.penalty:
        return found
    return other if _simple_count(other) >= _simple_count(found) else found


def _ends(model: Model, state: int) -> tuple[int, int] | None:
    """The term of a denominator that has the coefficient 1, and its highest term with a parameter.

    None where there is no higher one, or where parameters are shared with other rows, so that one rate cannot change
    alone.
    """
    row = model.width + state
    used: NDArray[np.bool_] = np.any(model.pattern != 0, axis=2)  # (parameters, rows)
    below = used[:, row]
    others = [i for i in range(len(model.base)) if i not in (state, row)]
    if not below.any() or (used[below].sum(1) > 1).any() or used[used[:, state]][:, others].any():
        return None
    one, last = np.flatnonzero(model.base[row])[0], np.flatnonzero(model.pattern[below, row].any(0))[-1]
    return (int(one), int(last)) if last > one else None


def _led(model: Model, values: Array, state: int, one: int, last: int) -> tuple[Model, Array]:
    """The same rate with the coefficient 1 at the term `last` of its denominator, and a parameter at the term `one`."""
    row = model.width + state
    base, pattern = model.base.copy(), model.pattern.copy()
    parameter = int(np.flatnonzero(pattern[:, row, last])[0])
    size = model.coefficients(values)[row, last]
    values = np.where(pattern[:, [state, row]].any((1, 2)), values / size, values)
    values[parameter] = 1 / size
    base[row], pattern[parameter, row] = 0.0, 0.0
    base[row, last], pattern[parameter, row, one] = 1.0, 1.0
    return Model(model.library, base, pattern), values


def _simple_count(found: Candidate) -> int:
    return len(simple_values(found.fitted.values, standard_errors(found.fitted.values, found.fitted.covariance)))


def simple_values(values: Array, spread: Array) -> dict[int, float]:
    """By place, the values (coefficients,) that a simple fraction matches within their spread."""
    exact = [simple_fraction(float(v), float(s)) for v, s in zip(values, spread, strict=True)]
    return {p: float(fraction) for p, fraction in enumerate(exact) if fraction is not None}


def _with_fractions(found: Candidate, scale: Array) -> Candidate:
    """Coefficients that are simple fractions become these, where the description is no longer for it."""
    found = _with_exact_speeds(found, scale)
    model, values = found.model, found.fitted.values
    known = simple_values(values, standard_errors(values, found.fitted.covariance))
    if not known:
        return found
    free = [p for p in range(len(values)) if p not in known]
    base = model.base + sum((value * model.pattern[p] for p, value in known.items()), 0 * model.base)
    again = fitted_again(found, Model(model.library, base, model.pattern[free]), values[free], scale)
    return _if_no_longer(found, again, scale)


def _with_exact_speeds(found: Candidate, scale: Array) -> Candidate:
    """Frequencies that are simple fractions become these."""
    before = [speed for speed, _ in found.speeds]
    exact = [simple_fraction(speed, doubt) for speed, doubt in found.speeds]
    after = [speed if simple is None else float(simple) for speed, simple in zip(before, exact, strict=True)]
    if before == after:
        return found
    speeds = tuple((speed, 0.0 if simple is not None else doubt)
                   for speed, simple, (_, doubt) in zip(after, exact, found.speeds, strict=True))  # fmt: skip
    model = at_speeds(found.model, before, after)
    again = fitted_again(replace(found, speeds=speeds), model, found.fitted.values, scale)
    return _if_no_longer(found, again, scale, found.penalty)


def at_rounding(found: Candidate, scale: Array) -> bool:
    """Whether the equations hold but for integration errors, which snapping may shift a little."""
    return bool((found.fitted.noise < 0.1 * RECOVERY.exact * scale).all())

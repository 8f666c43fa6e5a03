"""Bounds that can be checked exactly, from values that are nearly right.

u = x + e h bounds from above, l = x - e h from below, where h >= 1 + (largest expectation of h) and e exceeds the error
of x and of rounding: h is the expected number of steps until nothing is free. States that can be stayed in for ever,
together, have one value; there h is taken between such sets (Haddad and Monmege 2018: the quotient by end components).
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ...algebra.markov.rule import Rule, Side
from .arrays import Floats, Ints, Mask, Rows
from .graph import end_components, quotient, ranks_to
from .solving import Problem, solve
from .values import Values


class Vector(NamedTuple):
    """Exact values by state (None: trivial), ranks (0: none), and rows for a policy (-1: any)."""

    values: tuple[Fraction | None, ...]
    ranks: tuple[int, ...]
    rows: tuple[int, ...]


def bound_from(found: Values, side: Side, digits: int = 14) -> Vector:
    """A vector that bounds the values from this side. Raises ArithmeticError where floating point gives none."""
    rule, upper = found.rule, side == "upper"
    every = rule.maximises == upper
    helps = rule.nature_maximises != upper  # then one choice of probabilities is enough
    rows, free = _considered(found, every, helps)
    exits = np.where(found.goal & (not rule.cost), 1.0, 0.0)
    x = np.where(free, found.x, exits)
    scale = 10.0 ** (digits - np.ceil(np.log10(max(1.0, x.max(initial=0)))))
    if rule.cost and not upper and every and (rows.cost > 0).all():  # what is left for ever costs without end
        error = _error(rows, x, False, rule) + 2 / scale
        moved = x * (1 - min(1.0, error / rows.cost.min(initial=1)))
    else:
        x, moves = _moved(rows, free, x, rule, upper, 3 / scale)
        moved = x + (moves if upper else -moves)
    whole = (np.ceil if upper else np.floor)(moved * scale).clip(0, np.inf if rule.cost else scale)
    whole = np.where(free, whole, exits * scale)
    ranks = _ranks(found, rows, free, every, helps, whole == 0) if upper == rule.cost else np.zeros(rows.size, int)
    known = free | found.goal | ~np.bool_(rule.cost & upper)
    return Vector(
        tuple(Fraction(int(v), int(scale)) if is_known else None for v, is_known in zip(whole, known, strict=True)),
        tuple(int(r) for r in ranks),
        tuple(-1 if every else int(r) for r in found.best),
    )


def _moved(
    rows: Rows, free: Mask, x: Floats, rule: Rule, upper: bool, rounding: float
) -> tuple[Floats, Float[np.ndarray, " states"]]:
    """Values, equal in states that can be stayed in, and e h: how far each has to be moved to be a bound.

    h counts steps by rows that are nearly as good as the best ones alone: a policy that is much worse may take 10^12
    steps, and would make the bound say nothing. A row that is worse by d keeps its inequality where e max(h) <= d.
    Raises ArithmeticError where rows allow to go on for ever.
    """
    after = rows.expect(x, rule.nature_maximises) + (rows.cost if rule.cost else 0.0)
    worse = (x[rows.owner] - after) * (1 if upper else -1)
    size = max(1.0, float(x.max(initial=0)))
    least = 4 * _error(rows, x, upper, rule) + rounding
    for share in (1e-10, 1e-8, 1e-6, 1e-4, 1e-2, np.inf):
        limit = max(share * size, least)
        near = rows.picked(np.flatnonzero(worse <= limit))
        component = end_components(near, free)
        same = _same_within(x, component, free)
        error = 2 * _error(rows, same, upper, rule) + rounding
        moves = error * _expected_steps(near, free, component)
        if 2 * float(moves.max(initial=0)) + rounding <= limit:
            break
    return same, moves


def _considered(found: Values, every: bool, fixed: bool) -> tuple[Rows, Mask]:
    """All rows of free states, or the best alone, with the probabilities that go with the values where these will do;
    and the free states from which the goal can be reached by these rows."""
    rows, free = found.rows, found.free
    if fixed and not rows.exact:
        rows = Rows(rows.size, rows.owner, rows.pointer, rows.target, found.chosen, found.chosen, rows.cost)
    rows = rows.picked(np.flatnonzero(free[rows.owner]) if every else found.best[free])
    if not every and not found.rule.cost:
        free = free & (ranks_to(rows, found.goal, "some", found.rule.nature_maximises) > 0)
        rows = rows.picked(np.flatnonzero(free[rows.owner]))
    return rows, free


def _same_within(x: Floats, component: Ints, free: Mask) -> Floats:
    """The largest value of each set of states that can be stayed in."""
    largest = np.full(int(component.max(initial=0)) + 1, -np.inf)
    np.maximum.at(largest, component[free], x[free])
    return np.where(free, largest[component], x)


def _expected_steps(rows: Rows, free: Mask, component: Ints) -> Float[np.ndarray, " states"]:
    """The largest expected number of steps between components, and half of it more."""
    small, _ = quotient(rows, component)
    inside = np.zeros(small.size, dtype=bool)
    inside[component[free]] = True
    ranks = ranks_to(small, ~inside, "every", False)
    if (ranks[inside] < 0).any():
        raise ArithmeticError("a policy, or intervals, allow to go on for ever")
    ones = Rows(small.size, small.owner, small.pointer, small.target, small.low, small.high, np.ones(len(small.owner)))
    found = solve(Problem(ones, inside, np.zeros(small.size), ranks, True, True, True), sweeps=50).x
    return np.where(free, 1.5 * found[component], 0)


def _error(rows: Rows, x: Floats, upper: bool, rule: Rule) -> float:
    """How far x is from being a bound itself."""
    after = rows.expect(x, rule.nature_maximises) + (rows.cost if rule.cost else 0.0)
    off = after - x[rows.owner]
    return float((off if upper else -off).max(initial=0)) + 4e-16 * float(x.max(initial=0))


def _ranks(found: Values, rows: Rows, free: Mask, every: bool, helps: bool, none: Mask) -> Ints:
    """Ranks towards the goal for costs; towards it, or where the bound is 0, for probabilities."""
    ends = found.goal if found.rule.cost else found.goal | none
    ranks = ranks_to(rows, ends, "every" if every else "some", helps)
    if (ranks[free & ~ends] < 0).any():
        raise ArithmeticError("no ranks lead to the goal")
    return ranks.clip(0)

"""Exact values of small worlds: policy iteration in fractions, from where floating point ends."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from ...algebra.markov.world import World
from .arrays import Ints, Reached
from .bounding import Vector
from .graph import ranks_to
from .values import Values

Row = tuple[fmpq, list[tuple[int, fmpq]]]


def exact_values(world: World, within: Reached, found: Values, rounds: int = 50) -> tuple[list[Fraction], Ints]:
    """Values by state, and the best rows. Raises ArithmeticError where no policy was found to be the best."""
    rows = _rows(world, within, found)
    free = [int(s) for s in np.flatnonzero(found.free)]
    first, best = found.rows.first, found.best.copy()
    for _ in range(rounds):
        x = _chain(rows, best, free, found)
        changed = False
        for s in free:
            worth = {r: _worth(rows[r], x) for r in range(first[s], first[s + 1]) if found.usable[r]}
            r = max(worth, key=worth.__getitem__) if found.rule.maximises else min(worth, key=worth.__getitem__)
            if worth[r] != worth[int(best[s])]:
                best[s], changed = r, True
        if not changed:
            return [Fraction(int(v.p), int(v.q)) for v in x], best
    raise ArithmeticError(f"no best policy after {rounds} rounds")


def _rows(world: World, within: Reached, found: Values) -> list[Row]:
    """Each row's cost, and its targets with their probabilities."""
    rows, target = [], found.rows.target
    for r, (state, k) in enumerate(within.choice):
        one = world.choices[state][k]
        span = target[found.rows.pointer[r] : found.rows.pointer[r + 1]]
        price = one.cost if found.rule.cost else Fraction(0)
        rows.append((_fmpq(price), [(int(t), _fmpq(p)) for t, p in zip(span, one.low, strict=True)]))
    return rows


def _chain(rows: Sequence[Row], best: Ints, free: list[int], found: Values) -> list[fmpq]:
    """The values of these rows. Raises ArithmeticError where they never come to an end."""
    x = [fmpq(int(goal and not found.rule.cost)) for goal in found.goal]
    place = {s: i for i, s in enumerate(free)}
    if not free:
        return x
    matrix, right = fmpq_mat(len(free), len(free)), fmpq_mat(len(free), 1)
    for i, s in enumerate(free):
        price, pairs = rows[int(best[s])]
        matrix[i, i] = 1
        right[i, 0] = price + sum((p * x[t] for t, p in pairs if t not in place), fmpq(0))
        for t, p in pairs:
            if t in place:
                matrix[i, place[t]] = matrix[i, place[t]] - p
    try:
        solved = matrix.solve(right)
    except ZeroDivisionError:
        raise ArithmeticError("a policy goes on for ever") from None
    for i, s in enumerate(free):
        x[s] = solved[i, 0]
    return x


def _worth(row: Row, x: Sequence[fmpq]) -> fmpq:
    price, pairs = row
    return price + sum((p * x[t] for t, p in pairs), fmpq(0))


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def exact_vectors(world: World, within: Reached, found: Values) -> tuple[Vector, Vector]:
    """One vector as a bound from above and as one from below."""
    values, best = exact_values(world, within, found)
    rule = found.rule
    chain = found.rows.picked(best[found.free])
    policy = tuple(int(r) for r in best)
    nobody = (-1,) * len(policy)
    ends = found.goal if rule.cost else found.goal | np.array([v == 0 for v in values])
    ranked_by_all = rule.maximises == rule.cost  # whether the side that needs ranks is about every policy
    rows = found.rows.picked(np.flatnonzero(found.free[found.rows.owner])) if ranked_by_all else chain
    ranks = ranks_to(rows, ends, "every" if ranked_by_all else "some", True)
    if (ranks[found.free & ~ends] < 0).any():
        raise ArithmeticError("no ranks lead to the goal")
    known = tuple(v if free or goal or not rule.cost else None
                  for v, free, goal in zip(values, found.free, found.goal, strict=True))  # fmt: skip
    ranked = tuple(int(max(0, r)) for r in ranks)
    zeros = (0,) * len(policy)
    upper = Vector(known, ranked if rule.cost else zeros, nobody if rule.maximises else policy)
    lower = Vector(tuple(values), zeros if rule.cost else ranked, policy if rule.maximises else nobody)
    return upper, lower

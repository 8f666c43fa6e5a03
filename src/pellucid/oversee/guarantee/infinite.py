"""Bounds on costs from below where some choices lead to infinite ones: these are given values that are large enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from ...algebra.markov.rule import Rule
from ...algebra.markov.world import World
from .arrays import Mask, Reached
from .bounding import Vector
from .values import Values


def without_end(rule: Rule) -> Rule:
    """The rule whose value is below 1 where the cost is infinite: the goal is reached with such a probability."""
    return replace(rule, cost=False, sense="<=" if rule.sense == ">=" else ">=")


def with_infinite(world: World, within: Reached, found: Values, lower: Vector, reached: Vector) -> Vector:
    """`lower` with K (1 - u) in states of infinite cost, u bounding from above how likely the goal is reached.

    1 - u is no more than its expectation after any row, and so is K times it; K is so large that rows that lead there
    are not better than the others. Raises ArithmeticError where probabilities are intervals.
    """
    leaving = np.flatnonzero(~found.usable & found.free[found.rows.owner])
    if not len(leaving) or found.rule.maximises:
        return lower
    if not found.rows.exact:
        raise ArithmeticError("some choices cost without end, and probabilities are intervals")
    values = [value or Fraction(0) for value in lower.values]
    never = [Fraction(1) - (1 if u is None else u) for u in reached.values]
    number = {state: i for i, state in enumerate(within.states)}
    factor = Fraction(0)
    for state, k in (within.choice[int(r)] for r in leaving):
        choice = world.choices[state][k]
        pairs = [(number[t], p) for t, p in zip(choice.targets, choice.low, strict=True)]
        missing = values[number[state]] - choice.cost - _mean(pairs, values, found.free)
        there = _mean(pairs, never, ~found.free)
        if missing > 0 and there <= 0:
            raise ArithmeticError("it is not certain that a choice costs without end")
        factor = max(factor, missing / there if missing > 0 else factor)
    large = [value if free or goal else factor * rest
             for value, rest, free, goal in zip(values, never, found.free, found.goal, strict=True)]  # fmt: skip
    return lower._replace(values=tuple(large))


def _mean(pairs: Sequence[tuple[int, Fraction]], values: Sequence[Fraction], counted: Mask) -> Fraction:
    """The expectation of values over (state, probability), of the states that are counted."""
    return sum((p * values[t] for t, p in pairs if counted[t]), Fraction(0))

"""Values within a number of steps: the equations, as often as there are steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from ...algebra.markov.rule import Rule
from ...algebra.markov.world import World
from .arrays import Mask, Reached
from .paths import Plan


@dataclass(frozen=True)
class Swept:
    """The value of the start in floating point, and the plan of each step; exactly, where that is short."""

    value: float
    plans: Sequence[Plan]
    """Empty where they are too many to keep."""
    exact: Fraction | None = None
    scale: int = 1
    """A common denominator of all values on the way to the exact one."""


def sweep(world: World, within: Reached, rule: Rule, steps: int, most_kept: int = 20_000_000) -> Swept:
    """V_0 = 1 in the goal, else 0; V_(i+1) = opt_a sum_t P V_i(t) outside what is reached or avoided."""
    rows, inner = within.rows, within.inner
    x = within.goal.astype(float)
    some = np.flatnonzero(inner & (np.diff(rows.first) > 0))
    plans, keep = [], steps * (rows.size + (0 if rows.exact else len(rows.target))) <= most_kept
    for _ in range(steps):
        chosen = rows.chosen(x, rule.nature_maximises)
        worth = rows.total(chosen * x[rows.target])
        best = np.full(rows.size, -1)
        best[some] = rows.best_rows(worth, rule.maximises)[some]
        if keep:
            plans.append(Plan(best, chosen))
        x[some] = worth[best[some]]
    exact, scale = _exactly(world, within, rule, steps)
    return Swept(float(x[0]), plans[::-1], exact, scale)


def _exactly(
    world: World, within: Reached, rule: Rule, steps: int, most: int = 50_000, largest: int = 10**200
) -> tuple[Fraction | None, int]:
    """The same in fractions, and their common denominator; none where these grow, or the world is large."""
    if not within.rows.exact or steps * len(within.rows.target) > most:
        return None, 1
    number = {state: i for i, state in enumerate(within.states)}
    x = [Fraction(int(goal)) for goal in within.goal]
    free: Mask = within.inner
    scale = 1
    for _ in range(steps):
        new = list(x)
        for i, state in enumerate(within.states):
            if free[i] and world.choices[state]:
                worth = [sum((p * x[number[t]] for t, p in zip(c.targets, c.low, strict=True)), Fraction(0))
                         for c in world.choices[state]]  # fmt: skip
                new[i] = max(worth) if rule.maximises else min(worth)
        x = new
        scale = lcm(scale, *(value.denominator for value in x))
        if scale > largest:
            return None, 1
    return x[0], scale

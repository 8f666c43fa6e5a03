"""Values of a rule: which states have value 0, or none, and the value of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from ...algebra.markov.rule import Rule
from .arrays import Ints, Mask, Reached, Rows
from .graph import Quantifier, ranks_to
from .solving import Problem, solve


class Infinite(ArithmeticError):
    """An expected cost is infinite: the goal is not reached almost surely."""


@dataclass(frozen=True)
class Values:
    """What both bounds are made of. Outside `free` values are 0 or 1 and certain; rows stay as they were numbered."""

    rule: Rule
    rows: Rows
    goal: Bool[np.ndarray, " states"]
    free: Bool[np.ndarray, " states"]
    x: Float[np.ndarray, " states"]
    best: Int[np.ndarray, " states"]
    """The best row of each state; where the value is 0 by some policy, one that keeps it so; -1 for any, or none."""
    chosen: Float[np.ndarray, " entries"]
    usable: Bool[np.ndarray, " rows"]
    """Rows that lead to no state of infinite cost."""


def values_of(world: Reached, rule: Rule) -> Values:
    """The values of the rule in all reached states. Raises Infinite where the start has an infinite cost."""
    return _cost_values(world, rule) if rule.cost else _probabilities(world, rule)


def _probabilities(world: Reached, rule: Rule) -> Values:
    """Value 0 where the goal is out of reach: of every policy, or of some, as the rule asks."""
    quantifier: Quantifier = "some" if rule.maximises else "every"
    ranks = ranks_to(world.rows, world.goal, quantifier, rule.nature_maximises)
    free = world.inner & (ranks > 0)
    fixed = world.goal.astype(float)
    problem = Problem(world.rows, free, fixed, ranks, rule.maximises, rule.nature_maximises, False)
    found = solve(problem)
    best = found.best if rule.maximises else np.where(free, found.best, _keeping_out(world.rows, ranks >= 0, rule))
    usable = np.ones(len(world.rows.owner), dtype=bool)
    return Values(rule, world.rows, world.goal, free, found.x, best, found.chosen, usable)


def _keeping_out(rows: Rows, inside: Mask, rule: Rule) -> Ints:
    """For each state the row with the least probability to go inside, with the worst, or best, within intervals."""
    within = inside[rows.target]
    low, high = (rows.total(np.where(within, values, 0)) for values in (rows.low, rows.high))
    low_out, high_out = (rows.total(np.where(within, 0, values)) for values in (rows.low, rows.high))
    goes = np.minimum(high, 1 - low_out) if rule.nature_maximises else np.maximum(low, 1 - high_out)
    return rows.best_rows(goes, largest=False)


def _cost_values(world: Reached, rule: Rule) -> Values:
    sure = almost_surely(world, rule)
    if not sure[0]:
        raise Infinite
    inner = world.inner & sure
    leaves = np.bincount(world.rows.row_of[~sure[world.rows.target]], minlength=len(world.rows.owner)) > 0
    kept = np.flatnonzero(~leaves & inner[world.rows.owner])
    some = world.rows.picked(kept)
    quantifier: Quantifier = "every" if rule.maximises else "some"
    ranks = ranks_to(some, world.goal, quantifier, not rule.nature_maximises)
    problem = Problem(some, inner, np.zeros(some.size), ranks, rule.maximises, rule.nature_maximises, True)
    found = solve(problem)
    best = np.where(found.best >= 0, kept[found.best], -1)
    chosen = world.rows.chosen(found.x, rule.nature_maximises)
    return Values(rule, world.rows, world.goal, inner, found.x, best, chosen, ~leaves)


def almost_surely(world: Reached, rule: Rule) -> Mask:
    """States from which the goal is reached with probability 1: by every policy, where the rule takes the largest cost,
    else by some; whatever probabilities there are within the intervals, if these make the cost largest."""
    helps = not rule.nature_maximises
    within = np.ones(world.rows.size, dtype=bool)
    quantifier: Quantifier = "every" if rule.maximises else "some"
    while True:
        leaves = np.bincount(world.rows.row_of[~within[world.rows.target]], minlength=len(world.rows.owner)) > 0
        if rule.maximises:  # a state from which one can come to a bad one is bad
            found = within.copy()
            found[world.rows.owner[leaves]] = False
            found &= ranks_to(world.rows, world.goal, quantifier, helps) >= 0
        else:
            some = world.rows.picked(np.flatnonzero(~leaves))
            found = within & (ranks_to(some, world.goal, quantifier, helps) >= 0)
        if (found == within).all():
            return within
        within = found

"""Guarantee: bounds on the probability of breaking a rule in a known world, each with a vector that shows it.

Towards guaranteed safe AI (Dalrymple et al. 2024, arXiv 2405.06624) asks for a world model, a specification, and a
verifier whose certificate can be audited. Here the world is finite: a Markov chain, a decision process, or either with
intervals for probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

import numpy as np

from ...algebra.markov.rule import Rule, Side
from ...artifacts.worlds.guarantee import Bound
from ...artifacts.worlds.guarantee import Guarantee as Found_
from ...core.claim import Claim, Measured, Refuted, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.worlds.world_model import WorldModel
from .arrays import Floats, Ints, Reached, reached
from .bounded_steps import sweep
from .bounding import Vector, bound_from
from .exact import exact_vectors
from .graph import ranks_to
from .infinite import with_infinite, without_end
from .paths import Plan, draw_runs, most_likely_path, told
from .values import Infinite, Values, values_of


@dataclass(frozen=True)
class Guarantee(Method[WorldModel, Found_]):
    """The largest or smallest probability of what a rule is about, over all policies, between two provable bounds.

    V(s) = opt_a sum_t P(t|s,a) V(t), 1 in the goal, 0 in what is avoided. A vector x >= right-hand side bounds V from
    above; x <= right-hand side bounds it from below, where ranks lead to the goal. Of intervals, the worst is taken.

    >>> world = WorldModel.from_dict({"start": "a", "transitions": {"a": {"bad": 0.25, "b": 0.5, "a": 0.25}}})
    >>> Guarantee().explain(world).artifact.describe()
    'P(reach bad) = 1/3; Markov chain, 3 states, 3 transitions'
    """

    rule: Rule = field(default_factory=partial(Rule, ("bad",)))
    asked: str = ""
    """The bound that is asked for, as a decimal or a fraction."""
    exact_states: int = 450
    """Worlds of at most so many undecided states are solved in fractions: about a second, numbers of 500 digits."""
    retried_states: int = 2_000
    """Worlds of at most so many are solved in fractions, some seconds, where bounds of decimals are not `narrow`."""
    narrow: float = 1e-6
    """How far apart bounds of decimals may be: a tenth of what anyone would ask for."""
    digits: int = 14
    """Decimals of the vectors of larger worlds: as many as floating point has, less two for rounding."""
    scale: int = 10**18
    """Probabilities within a number of steps are rounded outwards to 1 / scale in each step."""
    runs: int = 10_000
    """Runs that are drawn to see whether the bounds are right; 0.01 wide at 95 %."""
    longest: int = 10_000
    """Steps after which a drawn run is given up."""

    def _find(self, subject: WorldModel, context: Context) -> Found[Found_]:
        world, rule = subject.world, self.rule
        if self.asked:
            _refuse_no_bound(self.asked, rule)
        goal, shunned = world.resolve(rule.reach), world.resolve(rule.avoid)
        if both := goal & shunned:
            raise ValueError(f"state {world.states[min(both)]!r} is to be reached and to be avoided; drop it from one")
        within = reached(world, goal, shunned)
        found = Found_(world, rule, asked=self.asked, note=subject.note, origin=subject.origin, title=subject.title)
        if rule.within is not None:
            return self._within_steps(found, within, context)
        try:
            return self._solved(found, within, context)
        except Infinite:
            return self._infinite(found, within, context)

    def _solved(self, found: Found_, within: Reached, context: Context) -> Found[Found_]:
        """Without a number of steps: both bounds, a path, and drawn runs."""
        values = values_of(within, found.rule)
        bounds, left = self._bounds(found, within, values)
        found = replace(found, upper=bounds.get("upper"), lower=bounds.get("lower"))
        plan = Plan(np.where(within.inner, _any_row(within, values.best), -1), values.chosen)
        taken = np.isin(within.rows.row_of, plan.row)
        found = _with_path(found, within, np.where(taken, values.chosen, 0), float(values.x[0]))
        return Found(found, (*left, self._drawn(found, within, lambda _: plan, self.longest, context)))

    def _bounds(self, found: Found_, within: Reached, values: Values) -> tuple[dict[Side, Bound], list[Claim]]:
        """Both sides, exactly where the world is small; and what could not be bounded."""
        if values.rows.exact and values.free.sum() <= self.exact_states:
            return _exact_bounds(found, within, values), []
        bounds: dict[Side, Bound] = {}
        left: list[Claim] = []
        sides: tuple[Side, Side] = ("upper", "lower")
        for side in sides:
            try:
                vector = bound_from(values, side, self.digits)
                if side == "lower" and not values.usable.all():
                    rest = bound_from(values_of(within, without_end(found.rule)), "upper", self.digits)
                    vector = with_infinite(found.world, within, values, vector, rest)
                bounds[side] = _bound(side, vector, found, within)
            except ArithmeticError as error:
                what = f"{found.rule.quantity}, from {'above' if side == 'upper' else 'below'}"
                left.append(Undecided(what, str(error), key=side))
        if not self._is_wide(bounds, found.rule):
            return bounds, left
        if values.rows.exact and values.free.sum() <= self.retried_states:
            return _exact_bounds(found, within, values), []
        reason = "runs of the best policies are too long for floating point"
        wide = Undecided(f"the bounds of {found.rule.quantity} meet to {self.narrow:g}", reason,
                         "give --within, or a smaller world", key="wide")  # fmt: skip
        return bounds, [*left, wide]

    def _is_wide(self, bounds: Mapping[Side, Bound], rule: Rule) -> bool:
        """Whether the bounds are so far apart that floating point did not do."""
        low, high = bounds.get("lower"), bounds.get("upper")
        if low is None or high is None:
            return True
        return high.value - low.value > self.narrow * (max(1.0, float(high.value)) if rule.cost else 1.0)

    def _within_steps(self, found: Found_, within: Reached, context: Context) -> Found[Found_]:
        """Bounds by the checker's own way, whose value is known here to rounding; exactly where that is short."""
        rule, steps = found.rule, found.rule.within or 0
        swept = sweep(found.world, within, rule, steps)
        error = Fraction(steps + 10) / 10**15
        near = Fraction(swept.value)
        low, high = (max(Fraction(0), near - error), min(Fraction(1), near + error))
        low, high, scale = (low, high, self.scale) if swept.exact is None else (swept.exact, swept.exact, swept.scale)
        found = replace(found, upper=Bound("upper", high, scale=scale), lower=Bound("lower", low, scale=scale))
        claims = []
        if swept.plans or not steps:
            claims.append(self._drawn(found, within, lambda t: swept.plans[t], steps, context))
        chosen = swept.plans[0].chosen if swept.plans else within.rows.high
        return Found(_with_path(found, within, chosen, swept.value), tuple(claims))

    def _infinite(self, found: Found_, within: Reached, context: Context) -> Found[Found_]:
        """The goal is not reached almost surely, so that the cost is infinite: that is bounded instead."""
        rule = found.rule
        less = without_end(rule)
        inner = self._solved(replace(found, rule=less, asked=""), within, context)
        limit = inner.artifact.bound_text("upper")
        why = f"infinite: {less.quantity} <= {limit}, so the cost goes on with probability"
        statement = rule.statement(rule.guaranteed, self.asked or "any bound", chain=found.world.is_chain,
                                   exact=found.world.is_exact)  # fmt: skip
        told = [Refuted(statement, why, key="asked")] if rule.sense == "<=" else []
        return replace(inner, claims=(*told, *inner.claims))

    def _drawn(
        self, found: Found_, within: Reached, plan: Callable[[int], Plan], steps: int, context: Context
    ) -> Claim:
        """What drawn runs do under the policy and the probabilities of the value."""
        rule, generator = found.rule, np.random.default_rng(context.stream("runs"))
        runs = draw_runs(within.rows, within.goal, plan, self.runs, steps, generator)
        who = "" if found.world.is_chain else f" by the {'best' if rule.policies == 'some' else 'worst'} policy"
        late = (
            f" ({runs.unended:,} were under way after {steps:,} steps)" if runs.unended and rule.within is None else ""
        )
        many = f"{self.runs:,} drawn runs{who}"
        if rule.cost:
            spread = 1.96 * float(runs.costs.std()) / self.runs**0.5
            return Measured(f"mean cost of {many}{late}", float(runs.costs.mean()), "", None, spread, key="drawn")
        share = runs.reached / self.runs
        spread = 1.96 * (share * (1 - share) / self.runs) ** 0.5 + 1 / self.runs
        words = rule.quantity[2:-1]
        return Measured(f"share of {many} that {words}{late}", share, "", None, spread, key="drawn")


def _exact_bounds(found: Found_, within: Reached, values: Values) -> dict[Side, Bound]:
    """Both sides in fractions."""
    upper, lower = exact_vectors(found.world, within, values)
    if not values.usable.all():
        rest = values_of(within, without_end(found.rule))
        lower = with_infinite(found.world, within, values, lower, exact_vectors(found.world, within, rest)[0])
    return {"upper": _bound("upper", upper, found, within), "lower": _bound("lower", lower, found, within)}


def _refuse_no_bound(asked: str, rule: Rule) -> None:
    try:
        bound = Fraction(asked)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"bound {asked!r} is no number; give 0.03 or 3/100") from None
    if bound < 0 or (bound > 1 and not rule.cost):
        raise ValueError(f"bound {asked} is no {'cost' if rule.cost else 'probability'}; give "
                         f"{'0 or more' if rule.cost else 'one within 0 and 1'}")  # fmt: skip


def _any_row(within: Reached, best: Ints) -> Ints:
    """The best rows; the first one where all are as good, as the value is 0."""
    rows = within.rows
    first = np.where(np.diff(rows.first) > 0, rows.first[:-1], -1)
    return np.where(best >= 0, best, first)


def _bound(side: Side, vector: Vector, found: Found_, within: Reached) -> Bound:
    """The vector by the names of states; what is trivial is left out."""
    world, names = found.world, [found.world.states[s] for s in within.states]
    start = vector.values[0]
    if start is None:
        raise ArithmeticError("the value of the start is infinite")
    none = Fraction(1) if side == "upper" and not found.rule.cost else Fraction(0) if side == "lower" else None
    values = {name: value for name, value in zip(names, vector.values, strict=True) if value not in (None, none)}
    policy = {
        names[i]: world.choices[within.choice[r][0]][within.choice[r][1]].action
        for i, r in enumerate(vector.rows)
        if r >= 0 and len(world.choices[within.states[i]]) > 1
    }
    ranks = {name: rank for name, rank in zip(names, vector.ranks, strict=True) if rank > 0 and name in values}
    return Bound(side, start, {n: v for n, v in values.items() if v is not None}, ranks, policy)


def _with_path(found: Found_, within: Reached, chosen: Floats, value: float) -> Found_:
    """With the likeliest way to what breaks the rule: the goal, or where it is out of reach."""
    rule = found.rule
    if rule.cost or (not value < 1 and rule.sense == ">="):
        return found
    dead = ranks_to(within.rows, within.goal, "some", True) < 0
    ends = within.goal if rule.sense == "<=" else within.shunned | dead
    entries = most_likely_path(within.rows, ends, chosen, rule.within if rule.sense == "<=" else None)
    if not entries:
        return found
    steps, chance = told(found.world, within, entries, chosen)
    return replace(found, path=steps, path_chance=chance)

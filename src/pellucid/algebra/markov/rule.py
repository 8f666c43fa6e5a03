"""Rules about worlds: what is to be reached, what avoided, and how likely that may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Sense = Literal["<=", ">="]
Side = Literal["upper", "lower"]


@dataclass(frozen=True)
class Rule:
    """P(reach `reach` before `avoid`, within so many steps), or the expected cost until then, against a bound.

    `policies`: the rule must hold for "every" policy, or for "some", the best. Of probabilities that are known within
    intervals, it must hold for all. Expected costs are infinite where `reach` is not reached almost surely.

    >>> Rule(("lava",)).quantity, Rule(("goal",), ("lava",), ">=", within=9).quantity
    ('P(reach lava)', 'P(reach goal before lava within 9 steps)')
    """

    reach: tuple[str, ...]
    avoid: tuple[str, ...] = ()
    sense: Sense = "<="
    within: int | None = None
    cost: bool = False
    policies: Literal["every", "some"] = "every"

    @property
    def quantity(self) -> str:
        """What is bounded, in words."""
        reach, avoid = " or ".join(self.reach), " or ".join(self.avoid)
        if self.cost:
            return f"E(cost until {reach})"
        before = f" before {avoid}" if self.avoid else ""
        return f"P(reach {reach}{before}{'' if self.within is None else f' within {self.within} steps'})"

    @property
    def guaranteed(self) -> Side:
        """The side of the value that a guarantee is about."""
        return "upper" if self.sense == "<=" else "lower"

    @property
    def maximises(self) -> bool:
        """Whether the value is the largest over all policies, else the smallest."""
        return (self.sense == "<=") == (self.policies == "every")

    @property
    def nature_maximises(self) -> bool:
        """Whether probabilities within intervals are those that make it largest, else smallest."""
        return self.sense == "<="

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "reach": list(self.reach),
            "avoid": list(self.avoid),
            "sense": self.sense,
            "within": self.within,
            "cost": self.cost,
            "policies": self.policies,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Rule:
        """The inverse of `to_dict`."""
        return cls(**{**data, "reach": tuple(data["reach"]), "avoid": tuple(data["avoid"])})

    def statement(self, side: Side, bound: str, *, chain: bool, exact: bool) -> str:
        """A bound in words; for which policies, where there are choices, and which probabilities, where these are open.

        >>> Rule(("lava",)).statement("upper", "0.03", chain=False, exact=True)
        'P(reach lava) <= 0.03 for every policy'
        >>> Rule(("lava",)).statement("lower", "0.02", chain=True, exact=False)
        'P(reach lava) >= 0.02 for some probabilities within the intervals'
        """
        upper = side == "upper"
        told = f"{self.quantity} {'<=' if upper else '>='} {bound}"
        said = [] if chain else [f"{'every' if self.maximises == upper else 'some'} policy"]
        said += [] if exact else [f"{'all' if self.nature_maximises == upper else 'some'} probabilities within the "
                                  "intervals"]  # fmt: skip
        return told + (f" for {' and '.join(said)}" if said else "")


def rule_of(
    *,
    reach: str = "",
    avoid: str = "",
    at_most: str = "",
    at_least: str = "",
    within: int | None = None,
    cost: bool = False,
    best: bool = False,
) -> Rule:
    """The rule that options give: names with commas between them. Raises ValueError where they make none.

    `avoid` alone: that is what should not be reached. `best`: it is enough that some policy keeps the rule.

    >>> rule_of(avoid="lava, pit").quantity, rule_of(reach="goal", avoid="lava").sense
    ('P(reach lava or pit)', '>=')
    """
    wanted, shunned = (tuple(n for n in map(str.strip, text.split(",")) if n) for text in (reach, avoid))
    _refuse_unclear(wanted, shunned, at_most, at_least, cost)
    if cost and (not wanted or shunned or within is not None):
        raise ValueError("an expected cost is counted until something is reached; give --reach, neither --avoid nor "
                         "--within")  # fmt: skip
    if within is not None and within < 0:
        raise ValueError(f"within={within} is no number of steps; give 0 or more")
    falls_short = bool(at_least) or (bool(wanted) and not cost and not at_most)
    goal, shun = (wanted, shunned) if wanted else (shunned, ())
    return Rule(goal, shun, ">=" if falls_short else "<=", within, cost, "some" if best else "every")


def _refuse_unclear(wanted: tuple[str, ...], shunned: tuple[str, ...], at_most: str, at_least: str, cost: bool) -> None:
    """Raises ValueError where these are no rule, two of them, or may mean either."""
    if not wanted and not shunned:
        raise ValueError("no rule: name what is to be avoided, or reached, by --avoid or --reach")
    if at_most and at_least:
        raise ValueError("at_most and at_least are two rules; give one, and run it again for the other")
    if wanted and shunned and at_most and not cost:
        raise ValueError("at_most beside reach and avoid could mean either; give --avoid alone for a risk of at most "
                         f"{at_most}, or --at-least for the success")  # fmt: skip

"""Guarantee: what happens in a world at worst, between two bounds that are vectors of exact fractions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from ...algebra.markov.numbers import decimal_or_fraction, outward
from ...algebra.markov.reading import load_exactly, world_from
from ...algebra.markov.rule import Rule, Side
from ...algebra.markov.world import World
from ...core.artifact import Artifact


@dataclass(frozen=True)
class Bound:
    """One side: a bound on the value of the start, and what shows it.

    `values` bound the value of each state. Within so many steps there are none: they are computed to 1 / `scale`.
    """

    side: Side
    value: Fraction
    values: Mapping[str, Fraction] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    policy: Mapping[str, str] = field(default_factory=dict)
    scale: int = 1

    def to_dict(self) -> dict[str, Any]:
        """As JSON and the checker read it."""
        return {
            "side": self.side,
            "value": str(self.value),
            "values": {name: decimal_or_fraction(value) for name, value in self.values.items()},
            "ranks": dict(self.ranks),
            "policy": dict(self.policy),
            "scale": self.scale,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`."""
        values = {name: Fraction(value) for name, value in data["values"].items()}
        return cls(data["side"], Fraction(data["value"]), values, data["ranks"], data["policy"], int(data["scale"]))


@dataclass(frozen=True)
class Step:
    """One step of a path: the action, where it leads, and how likely that is."""

    action: str
    state: str
    chance: float


@dataclass(frozen=True)
class Guarantee(Artifact):
    """The value of `rule` in `world`, between `upper` and `lower`; None: nothing but the trivial is known.

    `asked` is the bound that was asked for, "" if none was. `path` is the most likely one of those that break the rule,
    under the worst policy; the last state goes on for ever where it is neither reached nor avoided. `note` says of
    which worlds it holds, where that is not this one alone; `origin` what the world was made from.
    """

    world: World
    rule: Rule
    upper: Bound | None = None
    lower: Bound | None = None
    asked: str = ""
    path: tuple[Step, ...] = ()
    path_chance: Fraction | float | None = None
    note: str = ""
    origin: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""

    kind = "guarantee"

    @cached_property
    def is_exact(self) -> bool:
        """Whether both bounds are one number."""
        return self.upper is not None and self.lower is not None and self.upper.value == self.lower.value

    def bound(self, side: Side) -> Bound | None:
        """One of the two."""
        return self.upper if side == "upper" else self.lower

    def bound_text(self, side: Side) -> str:
        """What is known from this side, in short and true; "" for nothing."""
        bound = self.bound(side)
        return "" if bound is None else outward(bound.value, side == "upper")

    @property
    def keeps(self) -> bool | None:
        """Whether the rule holds with the bound that was asked for; None where that is not known, or none was."""
        if not self.asked:
            return None
        wanted, upper = Fraction(self.asked), self.rule.sense == "<="
        near, far = (self.upper, self.lower) if upper else (self.lower, self.upper)
        if near is not None and (near.value <= wanted if upper else near.value >= wanted):
            return True
        if far is not None and (far.value > wanted if upper else far.value < wanted):
            return False
        return None

    def statement(self, side: Side, bound: str = "") -> str:
        """One side in words, with its own bound or another one that follows."""
        bound = bound or self.bound_text(side)
        return self.rule.statement(side, bound, chain=self.world.is_chain, exact=self.world.is_exact)

    @property
    def domain(self) -> str:
        """Of which worlds it is said."""
        return f"from {self.world.states[self.world.start]}, in the world of world.json" + (
            f"; {self.note}" if self.note else "")  # fmt: skip

    @property
    def value_text(self) -> str:
        """What is known of the value: a number, or between which it lies."""
        low, high = self.bound_text("lower"), self.bound_text("upper")
        if self.is_exact and low == high:
            return f"= {low}"
        if self.is_exact and self.upper is not None:
            return f"= {float(self.upper.value):.12g}"
        if low and high:
            return f"in [{low}, {high}]"
        return f">= {low}" if low else f"<= {high}" if high else "is not known"

    def describe(self) -> str:
        which = "" if self.world.is_chain else f", {'largest' if self.rule.maximises else 'smallest'} over policies"
        return f"{self.rule.quantity} {self.value_text}{which}; {self.world.describe()}"

    def certificate(self, side: Side, bound: str = "") -> dict[str, Any]:
        """What a checker reads: the rule, a bound, and the vector that shows it. Raises ValueError for no bound."""
        found = self.bound(side)
        if found is None:
            raise ValueError(f"nothing bounds it on the {side} side")
        vector = {name: value for name, value in found.to_dict().items() if name != "value"}
        return {"rule": self.rule.to_dict(), "bound": bound or self.bound_text(side), **vector}

    def files(self) -> Mapping[str, bytes]:
        """The world, the vectors of both bounds, the policy where some is enough, and what the world was made from."""
        bounds = [bound.to_dict() for bound in (self.upper, self.lower) if bound is not None]
        found = {"world.json": self.world.to_dict(), "bounds.json": bounds}
        kept = self.bound(self.rule.guaranteed)
        if self.rule.policies == "some" and kept is not None and kept.policy:
            found["policy.json"] = dict(kept.policy)
        if self.origin:
            found["origin.json"] = dict(self.origin)
        return {name: (json.dumps(data, indent=0) + "\n").encode() for name, data in found.items()}

    def to_dict(self) -> dict[str, Any]:
        chance = self.path_chance
        return {
            "rule": self.rule.to_dict(),
            "asked": self.asked,
            "path": [[step.action, step.state, step.chance] for step in self.path],
            "path_chance": chance if chance is None or isinstance(chance, float) else str(chance),
            "note": self.note,
            "title": self.title,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        bounds = {one["side"]: Bound.from_dict(one) for one in json.loads(files["bounds.json"])}
        chance = data["path_chance"]
        return cls(
            world_from(load_exactly(files["world.json"].decode())),
            Rule.from_dict(data["rule"]),
            bounds.get("upper"),
            bounds.get("lower"),
            data["asked"],
            tuple(Step(*step) for step in data["path"]),
            Fraction(chance) if isinstance(chance, str) else chance,
            data["note"],
            json.loads(files["origin.json"]) if "origin.json" in files else {},
            data["title"],
        )

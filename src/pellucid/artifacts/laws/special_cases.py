"""Special cases: values of the parameters at which equations conserve more, or have more symmetries, than usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ...core.artifact import Artifact
from .densities import Densities
from .invariants import Invariants
from .symmetries import Symmetries

Law = Invariants | Densities | Symmetries


def count_of(law: Law) -> int:
    """How many there are: linearly independent polynomials, densities modulo x-derivatives, or symmetries."""
    return law.vectors if isinstance(law, Invariants) else law.dimension


@dataclass(frozen=True)
class SpecialCase:
    """`values` of some parameters in terms of the others, and what is conserved where they hold."""

    values: tuple[tuple[str, str], ...]
    law: Law
    name: str = ""
    """What the literature calls the equations there, up to units."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple((str(name), str(text)) for name, text in self.values))

    @property
    def condition(self) -> str:
        """The condition in text: "b = 4*a"."""
        return " and ".join(f"{name} = {text}" for name, text in self.values)


@dataclass(frozen=True)
class SpecialCases(Artifact):
    """All cases with at most `depth` conditions, where no parameter is 0; what else is conserved is in `law`.

    Of equations of motion polynomials are counted, of field equations densities, of both symmetries. `assumed` are
    inequalities between the parameters, such as "a > b": cases that contradict them are none.

    `left` are equations between parameters (all of one entry together) whose zeros were not looked at; `deeper` says
    that more than `depth` conditions together may leave still more conserved; `problem` why nothing was looked at.
    `tried` are the values of a parameter in exponents at which powers coincide, each of which was put in.

    >>> spring = Invariants(("x",), ("k*x",), ("k",), (), 1, ("x",), vectors=0)
    >>> SpecialCases(spring, (), 2).describe()
    'no special case: as much is conserved for all values of k but 0'
    """

    law: Law
    cases: tuple[SpecialCase, ...]
    depth: int
    left: tuple[tuple[str, ...], ...] = ()
    deeper: bool = False
    problem: str = ""
    assumed: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()

    kind = "special_cases"

    def __post_init__(self) -> None:
        object.__setattr__(self, "cases", tuple(self.cases))
        object.__setattr__(self, "left", tuple(map(tuple, self.left)))
        object.__setattr__(self, "assumed", tuple(self.assumed))
        object.__setattr__(self, "tried", tuple(self.tried))

    @property
    def more(self) -> str:
        """What there is more of in a special case, in words."""
        return "there are more symmetries" if isinstance(self.law, Symmetries) else "more is conserved"

    def domain(self) -> str:
        """The values of the parameters that were looked at, in words."""
        text = f"all values of {', '.join(self.law.parameters)} but 0"
        if self.assumed:
            text += f" with {', '.join(self.assumed)}"
        if self.deeper:
            text += f" and but such as fulfil more than {self.depth} conditions"
        if self.left:
            text += f", and but zeros of {'; of '.join(' and '.join(entry) for entry in self.left)}"
        return text

    def scope(self) -> str:
        """The same in few words, for a statement: how many were left out, not which.

        >>> SpecialCases(Invariants(("x",), ("k*x",), ("k",), (), 1, ("x",), vectors=0), (), 2, deeper=True).scope()
        'where no parameter is 0, and at most 2 conditions on them hold'
        """
        parts = ["no parameter is 0", *([", ".join(self.assumed)] if self.assumed else [])]
        if self.deeper:
            parts.append(
                f"at most {self.depth} condition{'s' * (self.depth != 1)} on them hold{'s' * (self.depth == 1)}"
            )
        if self.left:
            count = len(self.left)
            parts.append(
                f"none of {count} that were not looked at" if count > 1 else "not the one that was not looked at"
            )
        return "where " + (", ".join(parts[:-1]) + f", and {parts[-1]}" if len(parts) > 1 else parts[0])

    def describe(self) -> str:
        if self.problem:
            return f"special cases were not looked for: {self.problem}"
        if not self.cases:
            same = "there are as many symmetries" if isinstance(self.law, Symmetries) else "as much is conserved"
            return f"no special case: {same} for {self.domain()}"
        listed = (f"{case.condition} ({count_of(case.law)} instead of {count_of(self.law)})" for case in self.cases)
        count = len(self.cases)
        return f"{count} special case{'s' if count > 1 else ''}: {'; '.join(listed)}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "law": self.law.to_dict(),
            "cases": [
                {"values": [list(v) for v in c.values], "law": c.law.to_dict(), "name": c.name} for c in self.cases
            ],
            "depth": self.depth,
            "left": [list(entry) for entry in self.left],
            "deeper": self.deeper,
            "problem": self.problem,
            "assumed": list(self.assumed),
            **({"tried": list(self.tried)} if self.tried else {}),  # older certificates stay true
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        kinds: dict[str, type[Law]] = {"densities": Densities, "generators": Symmetries}
        law = next((kind for name, kind in kinds.items() if name in data["law"]), Invariants)
        rows = data["cases"]
        cases = [SpecialCase(row["values"], law.from_dict(row["law"], {}), row.get("name", "")) for row in rows]
        rest = {name: data[name] for name in ("depth", "left", "deeper", "problem")}
        rest |= {name: tuple(data.get(name, ())) for name in ("assumed", "tried")}
        return cls(law.from_dict(data["law"], {}), tuple(cases), **rest)

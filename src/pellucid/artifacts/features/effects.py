"""Effects: what an intervention on each part of a network does, by several measures, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from ...core.artifact import Artifact

Row = tuple[float | None, ...]


@dataclass(frozen=True)
class Effects(Artifact):
    """`values[i][j]` is what `measures[j]` gives for `parts[i]` (a module path, an edge); None where it has no meaning.

    `low` and `high` bound it (confidence intervals), `units` says what it is counted in, and `groups`, where there are
    any, which part belongs to which stage.

    >>> effects = Effects(("layers.0", "layers.1"), ("KL",), ((2.0,), (0.5,)), units=("nats",))
    >>> effects.column("KL")
    (2.0, 0.5)
    >>> effects.largest("KL")
    'layers.0'
    """

    parts: tuple[str, ...]
    measures: tuple[str, ...]
    values: tuple[Row, ...]
    low: tuple[Row, ...] = ()
    high: tuple[Row, ...] = ()
    units: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    title: str = ""

    kind = "effects"

    def __post_init__(self) -> None:
        if len(set(self.measures)) < len(self.measures) or not self.parts or not self.measures:
            raise ValueError(f"parts={len(self.parts)}, measures={list(self.measures)}: give some, each measure once")
        self._refuse_misfits()
        if self.units and len(self.units) != len(self.measures):
            raise ValueError(f"units={list(self.units)} are not one for each of {list(self.measures)}")
        if self.groups and len(self.groups) != len(self.parts):
            raise ValueError(f"groups are {len(self.groups)}, parts {len(self.parts)}; give one for each")

    def _refuse_misfits(self) -> None:
        for name, table in (("values", self.values), ("low", self.low), ("high", self.high)):
            if (table or name == "values") and not self._fits(table):
                raise ValueError(f"{name} is no table of {len(self.parts)} parts x {len(self.measures)} measures")

    def _fits(self, table: tuple[Row, ...]) -> bool:
        """Whether it has a row for each part and in it a column for each measure."""
        return len(table) == len(self.parts) and all(len(row) == len(self.measures) for row in table)

    def column(self, measure: str, table: str = "values") -> Row:
        """One measure of all parts; `table` may be "low" or "high", too. Raises ValueError for an unknown one."""
        if measure not in self.measures:
            raise ValueError(f"measure={measure!r} is unknown; there are {list(self.measures)}")
        index = self.measures.index(measure)
        return tuple(row[index] for row in getattr(self, table))

    def largest(self, measure: str) -> str:
        """The part with the largest absolute value."""
        known = zip(self.column(measure), self.parts, strict=True)
        return max(((abs(value), part) for value, part in known if value is not None), key=lambda pair: pair[0])[1]

    def beside(self, other: Effects) -> Effects:
        """Both tables as one, over the parts of this one.

        >>> loss = Effects(("layers.0", "layers.1"), ("KL",), ((2.0,), (0.5,)))
        >>> loss.beside(Effects(loss.parts, ("norm",), ((3.0,), (4.0,)))).values
        ((2.0, 3.0), (0.5, 4.0))
        """
        if self.parts != other.parts:
            raise ValueError("the effects are of other parts; put those of the same layers beside each other")
        return replace(
            self,
            measures=self.measures + other.measures,
            values=_joined(self.values, other.values),
            low=self._joined_bounds(other, "low"),
            high=self._joined_bounds(other, "high"),
            units=self._units() + other._units(),
            groups=self.groups or other.groups,
        )

    def _joined_bounds(self, other: Effects, name: str) -> tuple[Row, ...]:
        """Both tables of bounds side by side, None where one has none; nothing where neither has any."""
        if not getattr(self, name) and not getattr(other, name):
            return ()
        both = (getattr(one, name) or ((None,) * len(one.measures),) * len(one.parts) for one in (self, other))
        return _joined(*both)

    def _units(self) -> tuple[str, ...]:
        return self.units or ("",) * len(self.measures)

    def stages(self) -> list[tuple[str, int, int]]:
        """(group, first part, last part) of each run of parts of one group.

        >>> Effects(("a", "b", "c"), ("KL",), ((1.0,), (2.0,), (3.0,)), groups=("early", "late", "late")).stages()
        [('early', 0, 0), ('late', 1, 2)]
        """
        found: list[tuple[str, int, int]] = []
        for index, group in enumerate(self.groups):
            if found and found[-1][0] == group:
                found[-1] = (group, found[-1][1], index)
            else:
                found.append((group, index, index))
        return found

    def describe(self) -> str:
        parts = f"{len(self.parts)} parts of {self.title}" if self.title else f"{len(self.parts)} parts"
        stages = ", ".join(f"{group} {first}-{last}" for group, first, last in self.stages())
        return f"effects of {parts}: {', '.join(self.measures)}" + (f"; {stages}" if stages else "")

    def to_dict(self) -> dict[str, Any]:
        return {
            "parts": list(self.parts),
            "measures": list(self.measures),
            "units": list(self.units),
            "groups": list(self.groups),
            "title": self.title,
            "values": [list(row) for row in self.values],
            "low": [list(row) for row in self.low],
            "high": [list(row) for row in self.high],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(
            tuple(data["parts"]),
            tuple(data["measures"]),
            *(_rows(data[name]) for name in ("values", "low", "high")),
            units=tuple(data["units"]),
            groups=tuple(data["groups"]),
            title=data["title"],
        )


def _joined(first: tuple[Row, ...], second: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple((*x, *y) for x, y in zip(first, second, strict=True))


def _rows(table: Sequence[Sequence[float | None]]) -> tuple[Row, ...]:
    return tuple(tuple(row) for row in table)

"""Fixed points: states that equations of motion leave where they are. A toy of the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ...core.artifact import Artifact


@dataclass(frozen=True)
class FixedPoints(Artifact):
    """Points (each a tuple of whole numbers, one a variable) at which all of rhs is 0, whatever the parameters are.

    >>> FixedPoints(("x", "v"), ("v", "-k*x"), ("k",), ((0, 0),)).describe()
    '1 fixed point in x, v'
    """

    variables: tuple[str, ...]
    rhs: tuple[str, ...]
    parameters: tuple[str, ...]
    points: tuple[tuple[int, ...], ...]

    kind = "fixed_points"

    def describe(self) -> str:
        """How many there are."""
        return f"{len(self.points)} fixed point{'s' * (len(self.points) != 1)} in {', '.join(self.variables)}"

    def to_dict(self) -> dict[str, Any]:
        """All fields as lists."""
        return {
            "variables": list(self.variables),
            "rhs": list(self.rhs),
            "parameters": list(self.parameters),
            "points": [list(point) for point in self.points],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        """The inverse of `to_dict`."""
        names = (tuple(data[name]) for name in ("variables", "rhs", "parameters"))
        return cls(*names, tuple(map(tuple, data["points"])))

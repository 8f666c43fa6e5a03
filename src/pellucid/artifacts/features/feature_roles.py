"""Feature roles: what each column of a table is to the target, beside what importance methods make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from ...core.artifact import Artifact

Role = Literal["informative", "redundant", "interacting", "suppressor", "unexplained", "unused"]
ATTRIBUTIONS = ("permutation", "gradient", "SHAP", "pattern")


@dataclass(frozen=True)
class FeatureRoles(Artifact):
    """A role for each column, and `values[i][j]`: the share of all credit that `methods[j]` gives to `columns[i]`.

    `partners` names the column whose noise a suppressor carries, or with which another one interacts; `bits` is each
    column's mutual information with the target.

    >>> roles: tuple[Role, Role] = ("informative", "suppressor")
    >>> FeatureRoles(("a", "b"), roles, ("", "a"), (0.4, 0.0), ((0.7,), (0.3,)), ("SHAP",)).describe()
    'of 2 columns 1 is informative (a), 1 a suppressor (b, of the noise in a)'
    """

    columns: tuple[str, ...]
    roles: tuple[Role, ...]
    partners: tuple[str, ...]
    bits: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    methods: tuple[str, ...] = ATTRIBUTIONS
    target: str = "y"
    model: str = ""

    kind = "feature-roles"

    def __post_init__(self) -> None:
        lengths = {len(one) for one in (self.columns, self.roles, self.partners, self.bits, self.values)}
        if len(lengths) != 1 or any(len(row) != len(self.methods) for row in self.values):
            raise ValueError(
                f"lengths {sorted(lengths)} do not fit; give a role, a partner, bits and values to each column"
            )

    def of(self, role: str) -> tuple[str, ...]:
        """The columns with a role."""
        return tuple(column for column, one in zip(self.columns, self.roles, strict=True) if one == role)

    def describe(self) -> str:
        said = []
        for role in ("informative", "interacting", "redundant", "suppressor", "unexplained", "unused"):
            named = [self._named(i) for i, one in enumerate(self.roles) if one == role]
            if named:
                listed = ", ".join(named[:6]) + (", ..." if len(named) > 6 else "")
                words = {"suppressor": "a suppressor" if len(named) == 1 else "suppressors"}.get(role, role)
                verb = "" if said else ("is " if len(named) == 1 else "are ")
                said.append(f"{len(named)} {verb}{words} ({listed})")
        return f"of {len(self.columns)} columns {', '.join(said)}"

    def _named(self, i: int) -> str:
        partner, role = self.partners[i], self.roles[i]
        if not partner:
            return self.columns[i]
        return f"{self.columns[i]}, {'of the noise in' if role == 'suppressor' else 'with'} {partner}"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return cls(**{**given, "values": tuple(tuple(row) for row in data["values"])})

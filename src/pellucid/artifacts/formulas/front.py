"""Fronts: formulas from the shortest to the most exact, none of which is both longer and worse than another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ...core.artifact import Artifact
from .formula import Formula


@dataclass(frozen=True)
class Front(Artifact):
    """`formulas[i]` takes `bits[i]` to write down and misses by `errors[i]` (root mean square, in the target's unit).

    `chosen` is the one with the shortest description of formula and data together; -1 where none is.
    """

    formulas: tuple[Formula, ...]
    errors: tuple[float, ...]
    bits: tuple[float, ...]
    chosen: int = -1

    kind = "front"

    def __post_init__(self) -> None:
        if not len(self.formulas) == len(self.errors) == len(self.bits):
            raise ValueError("a front has one error and one number of bits for each of its formulas; give all three")
        if not -1 <= self.chosen < len(self.formulas):
            raise ValueError(f"chosen={self.chosen} is none of {len(self.formulas)} formulas; give its index, or -1")

    def describe(self) -> str:
        count = len(self.formulas)
        return f"{count} formula{'s' if count != 1 else ''}, from short to exact"

    def to_dict(self) -> dict[str, Any]:
        rows = zip(self.formulas, self.errors, self.bits, strict=True)
        entries = [{"formula": formula.to_dict(), "error": error, "bits": bits} for formula, error, bits in rows]
        return {"entries": entries, "chosen": self.chosen}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        entries = data["entries"]
        return cls(
            tuple(Formula.from_dict(entry["formula"], {}) for entry in entries),
            tuple(entry["error"] for entry in entries),
            tuple(entry["bits"] for entry in entries),
            data["chosen"],
        )

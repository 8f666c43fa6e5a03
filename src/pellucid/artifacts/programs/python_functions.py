"""Python functions with the Dafny file that says the same, in which hints for its verifier stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from ...core.artifact import Artifact
from .annotated_program import AddedHint


@dataclass(frozen=True)
class PythonFunctions(Artifact):
    """A Python file as it was given, and its translation into Dafny with hints (invariants, measures, assertions)."""

    name: str
    source: str
    text: str
    hints: tuple[AddedHint, ...] = ()

    kind = "python_functions"
    file: ClassVar[str] = "program.dfy"
    given: ClassVar[str] = "original.py"

    def describe(self) -> str:
        """How many hints the translation has.

        >>> PythonFunctions("sum", "", "", (AddedHint("invariant i >= 0", "bounds"),)).describe()
        'sum: translated into Dafny, 1 hint added'
        """
        count = len(self.hints)
        return f"{self.name}: translated into Dafny, {count or 'no'} hint{'' if count == 1 else 's'} added"

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "hints": [[hint.text, hint.family] for hint in self.hints]}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: self.text.encode(), self.given: self.source.encode()}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        hints = tuple(AddedHint(text, family) for text, family in data["hints"])
        return cls(data["name"], files[cls.given].decode(), files[cls.file].decode(), hints)

"""A program of another language with hints for its verifier: what was given, and what was added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from ...core.artifact import Artifact


@dataclass(frozen=True)
class AddedHint:
    """One line that was added: its text, and the family that proposed it or "model"."""

    text: str
    family: str


@dataclass(frozen=True)
class AnnotatedProgram(Artifact):
    """A Dafny file as it was given, and with hints (invariants, measures, assertions) that change nothing that runs."""

    name: str
    original: str
    text: str
    hints: tuple[AddedHint, ...] = ()

    kind = "annotated_program"
    file: ClassVar[str] = "program.dfy"
    given: ClassVar[str] = "original.dfy"

    def describe(self) -> str:
        """How many hints were added.

        >>> AnnotatedProgram("sum", "", "", (AddedHint("invariant i >= 0", "bounds"),)).describe()
        'sum: 1 hint added'
        """
        count = len(self.hints)
        return f"{self.name}: {count or 'no'} hint{'' if count == 1 else 's'} added"

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "hints": [[hint.text, hint.family] for hint in self.hints]}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: self.text.encode(), self.given: self.original.encode()}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        hints = tuple(AddedHint(text, family) for text, family in data["hints"])
        return cls(data["name"], files[cls.given].decode(), files[cls.file].decode(), hints)

"""Judging an annotated file that someone else wrote, as DafnyBench does (arXiv:2406.08467): only hints were added."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...artifacts.programs.annotated_program import AddedHint, AnnotatedProgram
from ...core.claim import Claim, Measured, Refuted, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.dafny.dafny_program import DafnyProgram, read_dafny
from ..programs.dafny_run import INSTALL, NOT_FOUND, dafny_path, verified
from .audit import added_hints, changes
from .hint_certificate import STATEMENT


@dataclass(frozen=True)
class DafnyAnswer(Method[DafnyProgram, AnnotatedProgram]):
    """An answer to a Dafny file: refuted where it changes more than hints, else as Dafny says.

    Beside it stands whether the given file verifies with no hint at all: then no answer shows anything.

    >>> given = DafnyProgram("method M(n: int) returns (r: int) ensures r > n { r := n; }")
    >>> DafnyAnswer(given.text.replace("r > n", "true")).explain(given).claims[-1].counterexample
    "line 1: 'true' stands in the place of 'r'"
    """

    answer: str = ""
    """The text of the annotated file; empty for the given file as it stands."""
    effort_seconds: float = 10.0
    """Effort for one procedure in one call, counted in steps of the solver (`prove/effort.py`)."""

    def _as_subject(self, given: object) -> object:
        return read_dafny(given) if isinstance(given, str | Path) else given

    def _find(self, subject: DafnyProgram, context: Context) -> Found[AnnotatedProgram]:
        answer = DafnyProgram(self.answer or subject.text, subject.name)
        changed = changes(subject, answer)
        if changed:
            refuted = Refuted("only hints were added", "; ".join(changed[:3]), key="audit")
            artifact = AnnotatedProgram(subject.name, subject.text, answer.text)
            return Found(artifact, (refuted, *self._floor(subject)))
        hints = tuple(AddedHint(text, "given") for text in added_hints(subject, answer))
        counted = Measured("hints that were added", float(len(hints)), "hints", key="hints")
        artifact = AnnotatedProgram(subject.name, subject.text, answer.text, hints)
        return Found(artifact, (counted, *self._floor(subject), *self._said(answer)))

    def _floor(self, subject: DafnyProgram) -> list[Claim]:
        """Whether the file that was given verifies with no hint; nothing where Dafny is absent or ran out."""
        verdict = verified(subject.text, self.effort_seconds)
        said = "files that verify with no hint at all, of 1 that was given"
        return [] if verdict.unchecked else [Measured(said, float(verdict.holds), "files", key="floor")]

    def _said(self, answer: DafnyProgram) -> list[Claim]:
        """What Dafny says of the answer, where it does not verify it."""
        if dafny_path() is None:
            return [Undecided(STATEMENT, NOT_FOUND, INSTALL, key="verified")]
        verdict = verified(answer.text, self.effort_seconds)
        remedy = "give more --effort" if verdict.unchecked else "mend the hint that it names"
        return [] if verdict.holds else [Undecided(STATEMENT, verdict.problem, remedy, key="verified")]

"""Proving a Dafny file whose loops lack their invariants, as in DafnyBench (arXiv:2406.08467): hints found by Dafny."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...artifacts.programs.annotated_program import AddedHint, AnnotatedProgram
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...subjects.dafny.dafny_program import DafnyProgram, read_dafny
from ..programs.dafny_run import INSTALL, NOT_FOUND, dafny_path, run_dafny
from .dafny_output import DafnyOutput, Message, read_output
from .hint import Hint
from .hint_certificate import STATEMENT
from .houdini import Outcome, Verifier, houdini, render, thinned, with_decreases
from .loop_view import LoopView
from .proposals import STAGES, propose, views_of
from .traces import states_of


@dataclass(frozen=True)
class DafnyHints(Method[DafnyProgram, AnnotatedProgram]):
    """Invariants, measures and assertions for a Dafny file, found without a language model.

    Families of hints (`hints/families`) propose what may hold: ranges from the conditions, postconditions with a bound
    replaced by a counter (Gries 1981), frames, calls of the file's functions on what was read so far, templates for
    orders and products. Dafny drops what it cannot prove (Houdini, Flanagan and Leino 2001); what remains is thinned.
    Measured as hints for DafnyBench (2406.08467).

    >>> from pellucid.core.claim import Undecided
    >>> program = DafnyProgram("method M(n: int) returns (r: int) ensures r > n { r := n; }")
    >>> isinstance(DafnyHints().explain(program).claims[0], Undecided)
    True
    """

    effort_seconds: float = 10.0
    """Effort for one procedure in one call, counted in steps of the solver (`prove/effort.py`)."""
    most_calls: int = 25
    """Calls of Dafny in one stage."""
    thin: bool = True
    """Whether hints that are not needed are left out again, as far as the calls for it reach."""

    def _as_subject(self, given: object) -> object:
        return read_dafny(given) if isinstance(given, str | Path) else given

    def _find(self, subject: DafnyProgram, context: Context) -> Found[AnnotatedProgram]:
        executable = dafny_path()
        if executable is None:
            return _found(subject, (), Undecided(STATEMENT, NOT_FOUND, INSTALL, key="verified"))
        asked = itertools.count()
        verify = verifier(executable, self.effort_seconds, context.reporter, asked)
        context.reporter.start("asking Dafny", 1 + self.most_calls * len(STAGES.stages))
        outcome, proposed = self._search(subject, verify, context.stream("inputs"))
        kept = tuple(outcome.hints)
        if outcome.verified and self.thin and len(kept) > 1:
            kept = tuple(thinned(subject, kept, verify))
        context.reporter.finish()
        if not outcome.verified:
            return _found(subject, (), _unproved(outcome.messages, len(outcome.hints), proposed), next(asked))
        return _found(subject, kept, None, next(asked))

    def _search(self, subject: DafnyProgram, verify: Verifier, seed: int) -> tuple[Outcome, int]:
        """The file as it stands, then with the hints of each stage; and how many were proposed in all."""
        plain = verify(subject.text)
        outcome, proposed = Outcome((), plain.verified, plain.messages or _silent(plain), 1), 0
        if plain.verified or plain.unreadable or not subject.loops:
            return outcome, 0
        views = views_of(subject, states_of(subject, seed))
        all_run = all(view.states for view in views)  # then little is left to be weeded out
        for stage in range(len(STAGES.stages)):
            hints = propose(views, stage)
            proposed = len(hints)
            outcome = houdini(subject, hints, verify, most_calls=self.most_calls, branched=not all_run)
            if not outcome.verified:
                outcome = _with_measures(views, outcome, verify)
            if outcome.verified:
                break
        return outcome, proposed


def verifier(executable: str, effort: float, reporter: Reporter, asked: Iterator[int] | None = None) -> Verifier:
    """Asks Dafny about texts, and tells how often it was asked."""
    numbers = itertools.count() if asked is None else asked

    def verify(text: str) -> DafnyOutput:
        reporter.advance(1, f"call {next(numbers) + 1}")
        return read_output(*run_dafny(executable, text, effort, errors=200))

    return verify


def _silent(output: DafnyOutput) -> tuple[Message, ...]:
    """What is said where Dafny ends without a message that names a line."""
    if output.verified:
        return ()
    last = [line for line in output.text.strip().splitlines() if line.strip()][-1:]
    return (Message(0, last[0] if last else "Dafny was stopped: its time ran out"),)


def _with_measures(views: Sequence[LoopView], outcome: Outcome, verify: Verifier) -> Outcome:
    """Tries other measures for the loops where only termination is unproved."""
    if not outcome.messages or not all(_is_termination(m) for m in outcome.messages):
        return outcome
    hints: list[Hint] = list(outcome.hints)
    for view in views:
        for measure in _measures(view):
            tried = with_decreases(hints, view.loop.place, measure)
            output = verify(render(view.program.text, tried)[0])
            if output.verified:
                return Outcome(tuple(tried), True, (), outcome.calls)
            if len(output.messages) < len(outcome.messages) and not output.unreadable:
                hints, outcome = tried, Outcome(tuple(tried), False, output.messages, outcome.calls)
                break
    return outcome


def _is_termination(message: Message) -> bool:
    return "decrease" in message.text or "terminat" in message.text


def _measures(view: LoopView, most: int = 6) -> Iterator[str]:
    """What may become smaller with each pass: the way from a counter to what it runs towards, either way."""
    limits = [(counter, " ".join(term)) for counter, term in view.limits][:most]
    flags = [name for name in view.of_type("bool") if name in view.changed]
    for counter, term in limits:
        for measure in (f"{term} - {counter}", f"{counter} - ({term})"):
            yield measure
            yield from (f"{measure}, if {flag} then 1 else 0" for flag in flags)
            yield from (f"{measure}, if {flag} then 0 else 1" for flag in flags)


def _unproved(messages: tuple[Message, ...], kept: int, proposed: int) -> Claim:
    """What Dafny still says, in one line."""
    said = "; ".join(dict.fromkeys(f"line {m.line}: {m.text}" if m.line else m.text for m in messages[:3]))
    with_them = f" with {kept} of {proposed} proposed hints" if proposed else ""
    reason = f"Dafny says{with_them}: {said or 'nothing that names a line'}"
    return Undecided(STATEMENT, reason, "add an invariant that says what the loop keeps", key="verified")


def _found(
    subject: DafnyProgram, hints: tuple[Hint, ...], claim: Claim | None, calls: int = 0
) -> Found[AnnotatedProgram]:
    text = render(subject.text, hints)[0] if hints else subject.text
    added = tuple(AddedHint(hint.text, hint.family) for hint in hints)
    artifact = AnnotatedProgram(subject.name, subject.text, text, added)
    counted = Measured("hints that were added", float(len(added)), "hints", key="hints") if claim is None else None
    claims = tuple(each for each in (claim, counted) if each is not None)
    return Found(artifact, claims, settings={"dafny_calls": calls})

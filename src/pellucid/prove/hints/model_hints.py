"""Hints from a language model (as in arXiv:2406.08467), composed with those found without one; answers are audited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...artifacts.programs.annotated_program import AddedHint, AnnotatedProgram
from ...core.claim import Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...run.chat import Chat, ChatError, Turn
from ...subjects.dafny.dafny_program import DafnyProgram, read_dafny
from ..programs.dafny_run import dafny_path
from .audit import added_hints, changes
from .dafny_hints import DafnyHints, verifier
from .dafny_output import Message
from .hint_certificate import STATEMENT
from .houdini import Verifier, houdini, render
from .proposals import STAGES, propose, views_of
from .traces import states_of


@dataclass(frozen=True)
class ModelHints(Method[DafnyProgram, AnnotatedProgram]):
    """Invariants, measures, assertions and lemmas from a language model, where those found without one do not suffice.

    The model is shown the file and what Dafny says of it. An answer that changes more than hints is refused, and told
    why; one that Dafny does not verify is completed by hints that are found without a model, and else told what Dafny
    says of it. Nothing is believed that Dafny does not verify. Without a model's name nobody is asked.

    >>> ModelHints(symbolic=DafnyHints(most_calls=1)).model
    ''
    """

    model: str = ""
    """The model's name at its server; none: no one is asked."""
    base_url: str = "http://localhost:8000/v1"
    """An OpenAI-compatible address; the key is read from OPENAI_API_KEY."""
    attempts: int = 4
    """Answers asked for, each after the first with what was wrong with the one before."""
    rules: str = (
        "Answer with the whole file in one ```dafny block. Add only invariants, decreases clauses, assertions, "
        "calculations and lemmas with proofs. Change no contract, no code and no function; no assume, no attributes "
        "such as {:axiom} or {:verify false}, no lemma without a body."
    )
    """What the model is told of a good answer, each time."""
    symbolic: DafnyHints = field(default_factory=DafnyHints)
    """The method that needs no model."""

    def _as_subject(self, given: object) -> object:
        return read_dafny(given) if isinstance(given, str | Path) else given

    def _find(self, subject: DafnyProgram, context: Context) -> Found[AnnotatedProgram]:
        chat = Chat(self.model, self.base_url) if self.model else None
        found = self.symbolic._find(subject, context)
        undecided = [c for c in found.claims if isinstance(c, Undecided) and c.key == "verified"]
        executable = dafny_path()
        if not undecided or chat is None or executable is None:
            return found
        verify = verifier(executable, self.symbolic.effort_seconds, context.reporter)
        turns = _first_turns(subject, undecided[0].reason, self.rules)
        context.reporter.start(f"asking {self.model}", self.attempts)
        wrong = undecided[0].reason
        for asked in range(1, self.attempts + 1):
            try:
                answer = chat.answer(turns)
            except ChatError as error:
                wrong = str(error)
                break
            context.reporter.advance(1, f"answer {asked}")
            text, wrong = self._judged(subject, code_of(answer), verify, context.stream("inputs"))
            if not wrong:
                context.reporter.finish()
                return _proved(subject, text, asked)
            turns += [{"role": "assistant", "content": answer}, {"role": "user", "content": f"{wrong}\n{self.rules}"}]
        context.reporter.finish()
        claim = Undecided(STATEMENT, f"with {self.model}: {wrong}", "ask for more attempts", key="verified")
        return Found(found.artifact, (claim,), settings=dict(found.settings))

    def _judged(self, subject: DafnyProgram, text: str, verify: Verifier, seed: int) -> tuple[str, str]:
        """A text that Dafny verifies, made of an answer; and what is wrong with the answer, where there is none."""
        answer = DafnyProgram(text, subject.name)
        if changed := changes(subject, answer):
            return text, f"Your answer does more than add hints: {'; '.join(changed[:3])}."
        output = verify(text)
        if output.verified:
            return text, ""
        messages = output.messages
        if not output.unreadable and answer.loops:
            hints = propose(views_of(answer, states_of(answer, seed)), len(STAGES.stages) - 1)
            outcome = houdini(answer, hints, verify, most_calls=self.symbolic.most_calls, branched=False)
            if outcome.verified:
                return render(text, outcome.hints)[0], ""
            messages = outcome.messages or messages
        return text, f"Dafny does not verify your answer. {_told(messages) or output.text[-500:]}"


def _first_turns(subject: DafnyProgram, said: str, rules: str) -> list[Turn]:
    task = f"This Dafny file does not verify, because hints for the verifier are missing. {rules}"
    return [{"role": "user", "content": f"{task}\n\n```dafny\n{subject.text}\n```\n\n{said}"}]


def _told(messages: Sequence[Message]) -> str:
    return " ".join(f"Line {m.line}: {m.text}" if m.line else m.text for m in messages[:8])


def code_of(answer: str) -> str:
    """The last block of code in an answer; all of it where there is none.

    >>> code_of("Here:\\n```dafny\\nmethod M() {}\\n```\\nDone.")
    'method M() {}\\n'
    """
    blocks = re.findall(r"```[ \t]*\w*[ \t]*\r?\n(.*?)```", answer, re.DOTALL)
    return blocks[-1] if blocks else answer


def _proved(subject: DafnyProgram, text: str, asked: int) -> Found[AnnotatedProgram]:
    hints = tuple(AddedHint(hint, "model") for hint in added_hints(subject, DafnyProgram(text)))
    counts = (
        Measured("hints that were added", float(len(hints)), "hints", key="hints"),
        Measured("answers that the model was asked for", float(asked), "answers", key="answers"),
    )
    return Found(AnnotatedProgram(subject.name, subject.text, text, hints), counts)

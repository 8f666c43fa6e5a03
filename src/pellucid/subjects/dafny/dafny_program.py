"""A Dafny file as a subject: its methods, lemmas and functions, their contracts, and the loops that want invariants."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from ...core.subject import Subject
from .statements import StatementReader
from .syntax import Loop, Node, Routine
from .tokens import Token, UnreadableDafny, tokens_of

METHODS = ("method", "lemma", "constructor")
FUNCTIONS = ("function", "predicate")


@dataclass(frozen=True)
class DafnyProgram(Subject):
    """The text of a Dafny file. What is not understood is left as it stands: only Dafny itself says what holds.

    >>> text = "method Up(n: nat) returns (i: nat) ensures i == n { i := 0; while i < n { i := i + 1; } }"
    >>> program = DafnyProgram(text)
    >>> [routine.name for routine in program.routines], [program.words(loop.guard) for loop in program.loops]
    (['Up'], ['i < n'])
    """

    text: str
    name: str = "program"
    made_by: ClassVar[str] = "DafnyProgram(text) or read_dafny(path)"

    def fingerprint(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def reading(self) -> Reading:
        """What was understood of it."""
        return read_program_text(self.text)

    @property
    def routines(self) -> list[Routine]:
        """Its methods, lemmas, functions and predicates, those inside classes and modules included."""
        return self.reading.routines

    @property
    def loops(self) -> list[Loop]:
        """Every loop, in the order of the text."""
        return self.reading.loops

    def words(self, node: Node | None) -> str:
        """The text of a node on one line; empty for none."""
        return "" if node is None else self.reading.words(node.first, node.last)

    def routine_of(self, loop: Loop) -> Routine:
        """The innermost method that a loop stands in."""
        around = [r for r in self.routines if r.body_first <= loop.first < r.body_last]
        return min(around, key=lambda r: r.body_last - r.body_first)


@dataclass(frozen=True)
class Reading:
    """The words of a text and what was understood of them; `unread` names the routines whose bodies were not."""

    text: str
    tokens: list[Token]
    routines: list[Routine]
    loops: list[Loop]
    ghost: list[tuple[int, int]]
    unread: list[str]

    def words(self, first: int, last: int) -> str:
        """Words [first, last) as they stand, on one line."""
        if last <= first:
            return ""
        return " ".join(self.text[self.tokens[first].start : self.tokens[last - 1].end].split())


def read_dafny(path: Path | str) -> DafnyProgram:
    """A Dafny file. Raises ValueError where it is missing, no text, or longer than two million characters."""
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path}: no such file; give a Dafny file (.dfy)")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not UTF-8 text; save it as UTF-8") from None
    if len(text) > 2_000_000:
        raise ValueError(f"{path}: {len(text):,} characters; split it into files below 2,000,000")
    return DafnyProgram(text, path.stem)


def read_program_text(text: str) -> Reading:
    """Finds every routine in a text; one whose body is not understood keeps its contract and loses its loops."""
    tokens = tokens_of(text)
    reader = _ProgramReader(text, tokens)
    reader.read_all()
    loops = sorted(reader.loops, key=lambda loop: loop.first)
    return Reading(text, tokens, reader.routines, loops, reader.ghost, reader.unread)


class _ProgramReader(StatementReader):
    """Goes through the words and reads a routine wherever one starts."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        super().__init__(text, tokens)
        self.routines: list[Routine] = []
        self.unread: list[str] = []

    def read_all(self) -> None:
        """Reads all routines; what is none is passed over."""
        while self.tokens[self.at].kind != "end":
            word = self.peek()
            if word not in METHODS + FUNCTIONS or self.tokens[self.at + 1].kind == "end":
                self.at += 1
                continue
            begin, loops = self.at, len(self.loops)
            try:
                self._routine()
            except UnreadableDafny as problem:
                del self.loops[loops:]
                self.unread.append(f"{self.tokens[begin + 1].text}: {problem}")
                self.at = begin + 1

    def _routine(self) -> None:
        first = self._first_prefix()
        kind = self.take().text
        if kind in FUNCTIONS:
            self.skip("method")
        self.attributes()
        name = self.take().text if self.tokens[self.at].kind == "name" else ""
        if self.peek() == "<":
            self.balanced("<", ">")
        inputs = self._parameters() if self.peek() == "(" else ()
        outputs = self._outputs(kind)
        clauses = self.clauses()
        begin, body = self.at, None
        if self.peek() == "{":
            body = self.block() if kind in METHODS else self._function_body()
        routine = Routine(kind, name, inputs, outputs, clauses, body, first, self.at, begin, self.at)
        self.routines.append(routine)
        self.skip("by")  # a method after a body of a function is read next

    def _first_prefix(self) -> int:
        """Where the words before `method` or `function` start that belong to it."""
        prefixes = {
            "ghost",
            "static",
            "twostate",
            "inductive",
            "copredicate",
            "least",
            "greatest",
            "opaque",
            "protected",
        }
        first = self.at
        while first and self.tokens[first - 1].text in prefixes:
            first -= 1
        return first

    def _parameters(self) -> tuple[tuple[str, str], ...]:
        self.take("(")
        found = []
        while not self.skip(")"):
            while self.peek() in ("ghost", "nameonly", "older", "new"):
                self.at += 1
            name = self.take().text
            kind = self.type_text() if self.skip(":") else ""
            if self.skip(":="):
                self.expression()
            found.append((name, kind))
            if self.peek() != ")":
                self.take(",")
        return tuple(found)

    def _outputs(self, kind: str) -> tuple[tuple[str, str], ...]:
        """Name and type of each result; that of a function has no name."""
        if self.skip("returns"):
            return self._parameters()
        if kind in FUNCTIONS and self.skip(":"):
            return (("", self._result_type()),)
        return ()

    def _result_type(self) -> str:
        if self.peek() == "(" and self.peek(2) == ":":
            return self._parameters()[0][1]
        return self.type_text()

    def _function_body(self) -> Node:
        self.take("{")
        body = self.expression()
        self.take("}")
        return body

"""Whether an annotated program is the given one and nothing but hints: compared word by word, hints left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from ...subjects.dafny.dafny_program import METHODS, DafnyProgram, Reading
from ...subjects.dafny.tokens import UnreadableDafny, line_of

_TRUSTED = ("axiom", "verify", "extern", "assumption", "only", "fuel_off")
_STATED = ("assume", "expect", "include")


def changes(given: DafnyProgram, answer: DafnyProgram) -> list[str]:
    """What `answer` changes besides hints, in words; empty where only hints were added.

    Hints are invariants, measures (`decreases`, but for `decreases *`), assertions, calculations, and lemmas that the
    given file does not have. Whatever else differs (a contract, a statement, a function) is a change.

    >>> text = "method M(n: int) returns (r: int) ensures r > n { r := n + 1; }"
    >>> changes(DafnyProgram(text), DafnyProgram(text.replace("{ r", "{ assert n < n + 1; r")))
    []
    >>> changes(DafnyProgram(text), DafnyProgram(text.replace("r > n", "true")))
    ["line 1: 'true' stands in the place of 'r'"]
    """
    try:
        before, after = given.reading, answer.reading
    except UnreadableDafny as error:
        return [str(error)]
    if difference := _first_difference(before, after):
        return [difference]
    taken = _kinds(unproved(given))
    return [place for place in unproved(answer) if place.split(": ", 1)[1] not in taken]


def _first_difference(before: Reading, after: Reading) -> str:
    """The first word that is no hint and differs; empty where there is none."""
    names = {routine.name for routine in before.routines}
    nothing = ("", len(after.text))
    for old, new in zip_longest(_essential(before, names), _essential(after, names), fillvalue=nothing):
        if old[0] != new[0]:
            words, instead = (repr(word) if word else "nothing" for word in (new[0], old[0]))
            return f"line {line_of(after.text, new[1])}: {words} stands in the place of {instead}"
    return ""


def _kinds(places: list[str]) -> set[str]:
    return {place.split(": ", 1)[1] for place in places}


def _essential(reading: Reading, names: set[str]) -> Iterator[tuple[str, int]]:
    """The words that are no hints, with where each stands."""
    left_out = [False] * len(reading.tokens)
    for first, last in _hints(reading, names):
        left_out[first:last] = [True] * (last - first)
    for token, out in zip(reading.tokens, left_out, strict=True):
        if not out and token.kind != "end":
            yield token.text, token.start


def _hints(reading: Reading, names: set[str]) -> Iterator[tuple[int, int]]:
    """Words [first, last) of every hint."""
    yield from reading.ghost
    clauses = [clause for loop in reading.loops for clause in loop.clauses]
    clauses += [clause for routine in reading.routines for clause in routine.clauses]
    for clause in clauses:
        endless = any(part.kind == "other" and part.word == "*" for part in clause.parts)
        if clause.word in ("invariant", "decreases") and not endless:
            yield clause.first, clause.last
    for routine in reading.routines:
        if routine.kind == "lemma" and routine.name not in names and routine.body is not None:
            yield routine.first, routine.last


def unproved(program: DafnyProgram) -> list[str]:
    """Places at which a file takes something for granted: "line 3: assume", attributes, contracts without a body.

    >>> unproved(DafnyProgram("lemma L(n: int) ensures n > 0"))
    ['line 1: lemma L has no body']
    """
    tokens, found = program.reading.tokens, []
    for at, token in enumerate(tokens):
        if token.kind == "name" and token.text in _STATED:
            found.append((token.start, token.text))
        if token.text == ":" and at and tokens[at - 1].text == "{" and tokens[at + 1].text in _TRUSTED:
            found.append((token.start, f"{{:{tokens[at + 1].text}}}"))
    for routine in program.routines:
        if routine.kind in METHODS and routine.body is None:
            found.append((tokens[routine.first].start, f"{routine.kind} {routine.name} has no body"))
        if any(p.kind == "other" and p.word == "*" for p in routine.clauses_of("decreases")):
            found.append((tokens[routine.first].start, f"{routine.kind} {routine.name} need not end"))
    return [f"line {line_of(program.text, start)}: {what}" for start, what in sorted(found)]

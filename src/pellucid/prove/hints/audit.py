"""Whether an annotated program is the given one and nothing but hints: compared word by word, hints left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from ...subjects.dafny.dafny_program import METHODS, DafnyProgram, Reading
from ...subjects.dafny.syntax import Clause, Routine
from ...subjects.dafny.tokens import UnreadableDafny, line_of


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
    harmless = ("trigger", "induction")  # attributes that only steer the search for a proof
    more = _kinds(unproved(answer)) - _kinds(unproved(given))
    more += Counter(f"{{:{name}}}" for _, name in _attributes(after) if name not in harmless) - Counter(
        f"{{:{name}}}" for _, name in _attributes(before)
    )
    return [f"{what} was added" for what in sorted(more)]


def _first_difference(before: Reading, after: Reading) -> str:
    """The first word that is no hint and differs; empty where there is none."""
    names = {routine.name for routine in before.routines}
    nothing = ("", len(after.text))
    for old, new in zip_longest(_essential(before, names), _essential(after, names), fillvalue=nothing):
        if old[0] != new[0]:
            words, instead = (repr(word) if word else "nothing" for word in (new[0], old[0]))
            return f"line {line_of(after.text, new[1])}: {words} stands in the place of {instead}"
    return ""


def _kinds(places: list[str]) -> Counter[str]:
    """How often each is taken for granted: a file may do so itself, but hints not once more."""
    return Counter(place.split(": ", 1)[1] for place in places)


def _attributes(reading: Reading) -> Iterator[tuple[int, str]]:
    """Every {:name ...}: where it stands, and its name."""
    for opening, colon, name in zip(reading.tokens, reading.tokens[1:], reading.tokens[2:], strict=False):
        if (opening.text, colon.text) == ("{", ":"):
            yield opening.start, name.text


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
    for owner in (*reading.loops, *reading.routines):
        yield from (
            (c.first, c.last) for c in owner.clauses if c.word in ("invariant", "decreases") and not _endless(c)
        )
    for routine in reading.routines:
        if routine.kind == "lemma" and routine.name not in names and routine.body is not None:
            yield routine.first, routine.last


def _endless(clause: Clause) -> bool:
    """Whether it is `decreases *`, by which a loop or a method need not end."""
    return any(part.kind == "other" and part.word == "*" for part in clause.parts)


def unproved(program: DafnyProgram) -> list[str]:
    """Places at which a file takes something for granted: "line 3: assume", attributes, contracts without a body.

    >>> unproved(DafnyProgram("lemma L(n: int) ensures n > 0"))
    ['line 1: lemma L has no body']
    """
    tokens = program.reading.tokens
    stated = ("assume", "expect", "include")
    trusted = ("axiom", "verify", "extern", "assumption", "only", "selective_checking", "termination")  # attributes
    found = [(token.start, token.text) for token in tokens if token.kind == "name" and token.text in stated]
    for start, name in _attributes(program.reading):
        if name in trusted:
            found.append((start, f"{{:{name}}}"))
    for routine in program.routines:
        found += [(tokens[routine.first].start, what) for what in _not_shown(routine)]
    return [f"line {line_of(program.text, start)}: {what}" for start, what in sorted(found)]


def _not_shown(routine: Routine) -> Iterator[str]:
    """What is believed of a routine: its contract, where it has no body; that it ends, where it need not."""
    if routine.kind in METHODS and routine.body is None:
        yield f"{routine.kind} {routine.name} has no body"
    if any(part.kind == "other" and part.word == "*" for part in routine.clauses_of("decreases")):
        yield f"{routine.kind} {routine.name} need not end"

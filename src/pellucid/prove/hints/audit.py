"""Whether an annotated program is the given one and nothing but hints: compared word by word, hints left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise, zip_longest

from ...subjects.dafny.dafny_program import METHODS, DafnyProgram, Reading
from ...subjects.dafny.syntax import Clause, Node, Routine
from ...subjects.dafny.tokens import UnreadableDafny, line_of


def changes(given: DafnyProgram, answer: DafnyProgram) -> list[str]:
    """What `answer` changes besides hints, in words; empty where only hints were added.

    Hints are invariants, measures (`decreases`, but for `decreases *`), assertions, calculations, lemmas that the given
    file does not have, and calls of lemmas, which have no effect. Whatever else differs (a contract, a statement, a
    function) is a change.

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
    names, lemmas = {routine.name for routine in before.routines}, _lemmas(before, after)
    nothing = ("", len(after.text))
    for old, new in zip_longest(_essential(before, names, lemmas), _essential(after, names, lemmas), fillvalue=nothing):
        if old[0] != new[0]:
            words, instead = (repr(word) if word else "nothing" for word in (new[0], old[0]))
            return f"line {line_of(after.text, new[1])}: {words} stands in the place of {instead}"
    return ""


def _lemmas(*readings: Reading) -> set[str]:
    """Names that are lemmas wherever they are declared: what is called by one of them does nothing."""
    routines = [routine for reading in readings for routine in reading.routines]
    unread = {said.partition(":")[0] for reading in readings for said in reading.unread}
    lemmas = {routine.name for routine in routines if routine.kind == "lemma"}
    return lemmas - {routine.name for routine in routines if routine.kind != "lemma"} - unread


def added_hints(given: DafnyProgram, answer: DafnyProgram) -> list[str]:
    """The texts of the hints that an answer has and the given file has not.

    >>> given = DafnyProgram("method M(n: int) { }")
    >>> added_hints(given, DafnyProgram("method M(n: int) { assert n == n; }"))
    ['assert n == n;']
    """
    names, lemmas = {routine.name for routine in given.routines}, _lemmas(given.reading, answer.reading)
    before = Counter(given.reading.words(*span) for span in _hints(given.reading, names, lemmas))
    found = []
    for text in (answer.reading.words(*span) for span in sorted(_hints(answer.reading, names, lemmas))):
        if before[text]:
            before[text] -= 1
        else:
            found.append(text)
    return found


def _kinds(places: list[str]) -> Counter[str]:
    """How often each is taken for granted: a file may do so itself, but hints not once more."""
    return Counter(place.split(": ", 1)[1] for place in places)


def _attributes(reading: Reading) -> Iterator[tuple[int, str]]:
    """Every {:name ...}: where it stands, and its name."""
    for opening, colon, name in zip(reading.tokens, reading.tokens[1:], reading.tokens[2:], strict=False):
        if (opening.text, colon.text) == ("{", ":"):
            yield opening.start, name.text


def _essential(reading: Reading, names: set[str], lemmas: set[str]) -> Iterator[tuple[str, int]]:
    """The words that are no hints, with where each stands."""
    left_out = [False] * len(reading.tokens)
    for first, last in _hints(reading, names, lemmas):
        left_out[first:last] = [True] * (last - first)
    for token, out in zip(reading.tokens, left_out, strict=True):
        if not out and token.kind != "end":
            yield token.text, token.start


def _hints(reading: Reading, names: set[str], lemmas: set[str]) -> Iterator[tuple[int, int]]:
    """Words [first, last) of every hint."""
    yield from reading.ghost
    for owner in (*reading.loops, *reading.routines):
        yield from (
            (c.first, c.last) for c in owner.clauses if c.word in ("invariant", "decreases") and not _endless(c)
        )
    for routine in reading.routines:
        if routine.kind == "lemma" and routine.name not in names and routine.body is not None:
            yield routine.first, routine.last
        if routine.body is not None:
            yield from ((n.first, n.last) for n in routine.body.walk() if _calls_lemma(n, lemmas))


def _calls_lemma(node: Node, lemmas: set[str]) -> bool:
    """Whether it is a statement `L(x);` for a lemma L."""
    called = node.parts[0] if node.kind == "call" and node.parts else None
    return called is not None and called.kind == "call" and called.parts[0].word in lemmas and _plain(called.parts[0])


def _plain(name: Node) -> bool:
    return name.kind == "name" and name.last - name.first == 1


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
    for word, clause in pairwise(tokens):
        if word.text == "free" and clause.text in ("requires", "ensures", "invariant", "modifies"):
            found.append((word.start, f"free {clause.text}"))
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

"""Keeping of many proposed hints those that a verifier accepts (Houdini, Flanagan and Leino 2001)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ...subjects.dafny.dafny_program import DafnyProgram
from .dafny_output import DafnyOutput, Message
from .hint import Hint

Verifier = Callable[[str], DafnyOutput]


@dataclass(frozen=True)
class Outcome:
    """The hints that stayed, what the verifier last said apart from them, and how often it was asked."""

    hints: tuple[Hint, ...]
    verified: bool
    messages: tuple[Message, ...]
    calls: int


def render(text: str, hints: Sequence[Hint]) -> tuple[str, list[Hint | None]]:
    """The text with its hints, one a line, and for every line the hint that stands there, if one does.

    >>> render("while c\\n{ }", [Hint(7, "invariant true", "bounds")])[0].splitlines()
    ['while c', '    invariant true', '{ }']
    """
    pieces: list[str] = []
    lines: list[Hint | None] = [None]
    at = 0
    for hint in sorted(hints, key=lambda hint: hint.place):
        before = text[at : hint.place]
        pieces.append(f"{before}\n    {hint.text}")
        lines += [None] * before.count("\n") + [hint]
        at = hint.place
    rest = text[at:]
    between = "\n" if pieces and not rest.lstrip(" \t").startswith(("\n", "\r", "//")) else ""
    pieces.append(between + rest)
    lines += [None] * (between + rest).count("\n")
    return "".join(pieces), lines


def houdini(
    program: DafnyProgram, hints: Sequence[Hint], verify: Verifier, *, most_calls: int = 25, branched: bool = True
) -> Outcome:
    """Drops the hints that are complained of until none is; what then remains unproved is in `messages`.

    A verifier believes an assertion once it has complained of it, so that of many false invariants it tells of one or
    two in a call. Therefore each is asserted on a branch of its own first, before its loop and at the end of the loop's
    body, where all that are false are told at once; what is left is then verified as it will stand.
    Where the verifier runs out, the branches are left out, then the hints that cost it most: slices, products, then
    quantifiers.
    """
    alive, calls, on_branches = list(hints), 0, branched
    costly = [("assert ",), (" * ",), ("multiset", "exists"), ("forall",)]
    while True:
        branches = _branches(program, alive) if on_branches else {}
        output, blamed, rest = _ask(program, alive, branches, verify)
        calls += 1
        if branches and not blamed and any(message.ran_out for message in rest) and calls < most_calls:
            on_branches = False
            continue
        blamed = blamed or _too_costly(alive, costly, rest)
        if calls >= most_calls or not (blamed or branches):
            return Outcome(tuple(alive), output.verified and not branches, rest + _spent(calls, blamed), calls)
        on_branches = on_branches and bool(blamed)
        alive = _without(alive, blamed)


def _without(hints: Sequence[Hint], left_out: Collection[Hint]) -> list[Hint]:
    return [hint for hint in hints if hint not in left_out]


def _ask(
    program: DafnyProgram, hints: Sequence[Hint], branches: Mapping[Hint, Hint], verify: Verifier
) -> tuple[DafnyOutput, set[Hint], tuple[Message, ...]]:
    """One call: what came out, the hints that it blames, and the messages that blame none."""
    text, lines = render(program.text, [*hints, *branches])
    output = verify(text)
    blamed, rest = set(), []
    for message in output.messages:
        hint = lines[message.line - 1] if 1 <= message.line <= len(lines) else None
        if hint is None or message.ran_out:
            rest.append(message)
        else:
            blamed.add(branches.get(hint, hint))
    return output, blamed, tuple(rest)


def _spent(calls: int, blamed: set[Hint]) -> tuple[Message, ...]:
    """That the calls ended before the weeding did, where they did."""
    said = "1 call was" if calls == 1 else f"{calls} calls were"
    return (Message(0, f"{said} spent on weeding out"),) if blamed else ()


def _branches(program: DafnyProgram, hints: Sequence[Hint]) -> dict[Hint, Hint]:
    """Each invariant asserted where it has to hold, on a branch that nothing else lies on; with whose it is."""
    tokens, found = program.reading.tokens, {}
    loops = {loop.place: loop for loop in program.loops if loop.body.kind == "block"}
    for hint in hints:
        loop = loops.get(hint.place)
        if loop is None or not hint.text.startswith("invariant ") or tokens[loop.first - 1].text == ":":
            continue
        for last in (loop.first - 1, loop.body.last - 2):
            text = f"if * {{ assert {hint.text.removeprefix('invariant ')}; }}"
            found[Hint(tokens[last].end, text, hint.family)] = hint
    return found


def _too_costly(hints: Sequence[Hint], costly: list[tuple[str, ...]], messages: Sequence[Message]) -> set[Hint]:
    """Where the verifier ran out, the hints of the next costly kind of which there are any.

    Kinds that were given up are taken off the list.
    """
    while costly and any(message.ran_out for message in messages):
        words = costly.pop(0)
        if found := {hint for hint in hints if any(word in hint.text for word in words)}:
            return found
    return set()


def thinned(program: DafnyProgram, hints: Sequence[Hint], verify: Verifier, *, most_calls: int = 40) -> Sequence[Hint]:
    """Fewer hints that still suffice: one of each routine is left out at a time, and put back where that is missed.

    A routine is verified by itself, so that one call answers for all of them. The last families go first: they are the
    ones that a reader would miss least. Where the rest should not suffice after all, the hints are as they were.
    """
    waiting: dict[int | None, list[Hint]] = {}
    for hint in hints:
        waiting.setdefault(_routine_at(program, hint.place), []).append(hint)
    kept, calls = list(hints), 0
    while any(waiting.values()) and calls < most_calls:
        left_out = {number: queue.pop() for number, queue in waiting.items() if queue}
        fewer = _without(kept, left_out.values())
        missed, calls = _routines_blamed(render(program.text, fewer)[0], verify), calls + 1
        needless = {hint for number, hint in left_out.items() if not missed & {number, None}}
        kept = _without(kept, needless)
    return kept if verify(render(program.text, kept)[0]).verified else hints


def _routine_at(program: DafnyProgram, place: int) -> int | None:
    """The number of the innermost routine around a character; None for what stands in no routine."""
    tokens = program.reading.tokens
    around = [
        (tokens[r.last - 1].end - tokens[r.first].start, number)
        for number, r in enumerate(program.routines)
        if tokens[r.first].start <= place <= tokens[r.last - 1].end
    ]
    return min(around)[1] if around else None


def _routines_blamed(text: str, verify: Verifier) -> set[int | None]:
    """The routines that the verifier complains of; None for a complaint about none of them."""
    output = verify(text)
    starts = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")]
    annotated = DafnyProgram(text)
    blamed = {_routine_at(annotated, starts[m.line - 1] + m.column - 1) if m.line else None for m in output.messages}
    return blamed if blamed or output.verified else {None}


def with_decreases(hints: Sequence[Hint], place: int, measure: str) -> list[Hint]:
    """The hints with another measure for the loop at `place`."""
    others = [hint for hint in hints if not (hint.place == place and hint.family == "decreases")]
    return [*others, replace(Hint(place, "", "decreases"), text=f"decreases {measure}")]

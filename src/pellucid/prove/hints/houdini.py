"""Keeping of many proposed hints those that a verifier accepts (Houdini, Flanagan and Leino 2001)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def houdini(program: DafnyProgram, hints: Sequence[Hint], verify: Verifier, *, most_calls: int = 25) -> Outcome:
    """Drops the hints that are complained of until none is; what then remains unproved is in `messages`.

    Where the verifier runs out, the hints that cost it most are given up first: products, then quantifiers.
    """
    alive, costly, calls = list(hints), list(_COSTLY), 0
    while True:
        text, lines = render(program.text, alive)
        output, calls = verify(text), calls + 1
        about = [(message, _hint_at(lines, message)) for message in output.messages]
        rest = tuple(message for message, hint in about if message.ran_out or hint is None)
        blamed = {hint for message, hint in about if hint is not None and not message.ran_out}
        if not blamed and any(message.ran_out for message in rest):
            blamed = _too_costly(alive, costly)
        if output.verified or not blamed or calls >= most_calls:
            return Outcome(tuple(alive), output.verified, rest, calls)
        alive = [hint for hint in alive if hint not in blamed]


def _too_costly(hints: Sequence[Hint], costly: list[tuple[str, ...]]) -> set[Hint]:
    """The hints of the next costly kind of which there are any; kinds that were given up are taken off the list."""
    while costly:
        words = costly.pop(0)
        if found := {hint for hint in hints if any(word in hint.text for word in words)}:
            return found
    return set()


def _hint_at(lines: Sequence[Hint | None], message: Message) -> Hint | None:
    """The hint that a message is about, if it is about one."""
    return lines[message.line - 1] if 1 <= message.line <= len(lines) else None


_COSTLY = ((" * ",), ("multiset", "exists"), ("forall",))


def thinned(program: DafnyProgram, hints: Sequence[Hint], verify: Verifier, *, most_calls: int = 24) -> Sequence[Hint]:
    """Fewer hints that still suffice: halves, then quarters, ... are left out as long as all is verified without.

    The last families go first: they are the ones that a reader would miss least.
    """
    kept, size, calls = list(reversed(hints)), max(1, len(hints) // 2), 0
    while size and calls < most_calls:
        at = 0
        while at < len(kept) and calls < most_calls:
            fewer = kept[:at] + kept[at + size :]
            calls += 1
            if verify(render(program.text, fewer)[0]).verified:
                kept = fewer
            else:
                at += size
        size //= 2
    return list(reversed(kept))


def with_decreases(hints: Sequence[Hint], place: int, measure: str) -> list[Hint]:
    """The hints with another measure for the loop at `place`."""
    others = [hint for hint in hints if not (hint.place == place and hint.family == "decreases")]
    return [*others, replace(Hint(place, "", "decreases"), text=f"decreases {measure}")]

"""All hints for a program: invariants of each loop from every family, and assertions about slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...subjects.dafny.dafny_program import DafnyProgram
from .hint import FAMILIES, Hint
from .loop_view import LoopView, Part, tokens


@dataclass(frozen=True)
class Stages:
    """Which families are tried when, and how many proposals a loop may have."""

    stages: tuple[tuple[str, ...], ...] = (
        ("bounds", "preconditions", "new_arrays", "frames", "postconditions", "accumulators", "sizes"),
        ("order", "sums", "flags", "searches", "sorted_parts", "multiples", "squares", "products"),
    )
    """First what Gries' rules give, then templates; what is proved by the first needs no second, and costs less."""
    most: int = 260
    """Invariants proposed for one loop in one stage: more of them, with their quantifiers, exhaust the verifier."""


STAGES = Stages()


def views_of(program: DafnyProgram) -> list[LoopView]:
    """A view of every loop."""
    return [LoopView(program, program.routine_of(loop), loop) for loop in program.loops]


def propose(program: DafnyProgram, stage: int) -> list[Hint]:
    """The hints of all stages up to this one, the simplest families first, each once."""
    names = [name for some in STAGES.stages[: stage + 1] for name in some]
    found: dict[tuple[int, str], Hint] = {}
    for view in views_of(program):
        written = []
        for name in names:
            written += [(name, " ".join(text.split())) for text in FAMILIES[name](view)]
            written += _kept_from_around(view, name)
        for name, text in list(dict.fromkeys(written))[: STAGES.most * (stage + 1)]:
            hint = Hint(view.loop.place, f"invariant {text}", name)
            found.setdefault((hint.place, hint.text), hint)
        for place, text in _slices(view):
            found.setdefault((place, text), Hint(place, text, "slices"))
    return list(found.values())


def _kept_from_around(view: LoopView, name: str) -> Iterator[tuple[str, str]]:
    """What the loops around may keep, where this one changes what it is about."""
    touched = view.changed | view.written
    for loop in view.around:
        outer = LoopView(view.program, view.routine, loop)
        for text in FAMILIES[name](outer):
            if touched & set(tokens(text)):
                yield name, " ".join(text.split())


def _slices(view: LoopView) -> Iterator[tuple[int, str]]:
    """Assertions that a verifier needs in order to see that a slice grows by one element, and ends as the whole."""
    program, body = view.program, view.loop.body
    if not _speaks_of_slices(view):
        return
    inside = program.reading.tokens[body.first].end
    behind = program.reading.tokens[body.last - 1].end
    for name, length in view.lists.items():
        whole = name if name not in view.arrays else f"{name}[..]"
        yield behind, f"assert {name}[..{length}] == {whole};"
        for i in view.counters:
            span = f"0 <= {i} < {length} ==>"
            yield inside, f"assert {span} {name}[..{i} + 1] == {name}[..{i}] + [{name}[{i}]];"
            yield inside, f"assert {span} {name}[..{i} + 1][..{i}] == {name}[..{i}];"
            yield inside, f"assert {span} {name}[{i}..] == [{name}[{i}]] + {name}[{i} + 1..];"


def _speaks_of_slices(view: LoopView) -> bool:
    """Whether the contract or a function takes sequences, so that slices matter."""
    functions = [kind for r in view.program.routines if r.kind in ("function", "predicate") for _, kind in r.inputs]
    listed = any(kind.startswith(("seq", "string")) for kind in functions)
    said = [Part(view.part(node).words) for node in view.routine.clauses_of("ensures")]
    return listed or any("multiset" in part.words or ".." in part.words for part in said)

"""All hints for a program: invariants of each loop from every family, and assertions about slices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ...subjects.dafny.dafny_program import DafnyProgram
from ...subjects.dafny.running.evaluation import Evaluator, Variables
from .hint import FAMILIES, Hint
from .loop_view import LoopView, tokens
from .traces import nearby, refuted, signature, vacuous


@dataclass(frozen=True)
class Stages:
    """Which families are tried when, and how many proposals a loop may have."""

    stages: tuple[tuple[str, ...], ...] = (
        ("bounds", "preconditions", "new_arrays", "frames", "postconditions", "accumulators", "sizes", "conserved"),
        (
            "order",
            "sums",
            "flags",
            "searches",
            "sorted_parts",
            "multiples",
            "squares",
            "products",
            "slices_of_goals",
            "elementwise",
            "parts",
            "sorted_spans",
            "counted",
            "predicates",
        ),
    )
    """First what Gries' rules give, then templates; what is proved by the first needs no second, and costs less."""
    guessed: tuple[str, ...] = ("sums", "multiples", "squares", "products")
    """Families that guess equations of numbers: not needed where runs show which ones hold (`conserved`)."""
    most: int = 260
    """Invariants proposed for one loop in one stage: more of them, with their quantifiers, exhaust the verifier."""


STAGES = Stages()


def views_of(program: DafnyProgram, states: Mapping[int, Sequence[Variables]] | None = None) -> list[LoopView]:
    """A view of every loop; `states` are those at its head, by its number."""
    known = states or {}
    return [LoopView(program, program.routine_of(x), x, known.get(n, ())) for n, x in enumerate(program.loops)]


def propose(views: Sequence[LoopView], stage: int) -> list[Hint]:
    """The hints of all stages up to this one, the simplest families first, each once; none that a state refutes."""
    found: dict[tuple[int, str], Hint] = {}
    for view in views:
        for name, text in islice(_unrefuted(view, stage), STAGES.most * (stage + 1)):
            hint = Hint(view.loop.place, f"invariant {text}", name)
            found.setdefault((hint.place, hint.text), hint)
        for place, text in _slices(view, stage):
            found.setdefault((place, text), Hint(place, text, "slices"))
    return list(found.values())


def _unrefuted(view: LoopView, stage: int) -> Iterator[tuple[str, str]]:
    """Family and text of what no state refutes; nothing that says what was said before, or only weakens it."""
    evaluator, known, meanings = Evaluator(view.program), set[str](), set[tuple[bool | None, ...]]()
    others = nearby(view.states, 0)
    for name in (name for some in STAGES.stages[: stage + 1] for name in some):
        if view.states and name in STAGES.guessed:
            continue
        for text in (" ".join(each.split()) for each in _of_family(view, name)):
            stronger = re.search(r"(?:\|\||==>) \((.*)\)$", text)
            if text in known or (stronger and stronger[1] in known) or refuted(evaluator, text, view.states):
                continue
            meaning = signature(evaluator, text, others)
            if meaning and (meaning in meanings or all(meaning) or vacuous(evaluator, text, view.states)):
                continue
            known.add(text)
            meanings.add(meaning)
            yield name, text


def _of_family(view: LoopView, name: str) -> Iterator[str]:
    """What a family proposes for a loop, and for those around it where this one changes what that is about."""
    yield from FAMILIES[name](view)
    touched = view.changed | view.written
    for loop in view.around:
        for text in FAMILIES[name](replace(view, loop=loop)):
            if touched & set(tokens(text)):
                yield text


def _slices(view: LoopView, stage: int) -> Iterator[tuple[int, str]]:
    """Assertions that a verifier needs in order to see that a slice grows by one element, and ends as the whole."""
    program, body = view.program, view.loop.body
    if not _speaks_of_slices(view, stage):
        return
    inside = program.reading.tokens[body.first].end
    behind = program.reading.tokens[body.last - 1].end
    for name, length in view.lists.items():
        whole = name if name not in view.arrays else f"{name}[..]"
        yield behind, f"assert {name}[..{length}] == {whole};"
        for i in _indices(view, name):
            span = f"0 <= {i} < {length} ==>"
            yield inside, f"assert {span} {name}[..{i} + 1] == {name}[..{i}] + [{name}[{i}]];"
            yield inside, f"assert {span} {name}[..{i} + 1][..{i}] == {name}[..{i}];"
            yield inside, f"assert {span} {name}[{i}..] == [{name}[{i}]] + {name}[{i} + 1..];"


def _indices(view: LoopView, name: str) -> list[str]:
    """The counters at which the loop reads or writes a list."""
    used = [n.parts[1].names() for n in view.loop.body.walk() if n.kind == "index" and n.parts[0].word == name]
    return [i for i in view.counters if any(i in names for names in used)]


def _speaks_of_slices(view: LoopView, stage: int) -> bool:
    """Whether the contract or a function takes sequences, so that slices matter; of multisets they do only in the end.

    That what is swapped stays a permutation is seen without them.
    """
    functions = [kind for r in view.program.routines if r.kind in ("function", "predicate") for _, kind in r.inputs]
    listed = any(kind.startswith(("seq", "string")) for kind in functions)
    said = [set(view.part(node).words) for node in view.routine.clauses_of("ensures")]
    return listed or any(
        (".." in words and "multiset" not in words) or (stage and "multiset" in words) for words in said
    )

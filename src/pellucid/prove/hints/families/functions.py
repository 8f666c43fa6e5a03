"""Accumulators: a variable that equals a function of what has been read so far, or is to be combined with the rest."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from ....subjects.dafny.running.evaluation import Evaluator
from ....subjects.dafny.syntax import Routine
from ..hint import family
from ..loop_view import LoopView
from ..traces import values_of


@family("accumulators")
def accumulators(view: LoopView) -> Iterator[str]:
    """x == f(i), x == f(s[..i]), x + f(s[i..]) == f(s), and their like, for every function in the file.

    Where runs are known, f's arguments are all combinations of what is in scope, and only those are told that agree.
    """
    names = [name for name, kind in view.types.items() if name in view.changed and kind != "bool"]
    evaluator = Evaluator(view.program)
    known = {name: values_of(evaluator, name, view.states) for name in names}
    for term in calls(view, most=400 if view.states else 24):
        values = values_of(evaluator, term, view.states)
        if view.states and not values:
            continue
        read = set(term.split("(", 1)[1].replace(")", " ").replace("(", " ").replace(",", " ").split())
        for name in names:
            if name not in read and (not view.states or known[name] == values):
                yield f"{name} == {term}"
        yield from _combined(view, term, names)


@family("predicates")
def predicates(view: LoopView) -> Iterator[str]:
    """The file's predicates of what is in scope, each also of variables that are called as its parameters are."""
    named = [f for f in view.program.routines if f.kind == "predicate" and {n for n, _ in f.inputs} <= set(view.types)]
    yield from (f"{f.name}({', '.join(name for name, _ in f.inputs)})" for f in named)
    truths = {f.name for f in view.program.routines if f.kind == "predicate" or f.outputs[:1] == (("", "bool"),)}
    if view.states:
        yield from (term for term in calls(view, most=400) if term.partition("(")[0] in truths)


def _combined(view: LoopView, term: str, names: list[str]) -> Iterator[str]:
    """The accumulator and what remains make the result."""
    function = term.split("(", 1)[0]
    patterns = ("{a} + {f} == {goal}", "{a} * {f} == {goal}", "{f} + {a} == {goal}", "{a} - {f} == {goal}")
    for clause in view.routine.clauses_of("ensures"):
        if clause.kind != "binary" or clause.word != "==":
            continue
        for side in clause.parts:
            if side.kind == "call" and side.parts[0].word == function:
                for name in names:
                    for pattern in patterns:
                        yield pattern.format(a=name, f=term, goal=view.part(side))


def calls(view: LoopView, most: int = 24) -> list[str]:
    """Calls of the file's functions on what the counters have reached."""
    found: dict[str, None] = {}
    for function in view.program.routines:
        if function.kind in ("function", "predicate") and 1 <= len(function.inputs) <= 4:
            found |= dict.fromkeys(_calls_of(view, function, most))
    return list(found)


def _calls_of(view: LoopView, function: Routine, most: int) -> Iterator[str]:
    kinds = [kind.split("<")[0] for _, kind in function.inputs]
    choices = [_arguments(view, kind) for kind in kinds]
    if len(kinds) == 1:
        yield from (f"{function.name}({argument})" for argument in choices[0])
        return
    for pick in _picks(choices, most):
        yield f"{function.name}({', '.join(pick)})"


def _picks(choices: list[list[str]], most: int) -> Iterator[tuple[str, ...]]:
    """Some combinations of arguments, those that depend on counters first."""
    yield from islice(product(*(choice[:8] for choice in choices)), most)


def _arguments(view: LoopView, kind: str) -> list[str]:
    """What may be given for a parameter of a type: what the counters have reached first."""
    if kind in ("int", "nat"):
        return _numbers(view)
    if kind in ("seq", "string"):
        return _slices(view)
    return view.arrays if kind == "array" else view.of_type(kind)


def _numbers(view: LoopView) -> list[str]:
    """Counters, numbers that stay, 0, and the neighbours of counters."""
    others = [name for name in view.integers if name not in view.changed]
    return [*view.counters, *others, "0", *(f"{i} {sign} 1" for sign in "-+" for i in view.counters)]


def _slices(view: LoopView) -> list[str]:
    """What has been read of a list, what is left, and all of it."""
    pairs = [(s, i) for s in view.lists for i in view.counters]
    whole = [f"{s}[..]" if s in view.arrays else s for s in view.lists]
    return [*(f"{s}[..{i}]" for s, i in pairs), *(f"{s}[{i}..]" for s, i in pairs), *whole]

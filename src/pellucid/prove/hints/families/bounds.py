"""Ranges of counters: from the conditions of the loop, their first values and the lengths at hand."""

from __future__ import annotations

from collections.abc import Iterator

from ....subjects.dafny.syntax import Node
from ..hint import family
from ..loop_view import LoopView, compares


@family("bounds")
def bounds(view: LoopView) -> Iterator[str]:
    """i <= n for a condition i < n; i >= its first value; 0 <= i <= |s|."""
    for guard in view.guards:
        yield from _from_condition(view, guard)
    for name in view.counters:
        first = view.first_values.get(name)
        if (
            first is not None
            and first.kind != "other"
            and name not in first.names()
            and not first.names() & view.changed
        ):
            yield f"{name} >= {view.part(first)}"
            yield f"{name} <= {view.part(first)}"
        yield f"{name} >= 0"
        for length in view.lists.values():
            yield f"{name} <= {length}"
            yield f"{name} < {length}"


def _from_condition(view: LoopView, guard: Node) -> Iterator[str]:
    """The condition, and what it leaves true when it fails for the first time and numbers change by one."""
    if not compares(guard):
        return
    at_exit = {"<": "{} <= {}", ">": "{} >= {}", "<=": "{} <= {} + 1", ">=": "{} + 1 >= {}", "!=": "{} <= {}"}
    for left, operator, right in zip(guard.parts, guard.word.split(), guard.parts[1:], strict=False):
        yield at_exit[operator].format(view.part(left), view.part(right))
        if operator == "!=":
            yield f"{view.part(left)} >= {view.part(right)}"
        else:
            yield f"{view.part(left)} {operator} {view.part(right)}"


@family("order")
def order(view: LoopView) -> Iterator[str]:
    """x <= y, x < y for two numbers of which the loop changes one."""
    for x in view.integers:
        for y in view.integers:
            if x != y and (x in view.changed or y in view.changed):
                yield f"{x} <= {y}"


@family("preconditions")
def preconditions(view: LoopView) -> Iterator[str]:
    """What the method may assume and the loop may touch."""
    touched = view.changed | view.written
    for clause in view.routine.clauses_of("requires"):
        if clause.names() & touched:
            yield str(view.part(clause))

"""Schedules: a fold's updates, which happen all at once, as assignments one after the other.

The order is chosen so that old values are read before they are overwritten, and new values are read by name instead of
being computed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import TypeGuard

from .expression import Expression, Name, Operation, substitute
from .fold import Fold


@dataclass(frozen=True)
class Statement:
    """Values for `targets`, assigned together; the outputs, which are yielded, where there are no targets."""

    targets: tuple[str, ...]
    values: tuple[Expression, ...]


@dataclass(frozen=True)
class Schedule:
    """Definitions to make first, then statements in order."""

    definitions: Mapping[str, Expression]
    statements: tuple[Statement, ...]

    @property
    def expressions(self) -> list[Expression]:
        """Every expression of the printed program, each once."""
        return [*self.definitions.values(), *chain.from_iterable(s.values for s in self.statements)]


Pending = dict[str | None, tuple[Expression, ...]]
"""What is still to be assigned, by register; the outputs are at None."""


def schedule(fold: Fold) -> Schedule:
    """Shared definitions, then statements in an order that means the same as all updates at once.

    >>> from .fold import Input, Register
    >>> update = Operation("+", (Name("s"), Name("x")))
    >>> [s.targets for s in schedule(Fold((Input("x", 0, 1),), (Register("s", 0, update),), (update,))).statements]
    [('s',), ()]
    """
    pending: Pending = {r.name: (r.update,) for r in fold.registers if r.update != Name(r.name)}
    pending[None] = fold.outputs
    definitions = _definitions(fold, pending)
    by_name: dict[Expression, Expression] = {value: Name(name) for name, value in definitions.items()}
    pending = {name: tuple(substitute(value, by_name) for value in values) for name, values in pending.items()}
    return Schedule(definitions, tuple(_ordered(pending)))


def _assigned_together(pending: Pending) -> Statement:
    """All registers that are left in one statement, as a, b = b, a."""
    names = tuple(name for name in pending if name is not None)
    return Statement(names, tuple(_unmark(values[0]) for values in pending.values()))


def _ordered(pending: Pending) -> list[Statement]:
    """The statements, one by one; registers that swap their values are assigned together at the end."""
    statements: list[Statement] = []
    while pending:
        if (choice := _next(pending)) == ():
            return [*statements, _assigned_together(pending)]
        name = choice[0]
        values = pending.pop(name)
        statements.append(Statement(() if name is None else (name,), tuple(_unmark(value) for value in values)))
        if name is not None:
            pending = {n: _reading_new(others, name, values[0]) for n, others in pending.items()}
    return statements


def _next(pending: Pending) -> tuple[str | None, ...]:
    """An update that nothing else still needs the old value of; else the outputs; else nothing (a cycle of updates)."""
    for name, values in pending.items():
        if name is None:
            continue
        others = [_reading_new(group, name, values[0]) for other, group in pending.items() if other != name]
        if not any(name in value.names for value in chain.from_iterable(others)):
            return (name,)
    return (None,) if None in pending else ()


def _reading_new(values: tuple[Expression, ...], name: str, new: Expression) -> tuple[Expression, ...]:
    """The values once `name` holds `new`: where they compute it, they read it (marked as the new value)."""
    if isinstance(new, Name):
        return values
    return tuple(substitute(value, {new: Name(f"{name}'")}) for value in values)


def _unmark(value: Expression) -> Expression:
    return substitute(value, {Name(n): Name(n[:-1]) for n in value.names if n.endswith("'")})


def _definitions(fold: Fold, pending: Pending) -> dict[str, Expression]:
    """Subexpressions worth a name, by that name, each after those that it reads."""
    updates = {values[0] for name, values in pending.items() if name is not None}
    taken = {part.name for part in (*fold.inputs, *fold.registers)}
    values = [value for group in pending.values() for value in group]
    definitions: dict[str, Expression] = {}
    while (best := _most_repeated(values, updates)) is not None:
        name = _fresh(_shared_name(best.operator), taken)
        by_name: dict[Expression, Expression] = {best: Name(name)}
        definitions = {n: substitute(value, by_name) for n, value in definitions.items()}
        definitions = _with_definition(definitions, name, best)
        values = [substitute(value, by_name) for value in values]
        updates = {substitute(value, by_name) for value in updates}
    return definitions


def _with_definition(definitions: dict[str, Expression], name: str, value: Expression) -> dict[str, Expression]:
    """One more: before all others where it reads none of them; else before the first that reads it, or at the end."""
    if not value.names & set(definitions):
        return {name: value, **definitions}
    others = list(definitions.items())
    place = next((k for k, (_, other) in enumerate(others) if name in other.names), len(others))
    return dict([*others[:place], (name, value), *others[place:]])


def _most_repeated(values: list[Expression], updates: set[Expression]) -> Operation | None:
    """The part that saves most by being computed once: at least twice there, and no register's whole update."""
    stored: dict[Expression, Expression] = {update: Name(f"{i}'") for i, update in enumerate(updates)}
    once = [v if v in updates else substitute(v, stored) for v in dict.fromkeys(values)]  # a register is read, not made
    times = Counter(node for value in once for node in value.walk())
    marks = frozenset().union(*(mark.names for mark in stored.values()))
    worth = [node for node, number in times.items() if number > 1 and _is_worth_a_name(node, updates, marks)]
    return max(worth, key=lambda node: (times[node] - 1) * node.size, default=None)


def _is_worth_a_name(node: Expression, updates: set[Expression], marks: frozenset[str]) -> TypeGuard[Operation]:
    return (
        isinstance(node, Operation)
        and node.size >= 3
        and node.sort == "int"
        and node not in updates
        and not node.names & marks
    )


def _shared_name(operator: str) -> str:
    """What a value that is computed once and read often is called, by its outermost operator."""
    names = {"+": "total", "-": "difference", "==": "same", "*": "product", "//": "quotient", "%": "remainder"}
    return names.get(operator, "value")


def _fresh(stem: str, taken: set[str]) -> str:
    """`stem`, or with the first number that makes it a new name; it is taken from then on."""
    name = stem if stem not in taken else next(n for i in count(2) if (n := f"{stem}_{i}") not in taken)
    taken.add(name)
    return name

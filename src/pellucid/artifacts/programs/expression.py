"""Expressions: the one small integer language in which programs are found, run, printed and proved.

    e ::= name | number | op(e, ...) | TABLE[e, ...]

Every expression is an integer ("int") or a truth value ("bool"); `int(...)` turns the second into the first.
`//` and `%` are Python's (floor) and need a positive divisor; `&`, `|`, `^` need operands that are 0 or 1. Where an
operand leaves that range the expression has no value: `obligations` lists what has to hold, so that a prover can
discharge it, and every language an expression is printed in means the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np


class Expression:
    """A node; use `Name`, `Number`, `Operation` or `Lookup`. Immutable, hashable, compared by structure."""

    sort: str = "int"

    @property
    def children(self) -> tuple[Expression, ...]:
        return ()

    @cached_property
    def size(self) -> int:
        """Number of nodes; a table counts one for each entry.

        >>> Operation("+", (Name("a"), Number(1))).size
        3
        """
        return 1 + sum(child.size for child in self.children)

    def walk(self) -> Iterator[Expression]:
        """This node and all below it, outermost first.

        >>> [type(node).__name__ for node in apply("+", Name("x"), 1).walk()]
        ['Operation', 'Name', 'Number']
        """
        yield self
        for child in self.children:
            yield from child.walk()

    @cached_property
    def names(self) -> frozenset[str]:
        """The variables that it reads.

        >>> sorted(apply("+", Name("x"), Name("y")).names)
        ['x', 'y']
        """
        return frozenset(node.identifier for node in self.walk() if isinstance(node, Name))


@dataclass(frozen=True)
class Name(Expression):
    """A variable: a register, an input, or a definition."""

    identifier: str


@dataclass(frozen=True)
class Number(Expression):
    """An integer constant."""

    value: int


@dataclass(frozen=True)
class Operation(Expression):
    """`operator` (a key of `OPERATORS`) applied to `operands`."""

    operator: str
    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        rule = OPERATORS.get(self.operator)
        if rule is None:
            raise ValueError(f"operator={self.operator!r} is unknown; use one of {sorted(OPERATORS)}")
        sorts = tuple(operand.sort for operand in self.operands)
        if sorts != rule.takes:
            raise ValueError(
                f"operator {self.operator!r} takes {rule.takes}, got {sorts}; convert with int(...) or compare first"
            )

    @property
    def sort(self) -> str:  # type: ignore[override]
        return OPERATORS[self.operator].gives

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.operands

    @cached_property
    def size(self) -> int:
        return OPERATORS[self.operator].size + sum(child.size for child in self.operands)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.operator, self.operands))


@dataclass(frozen=True)
class Lookup(Expression):
    """`table[indices]`: an entry of a constant table, stored flat in row-major order."""

    table: tuple[int, ...]
    shape: tuple[int, ...]
    indices: tuple[Expression, ...]

    def __post_init__(self) -> None:
        if len(self.shape) != len(self.indices) or int(np.prod(self.shape)) != len(self.table):
            raise ValueError(
                f"table of {len(self.table)} entries does not fit shape={self.shape} with {len(self.indices)} indices; "
                "give one index per axis and one entry per cell"
            )

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.indices

    @cached_property
    def size(self) -> int:
        return len(self.table) + 1 + sum(child.size for child in self.indices)


@dataclass(frozen=True)
class Rule:
    """What an operator takes and gives, and how numpy computes it.

    `size` is how many nodes it counts for: a branch is harder to read than a sum, a conversion is not read.
    """

    takes: tuple[str, ...]
    gives: str
    compute: Callable[..., Any]
    size: int = 1


def _arithmetic(compute: Callable[..., Any]) -> Rule:
    return Rule(("int", "int"), "int", compute)


def _comparison(compute: Callable[..., Any]) -> Rule:
    return Rule(("int", "int"), "bool", lambda a, b: np.asarray(compute(a, b)).astype(bool))


OPERATORS: Mapping[str, Rule] = {
    "+": _arithmetic(lambda a, b: a + b),
    "-": _arithmetic(lambda a, b: a - b),
    "*": _arithmetic(lambda a, b: a * b),
    "//": _arithmetic(lambda a, b: a // b),
    "%": _arithmetic(lambda a, b: a % b),
    "negate": Rule(("int",), "int", lambda a: -a),
    "abs": Rule(("int",), "int", np.abs),
    "min": _arithmetic(np.minimum),
    "max": _arithmetic(np.maximum),
    "&": _arithmetic(lambda a, b: a & b),
    "|": _arithmetic(lambda a, b: a | b),
    "^": _arithmetic(lambda a, b: a ^ b),
    "==": _comparison(lambda a, b: a == b),
    "!=": _comparison(lambda a, b: a != b),
    "<": _comparison(lambda a, b: a < b),
    "<=": _comparison(lambda a, b: a <= b),
    ">": _comparison(lambda a, b: a > b),
    ">=": _comparison(lambda a, b: a >= b),
    "and": Rule(("bool", "bool"), "bool", lambda a, b: a & b),
    "or": Rule(("bool", "bool"), "bool", lambda a, b: a | b),
    "not": Rule(("bool",), "bool", lambda a: ~a),
    "int": Rule(("bool",), "int", lambda a: a.astype(np.int64), size=0),
    "if": Rule(("bool", "int", "int"), "int", np.where, size=3),
}
"""Every operator that an expression may have."""


def evaluate(expression: Expression, values: Mapping[str, Any]) -> Any:
    """The value of `expression` where each name has the integer or integer array in `values` (they broadcast).

    int64 arrays wrap around at 2^63; give arrays of dtype object where numbers may grow beyond.

    >>> evaluate(apply("%", Name("x"), Number(3)), {"x": np.array([2, 3, 4])})
    array([2, 0, 1])
    """
    if isinstance(expression, Name):
        return np.asarray(values[expression.identifier])
    if isinstance(expression, Number):
        return np.asarray(expression.value)
    if isinstance(expression, Lookup):
        where = tuple(np.asarray(evaluate(index, values)).astype(np.int64) for index in expression.indices)
        return np.asarray(expression.table).reshape(expression.shape)[where]
    assert isinstance(expression, Operation)
    operands = [evaluate(operand, values) for operand in expression.operands]
    return OPERATORS[expression.operator].compute(*operands)


def substitute(expression: Expression, replacements: Mapping[Expression, Expression]) -> Expression:
    """`expression` with every occurrence of a key (outermost first) replaced by its value.

    >>> substitute(apply("+", Name("x"), 1), {Name("x"): Name("y")}) == apply("+", Name("y"), 1)
    True
    """
    if expression in replacements:
        return replacements[expression]
    if isinstance(expression, Operation):
        return Operation(expression.operator, tuple(substitute(e, replacements) for e in expression.operands))
    if isinstance(expression, Lookup):
        indices = tuple(substitute(e, replacements) for e in expression.indices)
        return Lookup(expression.table, expression.shape, indices)
    return expression


def rename(expression: Expression, names: Mapping[str, str]) -> Expression:
    """`expression` with its variables renamed.

    >>> rename(apply("+", Name("x"), 1), {"x": "y"}) == apply("+", Name("y"), 1)
    True
    """
    return substitute(expression, {Name(old): Name(new) for old, new in names.items()})


def apply(operator: str, *operands: Expression | int) -> Expression:
    """`Operation(operator, operands)` with plain integers lifted to `Number`.

    >>> apply("-", Name("x"), 1)
    Operation(operator='-', operands=(Name(identifier='x'), Number(value=1)))
    """
    return Operation(operator, tuple(Number(int(o)) if not isinstance(o, Expression) else o for o in operands))


def conjunction(*terms: Expression) -> Expression:
    """All of `terms`; the empty one is true.

    >>> conjunction(apply("<", 0, Name("x")), apply("<", Name("x"), 3)).operator
    'and'
    """
    result = terms[0] if terms else apply("==", 0, 0)
    for term in terms[1:]:
        result = apply("and", result, term)
    return result


def obligations(expression: Expression) -> tuple[Expression, ...]:
    """What must hold for `expression` to have a value: positive divisors, bits for bit operators, indices in range.

    >>> obligations(apply("//", Name("x"), Number(2)))
    ()
    """
    found: dict[Expression, None] = {}
    for node in expression.walk():
        if isinstance(node, Operation) and node.operator in ("//", "%") and not _is_positive(node.operands[1]):
            found[apply(">", node.operands[1], 0)] = None
        if isinstance(node, Operation) and node.operator in ("&", "|", "^"):
            for operand in node.operands:
                found.update(dict.fromkeys(_within(operand, 0, 1)))
        if isinstance(node, Lookup):
            for index, length in zip(node.indices, node.shape, strict=True):
                found.update(dict.fromkeys(_within(index, 0, length - 1)))
    return tuple(found)


def _is_positive(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.value > 0


def _within(expression: Expression, low: int, high: int) -> tuple[Expression, ...]:
    if isinstance(expression, Number) and low <= expression.value <= high:
        return ()
    return (apply("<=", low, expression), apply("<=", expression, high))

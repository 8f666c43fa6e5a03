"""Updates that a register may have: enumerated ones, shortest first, and families of longer ones worth trying."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Int

from ....artifacts.programs.expression import Expression, Name, apply
from ..synthesis.enumeration import Bank
from ..synthesis.tidy import tidy


def updates(
    columns: Mapping[str, Int[np.ndarray, " points"]], constants: tuple[int, ...], limit: int, largest: int
) -> Iterator[Expression]:
    """Updates of the register `s` that read it, shortest first: those that differ on `columns`, and the families.

    `columns` holds values of `s` and of each input; at most `limit` updates of at most `largest` nodes are enumerated.
    """
    bank = Bank(columns, constants, limit=limit)
    while bank.size < largest and bank.grow():
        pass
    expressions = [bank.expression("int", size, row) for size, row, _ in bank.entries("int")]
    found = [expression for expression in expressions if "s" in expression.names]
    found += families([name for name in columns if name != "s"], constants)
    for expression in sorted(found, key=lambda e: e.size):
        yield tidy(expression)


def families(inputs: Sequence[str], constants: Sequence[int]) -> Iterator[Expression]:
    """Longer updates of the register `s`: (a s + b x) % k, tests counted, saturating walks, carries.

    >>> from pellucid.artifacts import to_python
    >>> to_python(next(families(["x"], [3])))
    '(s + x) % 3'
    """
    moduli = [k for k in constants if k > 1]
    for name in inputs:
        yield from _of_one_input(Name(name), constants, moduli)
    if len(inputs) == 2:
        yield from _of_two_inputs(Name(inputs[0]), Name(inputs[1]), moduli)


def _of_one_input(x: Expression, constants: Sequence[int], moduli: Sequence[int]) -> Iterator[Expression]:
    s = Name("s")
    for k in moduli:
        for a in (1, 2, k - 1):
            yield apply("%", apply("+", s if a == 1 else apply("*", a, s), x), k)
        yield apply("+", s, apply("int", apply("==", apply("%", x, k), 0)))
        yield apply("+", s, apply("%", x, k))
    for value in constants:
        yield apply("+", s, apply("int", apply("==", x, value)))
    for step in (apply("-", 1, apply("*", 2, x)), apply("-", apply("*", 2, x), 1)):
        yield apply("+", s, step)
        yield apply("if", apply("<", s, 0), s, apply("+", s, step))


def _of_two_inputs(a: Expression, b: Expression, moduli: Sequence[int]) -> Iterator[Expression]:
    s = Name("s")
    for k in moduli:
        yield apply("//", apply("+", apply("+", a, b), s), k)
        yield apply("%", apply("+", s, apply("*", a, b)), k)
        yield apply("%", apply("+", apply("+", a, b), s), k)


def linked_updates(inputs: Sequence[str], first: Expression, new: Expression) -> Iterator[Expression]:
    """Updates of the register `s` that read another one: its value `first` before the step, and `new` after it."""
    s = Name("s")
    for name in inputs:
        x = Name(name)
        yield apply("+", s, first)
        yield apply("+", s, new)
        yield apply("min", s, new)
        yield apply("max", s, new)
        yield apply("+", s, apply("*", first, x))
        yield apply("+", s, apply("*", new, x))
        yield apply("^", s, apply("int", apply("==", new, 0)))
        yield apply("if", apply("<", new, 0), 1, s)
        yield apply("if", apply(">", new, 0), 1, s)

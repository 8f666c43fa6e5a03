"""Forms: nested tuples over nodes. An int is a column, ("monomial",) the product of powers of all columns, the rest
(name, inner) or (name, left, right).

    Hill: 1/(1 + (k/x)^n)  is  a + b ("inverse", ("shift", ("power", 0)))
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..inference.structure import PRICES
from .nodes import BY_CODE, FIRST_OPERATOR, NODES

Form = Any
"""int | tuple: a form as plain data."""
MONOMIAL: Form = ("monomial",)


def head(form: Form) -> str:
    """The name of the outermost node; "" for a column."""
    return "" if isinstance(form, int) else form[0]


@lru_cache(maxsize=200_000)
def count_constants(form: Form, columns: int) -> int:
    """How many constants a form holds over so many columns.

    >>> count_constants(("plus", ("exp", 0), ("monomial",)), 2)
    4
    """
    if isinstance(form, int):
        return 0
    own = columns if form == MONOMIAL else NODES[form[0]].own
    return own + sum(count_constants(inner, columns) for inner in form[1:])


def holds_constants(form: Form) -> bool:
    """Whether a form has constants inside.

    >>> holds_constants(("exp", 0)), holds_constants(("square", 0))
    (True, False)
    """
    return form == MONOMIAL or count_constants(form, 1) > 0


def size(form: Form) -> int:
    """The number of nodes, a column or a monomial being one.

    >>> size(("inverse", ("shift", ("power", 0))))
    4
    """
    return 1 if isinstance(form, int) else 1 + sum(size(inner) for inner in form[1:])


def program(form: Form) -> list[int]:
    """The form as a postfix program of bytes: what the compiled loops run.

    >>> program(("times", 0, ("exp", 1)))
    [0, 1, 43, 60]
    """
    if isinstance(form, int):
        return [form]
    return [code for inner in form[1:] for code in program(inner)] + [NODES[form[0]].code]


def from_program(codes: NDArray[np.uint8] | list[int]) -> Form:
    """The form of a postfix program, the inverse of `program`."""
    stack: list[Form] = []
    for code in map(int, codes):
        if code < FIRST_OPERATOR:
            stack.append(code)
            continue
        node = BY_CODE[code]
        inner = stack[len(stack) - node.arity :]
        del stack[len(stack) - node.arity :]
        stack.append((node.name, *inner))
    return stack[0]


def depth(form: Form) -> int:
    """How many slots of the stack its program needs."""
    if isinstance(form, int) or form == MONOMIAL:
        return 1
    return max(i + depth(inner) for i, inner in enumerate(form[1:]))


def nested(form: Form, names: frozenset[str]) -> int:
    """The largest number of nodes of those names on one path."""
    if isinstance(form, int):
        return 0
    return (form[0] in names) + max((nested(inner, names) for inner in form[1:]), default=0)


def columns_of(form: Form, columns: int) -> set[int]:
    """The columns that a form looks at."""
    if isinstance(form, int):
        return {form}
    if form == MONOMIAL:
        return set(range(columns))
    return set().union(*(columns_of(inner, columns) for inner in form[1:]))


@lru_cache(maxsize=200_000)
def structure_price(form: Form, columns: int, inside: bool = False) -> float:
    """-ln of the prior of a form's structure, in nats; its constants are priced elsewhere.

    >>> structure_price(("exp", 0), 1) < structure_price(("exp", ("exp", 0)), 1) - 4.2
    True
    """
    if isinstance(form, int):
        return PRICES.column + float(np.log(columns))
    if form == MONOMIAL:
        return columns * (PRICES.column + NODES["times"].price + NODES["power"].price)
    node = NODES[form[0]]
    own = node.price + (PRICES.nested if inside and node.transcendental else 0.0)
    return own + sum(structure_price(inner, columns, inside or node.transcendental) for inner in form[1:])


def places(form: Form, before: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Every place of a form, the whole first, as the path to it."""
    yield before
    if not isinstance(form, int):
        for i, inner in enumerate(form[1:], 1):
            yield from places(inner, (*before, i))


def part_at(form: Form, place: tuple[int, ...]) -> Form:
    """What stands at a place."""
    for i in place:
        form = form[i]
    return form


def replaced(form: Form, place: tuple[int, ...], part: Form | None) -> Form | None:
    """The form with something else at a place; None where there is nothing to put there."""
    if part is None or not place:
        return part
    inner = replaced(form[place[0]], place[1:], part)
    return None if inner is None else (*form[: place[0]], inner, *form[place[0] + 1 :])

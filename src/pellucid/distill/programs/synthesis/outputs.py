"""Outputs of a program: the shortest expression over what its registers were, or have just become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from jaxtyping import Int

from ....artifacts.programs.expression import Expression, Name, substitute
from .synthesiser import Columns, Synthesiser, distinct_rows, is_functional


def name_after(register: str) -> str:
    """What a register's value after the step is called, where both values can be read.

    >>> name_after("count")
    'count_new'
    """
    return f"{register}_new"


def all_or_none(found: Iterable[Expression | None]) -> tuple[Expression, ...] | None:
    """The expressions; None as soon as one is missing, and the others are not looked for.

    >>> all_or_none([Name("x"), None])
    """
    expressions: list[Expression] = []
    for each in found:
        if each is None:
            return None
        expressions.append(each)
    return tuple(expressions)


def output_expression(
    inputs: Columns,
    before: Columns,
    updates: Mapping[str, tuple[Expression, Int[np.ndarray, " rows"]]],
    target: Int[np.ndarray, " rows"],
    synthesiser: Synthesiser,
) -> Expression | None:
    """An expression over inputs and old register values with the values `target`; None if none is found.

    `updates` holds each register's update and its values after the step. Reading new values is tried first, since
    `yield count` after `count = ...` is what a person writes; the update then stands in the expression in full, and is
    printed as the register's name.

    >>> from ....artifacts.programs.expression import apply
    >>> count = apply("+", Name("n"), Name("x"))
    >>> x, n = np.array([0, 1, 1]), np.array([0, 0, 1])
    >>> found = output_expression({"x": x}, {"n": n}, {"n": (count, x + n)}, x + n, Synthesiser())
    >>> found == count
    True
    """
    after = {name_after(name): values for name, (_, values) in updates.items()}
    found: list[Expression] = []
    for columns in (after, {**inputs, **before}, {**inputs, **after}):
        if not columns or not is_functional(columns, target)[0]:
            continue
        rows, values = distinct_rows(columns, target)
        expression = synthesiser.find(rows, values)
        if expression is not None:
            found.append(expression)
            if expression.size <= 3:
                break
    if not found:
        return None
    in_full: dict[Expression, Expression] = {Name(name_after(name)): update for name, (update, _) in updates.items()}
    return substitute(min(found, key=lambda e: e.size), in_full)

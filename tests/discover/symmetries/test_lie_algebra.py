"""Algebras that textbooks name, and generators by their names."""

from __future__ import annotations

import pytest
import sympy

from pellucid.discover.symmetries.lie_algebra import algebra_of

K = sympy.Symbol("k", real=True)
T, X, U, V = sympy.symbols("t x u v", real=True)


def table(size, **brackets):
    """Structure constants from b01=(0, 0, 1), ..."""
    given = {(int(name[1]), int(name[2])): tuple(map(sympy.sympify, row)) for name, row in brackets.items()}
    zero = (sympy.Integer(0),) * size
    return {(i, j): given.get((i, j), zero) for i in range(size) for j in range(i + 1, size)}


@pytest.mark.parametrize(
    ("size", "brackets", "kind"),
    [
        (3, {}, "abelian"),
        (2, {"b01": (0, 1)}, "solvable"),
        (3, {"b01": (0, 0, 1)}, "solvable"),  # Heisenberg
        (3, {"b01": (0, 0, 1), "b02": (0, -1, 0), "b12": (1, 0, 0)}, "semisimple"),  # rotations
        (3, {"b01": (0, 0, K), "b02": (0, -1, 0), "b12": (1, 0, 0)}, "semisimple"),
        (4, {"b01": (0, 0, 1, 0), "b02": (0, -1, 0, 0), "b12": (1, 0, 0, 0)}, "neither solvable nor semisimple"),
    ],
)
def test_kinds_of_algebras(size, brackets, kind):
    assert algebra_of(table(size, **brackets), size) == kind


def test_what_leaves_the_span_has_no_kind():
    assert algebra_of({(0, 1): None}, 2) == ""
    assert algebra_of({}, 0) == ""

"""Algebras that textbooks name, and generators by their names."""

from __future__ import annotations

import pytest
import sympy

from pellucid.discover.symmetries.generator_names import name_of
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


@pytest.mark.parametrize(
    ("components", "coordinates", "independent", "name"),
    [
        ((1, 0, 0), "txu", 2, "translation in t"),
        ((0, 0, 1), "txu", 2, "shift in u"),
        ((2 * T, X, 0), "txu", 2, "scaling: t 2, x 1"),
        ((0, -V, U), "tuv", 1, "rotation in u, v"),
        ((0, V, U), "tuv", 1, "hyperbolic rotation in u, v"),
        ((0, K * T, 1), "txu", 2, "Galilean boost"),
        ((0, 0, X**2 + 2 * T), "txu", 2, "superposition: adds a solution"),
        ((T**2, T * X, U), "txu", 2, "projective"),
        ((0, U + V, V), "tuv", 1, "linear map"),
        ((0, U**2, V), "tuv", 1, ""),
    ],
)
def test_generators_have_the_names_that_physicists_give_them(components, coordinates, independent, name):
    assert name_of([sympy.sympify(c) for c in components], list(coordinates), independent) == name

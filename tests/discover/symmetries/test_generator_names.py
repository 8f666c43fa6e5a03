"""Generators by their names."""

from __future__ import annotations

import pytest
import sympy

from pellucid.discover.symmetries.generator_names import name_of

K = sympy.Symbol("k", real=True)
T, X, U, V = sympy.symbols("t x u v", real=True)


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

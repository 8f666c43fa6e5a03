"""Which variables are velocities, and which generators and brackets come out."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.discover.conserved.stages import Stages
from pellucid.discover.symmetries.determining_equations import (
    conditions_of,
    moving,
    second_order_pairs,
    solve,
    structure_constants,
)
from pellucid.subjects import Dynamics


@pytest.mark.parametrize(
    ("equations", "parameters", "pairs"),
    [
        ("x' = v; v' = -x", "", [("x", "v", 1)]),
        ("x' = v/m; v' = -k*x", "k m", [("x", "v", "1/m")]),
        ("x' = 2*v; v' = 3*x", "", [("x", "v", 2)]),  # both could be a place: the first one is
        ("x' = v; v' = -x; t' = 1", "", [("x", "v", 1)]),
        ("x' = v*exp(k); v' = -x**2", "k", []),  # a place's rate has a constant that is no quotient of polynomials
        ("x' = v*w; v' = -x; w' = 0*x", "", []),
        ("x' = x; y' = -y**3", "", []),
        ("x' = v; v' = -x; y' = -y**3", "", []),  # y has no velocity
        ("x' = v; y' = v; v' = -x - y", "", []),  # one velocity for two places
    ],
)
def test_places_and_velocities(equations, parameters, pairs):
    found = second_order_pairs(Dynamics.parse(equations, parameters))
    assert [(q, v, str(c)) for q, v, c in found] == [(q, v, str(c)) for q, v, c in pairs]


def test_a_variable_that_is_the_time_does_not_move():
    assert moving(Dynamics.parse("x' = t*x; t' = 1"))[:2] == ("t", ("x",))
    assert moving(Dynamics.parse("x' = t*x; t' = 2"))[1] == ("x", "t")


def test_free_motion_has_eight_symmetries_that_close_under_brackets():
    conditions = conditions_of(Dynamics.parse("x' = v; v' = 0*x"))
    stages, generator = Stages(None), np.random.default_rng(0)
    solved = solve(conditions, 2, generator, stages)
    assert len(solved.generators) == solved.dimension == 8  # Lie: those of the projective plane
    table = structure_constants(solved.generators, conditions, generator, stages)
    assert all(row is not None for row in table.values())
    for i, j, k in [(0, 1, 2), (1, 4, 6), (2, 5, 7)]:  # Jacobi's identity
        total = [sympy.Integer(0)] * 8
        for a, b, c in ((i, j, k), (j, k, i), (k, i, j)):
            for m, factor in enumerate(_bracket(table, a, b)):
                total = [t + factor * e for t, e in zip(total, _bracket(table, m, c), strict=True)]
        assert total == [0] * 8


def _bracket(table, i, j):
    """[X_i, X_j] by its coefficients, in either order."""
    if i == j:
        return (sympy.Integer(0),) * 8
    return table[i, j] if i < j else tuple(-c for c in table[j, i])


def test_too_many_unknown_coefficients_are_refused_with_their_number():
    conditions = conditions_of(Dynamics.parse("x' = u; y' = v; z' = w; u' = -x; v' = -y; w' = -z"))
    with pytest.raises(ValueError, match=r"degree=12 gives .* unknown coefficients, the most are .*; lower the degree"):
        solve(conditions, 12, np.random.default_rng(0), Stages(None))

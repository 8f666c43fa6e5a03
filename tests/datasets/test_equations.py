"""The equations that tables are drawn from."""

import numpy as np
import pytest

from pellucid.datasets.equations import built_in_equation, built_in_equations
from pellucid.datasets.mechanics import LAGRANGIANS, lagrangian_motion


def test_names_are_different_and_near_ones_are_told():
    assert len(built_in_equations()) == 124
    with pytest.raises(ValueError, match="near it are pendulum-motion"):
        built_in_equation("pendulum")


@pytest.mark.parametrize("kind", ["oscillator", "pendulum", "Kepler", "relativistic oscillator"])
def test_motions_are_those_of_their_lagrangian(kind):
    equation = built_in_equation(f"{kind.lower().replace(' ', '-')}-motion")
    assert tuple(zip(equation.lows, equation.highs, strict=True)) == LAGRANGIANS[kind][1]
    motion = lagrangian_motion(kind, 50)
    np.testing.assert_allclose(equation.formula(np.column_stack([motion.x, motion.v])), motion.a[:, 0], rtol=1e-9)

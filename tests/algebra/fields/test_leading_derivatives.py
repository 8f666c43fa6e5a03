"""Field equations with all that follows of them: incompressible flow has an equation for its pressure."""

from __future__ import annotations

import pytest

pytest.importorskip("flint")

from pellucid.core import Proved
from pellucid.discover import LieSymmetries
from pellucid.discover.symmetries.determining_equations import conditions_of
from pellucid.prove.laws.symmetry_identity import prove_symmetries
from pellucid.subjects import FieldEquations

FLOW = "u_t + u u_x + v u_y + p_x = {0}(u_xx + u_yy); v_t + u v_x + v v_y + p_y = {0}(v_xx + v_yy); u_x + v_y = 0"
EULER = FieldEquations.parse(FLOW.replace("{0}(u_xx + u_yy)", "0").replace("{0}(v_xx + v_yy)", "0"))


def test_the_pressure_has_an_equation_of_its_own():
    conditions = conditions_of(EULER)
    assert len(conditions.zero) == 3
    led = [conditions.jets.name(of, powers) for of, powers, _ in conditions.leaders]
    assert len(led) == 4
    assert "p_xx" in led
    for polynomial in conditions.zero:
        assert conditions.on_solutions(polynomial) == 0


@pytest.mark.parametrize(
    ("equations", "parameters", "count"),
    [(EULER, "", 13), (FieldEquations.parse(FLOW.format("1/R*"), parameters="R"), "R", 12)],
)
def test_plane_flow_has_the_symmetries_of_the_literature(equations, parameters, count):
    """Boosts with any functions of time, a free pressure, rotation, one scaling of viscous flow and two without."""
    found = LieSymmetries(degree=2).explain(equations).artifact
    assert found.dimension == len(found.generators) == count
    assert {"t**2 d_p", "t**2 d_x + 2*t d_u - 2*x d_p", "y d_x - x d_y + v d_u - u d_v"} <= set(found.fields())
    assert all(isinstance(proof.claim, Proved) for proof in prove_symmetries(found))


def test_equations_of_which_more_follows_at_once():
    both = FieldEquations.parse("u_x = v; u_y = w; v_y = w_x; v_x = u")
    led = {conditions_of(both).jets.name(of, powers) for of, powers, _ in conditions_of(both).leaders}
    assert len(led) >= 3
    assert LieSymmetries(degree=1).explain(FieldEquations.parse("u_xx = 0; u_yy = 0")).artifact.dimension > 0


def test_what_cannot_be_solved_is_refused():
    with pytest.raises(ValueError, match="no order of derivatives"):
        conditions_of(FieldEquations.parse("u_t^2 + u_x^2 = 1"))

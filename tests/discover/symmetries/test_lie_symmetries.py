import json

import pytest
import sympy

pytest.importorskip("flint")

from pellucid.artifacts.laws.symmetries import Symmetries
from pellucid.core import Measured
from pellucid.discover.symmetries.lie_symmetries import LieSymmetries
from pellucid.subjects import Dynamics, Evolution

KEPLER = Dynamics.parse(
    "x' = a; y' = b; a' = -k*x/(x**2 + y**2)**(3/2); b' = -k*y/(x**2 + y**2)**(3/2)", parameters="k"
)
# (equation, parameters, degree of the ansatz, dimension); from the literature, heat with 4 heat polynomials
FIELDS = {
    "heat": ("u_t = k*u_xx", "k", 3, 6 + 4),
    "Korteweg-de Vries": ("u_t = 6*u*u_x - u_xxx", "", 3, 4),
    "modified Korteweg-de Vries": ("u_t = 6*u**2*u_x - u_xxx", "", 3, 3),
    "Burgers": ("u_t = nu*u_xx - u*u_x", "nu", 3, 5),
    "potential Burgers": ("u_t = u_xx + u_x**2", "", 2, 6),
    "nonlinear heat": ("u_t = u*u_xx + u_x**2", "", 2, 4),
    "nonlinear Schroedinger": ("u_t = -v_xx - 2*v*(u**2 + v**2); v_t = u_xx + 2*u*(u**2 + v**2)", "", 2, 5),
    "sine-Gordon": ("u_t = v; v_t = u_xx - sin(u)", "", 1, 2),
}
ORBITS = {
    "free particle": ("x' = v; v' = 0", "", 2, 8),
    "oscillator": ("x' = v; v' = -k*x", "k", 2, 2),
    "oscillator with momentum": ("x' = p/m; p' = -k*x", "k, m", 2, 2),
    "inverse cube": ("x' = v; v' = c/x**3", "c", 2, 3),
    "Emden-Fowler": ("x' = v; v' = -x**3", "", 2, 2),
    "Henon-Heiles": ("x'=p; y'=q; p'=-x-2*x*y; q'=-y-x**2+y**2", "", 2, 1),
    "Lorenz": ("x' = s*(y-x); y' = x*(r-z) - y; z' = x*y - b*z", "s, r, b", 2, 1),
    "Lotka-Volterra": ("x' = a*x - b*x*y; y' = c*x*y - d*y", "a, b, c, d", 2, 1),
    "Euler top": ("x' = 3*y*z; y' = -2*x*z; z' = 5*x*y", "", 1, 2),
}


@pytest.mark.parametrize("name", FIELDS)
def test_field_equations_have_as_many_as_is_known(name):
    equation, parameters, degree, dimension = FIELDS[name]
    found = LieSymmetries(degree=degree).explain(Evolution.parse(equation, parameters)).artifact
    assert (found.dimension, len(found.generators)) == (dimension, dimension)


@pytest.mark.parametrize("name", ORBITS)
def test_dynamics_have_as_many_as_is_known(name):
    equations, parameters, degree, dimension = ORBITS[name]
    found = LieSymmetries(degree=degree, orbits=0).explain(Dynamics.parse(equations, parameters)).artifact
    assert (found.dimension, len(found.generators)) == (dimension, dimension)


def test_korteweg_de_vries_by_name():
    found = LieSymmetries().explain(Evolution.parse("u_t = 6*u*u_x - u_xxx")).artifact
    assert found.fields() == ("d_t", "d_x", "6*t d_x - d_u", "3*t d_t + x d_x - 2*u d_u")
    assert found.names == ("translation in t", "translation in x", "Galilean boost", "scaling: t 3, x 1, u -2")
    assert found.table()[0] == ("0", "0", "6*X2", "3*X1")
    assert found.algebra == "solvable"


def test_kepler_scaling_is_his_third_law():
    finding = LieSymmetries(degree=1).explain(KEPLER)
    found = finding.artifact
    assert found.coordinates == ("t", "x", "y")
    assert found.names == ("translation in t", "rotation in x, y", "scaling: t 3, x 2, y 2")
    moved = [c for c in finding.claims if isinstance(c, Measured) and c.baseline is not None]
    assert len(moved) == 3
    assert all(c.value < 1e-6 < 1e-2 < c.baseline for c in moved)  # type: ignore[operator]


def test_fields_that_are_moved_stay_solutions():
    finding = LieSymmetries(degree=3).explain(Evolution.parse("u_t = k*u_xx", "k"), seed=2)
    moved = [c for c in finding.claims if isinstance(c, Measured) and c.baseline is not None]
    assert len(moved) == 10
    assert all(c.value < 1e-8 < 1e-2 < c.baseline for c in moved)  # type: ignore[operator]


def test_free_particle_is_projective_and_semisimple():
    found = LieSymmetries(orbits=0).explain(Dynamics.parse("x' = v; v' = 0")).artifact
    assert found.algebra == "semisimple"
    assert found.names.count("projective") == 2
    assert not any("?" in row for row in found.table())


def test_structure_constants_satisfy_jacobi():
    found = LieSymmetries().explain(Evolution.parse("u_t = nu*u_xx - u*u_x", "nu")).artifact
    size = len(found.generators)
    constants = {(i, j): [sympy.sympify(c) for c in row] for i, j, row in found.brackets}

    def bracket(a, b):
        total = [0] * size
        for (i, j), row in constants.items():
            weight = a[i] * b[j] - a[j] * b[i]
            total = [t + weight * c for t, c in zip(total, row, strict=True)]
        return total

    units = [[int(i == k) for i in range(size)] for k in range(size)]
    for a in units:
        for b in units:
            for c in units:
                parts = bracket(a, bracket(b, c)), bracket(b, bracket(c, a)), bracket(c, bracket(a, b))
                assert all(sympy.expand(sum(terms)) == 0 for terms in zip(*parts, strict=True))


def test_reparametrisations_are_left_out():
    lorenz = Dynamics.parse(ORBITS["Lorenz"][0], "s, r, b")
    assert LieSymmetries(degree=3, orbits=0).explain(lorenz).artifact.fields() == ("d_t",)
    spring = Dynamics.parse("x' = v; v' = -x")
    first = LieSymmetries(degree=1, first_order=True, orbits=0).explain(spring).artifact
    assert first.coordinates == ("t", "x", "v")
    assert first.dimension == 2  # time (or the turn along orbits, which is the same) and scaling


def test_survives_json():
    found = LieSymmetries(degree=3).explain(Evolution.parse("u_t = u_xx")).artifact
    assert any(not c for _, _, c in found.brackets)  # heat polynomials of higher degree are not in the ansatz
    assert Symmetries.from_dict(json.loads(json.dumps(found.to_dict())), {}) == found


def test_bad_input():
    with pytest.raises(ValueError, match="rename"):
        LieSymmetries().explain(Evolution.parse("u_t = t*u_xx", "t"))
    with pytest.raises(ValueError, match="lower the degree"):
        LieSymmetries(degree=20).explain(KEPLER)
    with pytest.raises(ValueError, match="eliminate"):
        LieSymmetries().explain(Dynamics.parse("x' = y; y' = -x", constraints="x**2 + y**2 - 1"))
    with pytest.raises(ValueError, match="degree"):
        LieSymmetries(degree=0).explain(KEPLER)

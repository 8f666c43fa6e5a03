import pytest
import sympy

pytest.importorskip("flint")

from pellucid.discover.symmetries.lie_symmetries import LieSymmetries
from pellucid.discover.symmetries.noether import noether
from pellucid.subjects import Dynamics

FREE = Dynamics.parse("x' = v; v' = 0")
KEPLER = Dynamics.parse(
    "x' = a; y' = b; a' = -k*x/(x**2 + y**2)**(3/2); b' = -k*y/(x**2 + y**2)**(3/2)", parameters="k"
)


def pairs(subject, lagrangian, degree):
    found = LieSymmetries(degree=degree, orbits=0).explain(subject).artifact
    return noether(subject, found, lagrangian)


def test_five_of_the_eight_symmetries_of_a_free_particle():
    found = pairs(FREE, "v**2/2", 2)
    t, x, v = sympy.symbols("t x v", real=True)
    told = [sympy.sympify(p.conserved, {"t": t, "x": x, "v": v}) for p in found]
    wanted = [v**2, v, v * (x - v * t), x - v * t, (x - v * t) ** 2]
    assert len(found) == 5
    for one in wanted:
        assert any(sympy.expand(one - e) == 0 or sympy.expand(one + e) == 0 for e in told)


def test_kepler_energy_and_angular_momentum_but_nothing_from_the_scaling():
    found = pairs(KEPLER, "(a**2 + b**2)/2 + k/sqrt(x**2 + y**2)", 1)
    assert [p.conserved for p in found] == ["a**2/2 + b**2/2 - k/sqrt(x**2 + y**2)", "a*y - b*x"]
    assert found[1].generator == ("0", "y", "-x")


def test_a_boundary_term_belongs_to_a_boost():
    boost = next(p for p in pairs(FREE, "v**2/2", 1) if p.generator == ("0", "t"))
    assert (boost.boundary, boost.conserved) == ("x", "t*v - x")


def test_combinations_are_found():
    falling = Dynamics.parse("x' = a; y' = b; a' = 0; b' = -g", "g")
    found = pairs(falling, "(a**2 + b**2)/2 - g*y", 1)
    assert len(found) >= 4  # energy, a momentum, and the two centres of mass at the least
    assert any(p.boundary != "0" for p in found)


def test_bad_input():
    with pytest.raises(ValueError, match="other equations of motion"):
        pairs(FREE, "v**2/2 - x**2", 1)
    with pytest.raises(ValueError, match="second-order"):
        pairs(Dynamics.parse("x' = -x"), "x", 1)
    with pytest.raises(ValueError, match="no constant"):
        pairs(Dynamics.parse("x' = p/m; p' = -x", "m"), "m*p**2/2", 1)

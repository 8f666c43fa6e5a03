import numpy as np
import pytest
import sympy
from flint import Ordering, fmpq_mpoly_ctx
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.arithmetic.constraint_ideal import groebner_basis, normal_form, triangular
from pellucid.algebra.expressions.text import parse
from pellucid.algebra.systems.polynomial_system import polynomial_system
from pellucid.algebra.systems.sampling import sample_points
from pellucid.discover import Invariants
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.subjects import Dynamics

RING = fmpq_mpoly_ctx.get(["x", "y", "z"], Ordering.degrevlex)
X, Y, Z = RING.gens()
TERMS = st.sampled_from([X, Y, Z, X * Y, Y**2, Z**2 * X, RING.constant(1)])
POLYNOMIALS = st.lists(st.tuples(st.integers(-3, 3), TERMS), min_size=1, max_size=3).map(
    lambda pairs: sum((n * t for n, t in pairs), RING.constant(0))
)


@given(POLYNOMIALS, POLYNOMIALS, POLYNOMIALS)
def test_combinations_of_the_constraints_have_normal_form_0(one, other, rest):
    constraints = [X**2 + Y**2 + Z**2 - 1, X * Y - Z / 2]
    basis = groebner_basis(constraints)
    combination = one * constraints[0] + other * constraints[1]
    assert normal_form(combination, basis) == 0
    form = normal_form(rest, basis)
    assert normal_form(form, basis) == form
    assert normal_form(rest + combination, basis) == form


def test_1_is_in_no_proper_ideal_and_in_the_improper_one():
    assert normal_form(RING.constant(1), groebner_basis([X**2 - 1, Y**2 - X])) != 0
    assert normal_form(RING.constant(1), groebner_basis([X**2 - 1, X - 2])) == 0


def test_an_order_to_solve_them_in():
    assert [name for _, name in triangular([X * Z + Y, X**2 + Y**2 - 1], ["x", "y", "z"])] == ["y", "z"]
    with pytest.raises(ValueError, match="one after the other"):
        triangular([X**2 - 1, X**2 * X - X], ["x"])


@pytest.mark.parametrize(
    "texts", [["x**2 + y**2 - 1"], ["x**3 + y**3 + z**3 - 1", "x*y - z"], ["(x**2 + y**2 - 1)*(z**2 - 2)"]]
)
def test_points_are_on_the_constraints(texts):
    symbols = sympy.symbols("x y z", real=True)
    constraints = [sympy.expand(parse(text, ["x", "y", "z"])) for text in texts]
    system, _ = polynomial_system(symbols, [sympy.Integer(0)] * 3, (), constraints)
    points = sample_points(system, 50, np.random.default_rng(0))
    for constraint in constraints:
        assert not points.evaluate(system.polynomial(constraint)).any()


SPHERE = "x^2 + y^2 + z^2 = r^2; x u + y v + z w = 0"


def test_neumann_on_the_sphere():
    """A point on the unit sphere with a quadratic potential: energy and one more quadratic integral."""
    factor = "(x^2 + 2y^2 + 4z^2 - u^2 - v^2 - w^2)"
    text = f"x' = u; y' = v; z' = w; u' = -x + x{factor}; v' = -2y + y{factor}; w' = -4z + z{factor}"
    system = Dynamics.parse(text, constraints=SPHERE.replace("r^2", "1"))
    found = Invariants(degree=4).explain(system).artifact
    assert len(found.expressions) == 2
    assert {proof.claim.strength for proof in prove_conserved(found)} == {"Proved"}


def test_a_constraint_that_moves_is_refused():
    with pytest.raises(ValueError, match="does not stay 0"):
        Invariants().explain(Dynamics.parse("x' = x; y' = y", constraints="x^2 + y^2 = 1"))


def test_two_circles_are_told_from_one():
    """x^2 = y^2 are two lines: x/y is 1 on one, -1 on the other, and no polynomial of degree 1 is constant on both."""
    found = Invariants(degree=1).explain(Dynamics.parse("x' = x; y' = y", constraints="x^2 - y^2")).artifact
    assert (found.vectors, found.expressions) == (0, ())

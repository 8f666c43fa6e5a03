from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.arithmetic.finite_field import null_space
from pellucid.algebra.fields.multipliers import multiplier_system
from pellucid.discover.conserved.multipliers import system_of
from pellucid.subjects import Evolution, FieldEquations
from pellucid.subjects.equations.field_equations import derivative_name, derivative_of


def count(text, order, degree, explicit=False, parameters=""):
    system = system_of(FieldEquations.parse(text, parameters), order, explicit)
    values = {name: 12345 + k for k, name in enumerate(system.jets.parameters)}
    images = [system.image(multiplier) for multiplier in system.ansatz(degree)]
    return len(null_space(system.matrix(images, values)))


@pytest.mark.parametrize(
    ("text", "order", "degree", "explicit", "laws"),
    [
        ("u_t + u_x + u u_x - u_xxt = 0", 3, 3, False, 3),  # Olver 1979: no more
        ("u_t + 6 u u_x + u_xxx = 0", 2, 2, False, 3),
        ("u_t = u_xx + u u_x", 2, 3, True, 1),
        ("u_t = u_xx", 1, 2, True, 3),
        ("u_tt = u_xx + u_yy + u^3", 1, 2, True, 6),  # translations, boosts, rotation
        ("u_t = u_x^2 + 1", 0, 1, False, 0),
        ("u_t + u u_x + w_y = 0; w_x = u_y", 0, 1, False, 3),
    ],
)
def test_counts_of_the_literature(text, order, degree, explicit, laws):
    assert count(text, order, degree, explicit) == laws


MONOMIALS = st.lists(st.sampled_from(["u", "u_x", "u_t", "u_xx", "u_xt", "x", "t"]), min_size=1, max_size=3)


@given(st.lists(MONOMIALS, min_size=1, max_size=2), st.lists(MONOMIALS, min_size=1, max_size=2))
def test_a_planted_divergence_is_seen_and_integrated(density, flux):
    equation = FieldEquations.parse("u_t + u_xxx = 0")
    naming = partial(derivative_name, ("t", "x")), partial(derivative_of, ("t", "x"))
    texts = [equation.read(" + ".join("*".join(m) for m in part)) for part in (density, flux)]
    room = equation.read("u_xxxtt")
    system, (t, x, _) = multiplier_system(
        ("u",), ("t", "x"), [*equation.expressions()], (), 4, True, naming, [*texts, room]
    )
    divergence = system.divergence((t, x))
    assert system.jets.euler(divergence, "u") == 0
    from pellucid.algebra.fields.multipliers import _homotopy

    found = _homotopy(divergence, system.jets)
    assert found is not None
    assert system.divergence(found) == divergence
    u = system.jets.generators["u"]
    assert system.jets.euler(divergence + u**2, "u") != 0


@pytest.mark.parametrize("rhs", ["u*u_x + u_xxx", "u_xxx", "u**2*u_x - 2*u_xxx", "u*u_x + u_xx", "u_x**2 + u_xxx"])
def test_evolution_equations_have_the_same_laws_by_densities(rhs):
    """Multipliers of u_t = F are the Euler derivatives of densities: two engines, one count."""
    from pellucid.discover import Densities

    evolution = Evolution.parse(f"u_t = {rhs}")
    densities = Densities(order=1, degree=3, waves=False).explain(evolution).artifact
    assert densities.dimension == count(FieldEquations.of(evolution).describe(), 2, 2)

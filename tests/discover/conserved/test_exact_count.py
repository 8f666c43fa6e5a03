"""How many densities an equation of a family conserves, counted modulo a prime."""

from fractions import Fraction

import pytest

pytest.importorskip("flint")

from pellucid.discover.conserved.densities import Densities
from pellucid.discover.conserved.exact_count import ExactCount, residues
from pellucid.subjects import Evolution
from pellucid.subjects.equations.pde_family import PdeFamily

SMALL = PdeFamily.parse("u_xxx, u*u_x, u**2*u_x, u_xx, u_x**2, u_x**3")


@pytest.fixture(scope="module")
def exact():
    return ExactCount.build(SMALL, order=2, degree=4)


@pytest.mark.parametrize("equation", ["u_t = u_xxx + 6*u*u_x", "u_t = u_xx + u*u_x", "u_t = u_x**3", "u_t = u_xxx"])
def test_counts_as_the_densities_method_does(exact, equation):
    coefficients = [Fraction(str(c)) for c in SMALL.coefficients(Evolution.parse(equation))]
    counted = exact.count(residues(coefficients))
    assert counted == Densities(order=2, degree=4).explain(Evolution.parse(equation)).artifact.dimension


def test_special_ratios_of_the_fifth_order():
    family = PdeFamily.parse("u_5x, u*u_xxx, u_x*u_xx, u**2*u_x")
    exact = ExactCount.build(family, order=2, degree=4)
    for second, third in (
        (Fraction(2), Fraction(3, 10)),
        (Fraction(1), Fraction(1, 5)),
        (Fraction(5, 2), Fraction(1, 5)),
    ):
        assert third in exact.special(residues([1, 1, second, 0]), residues([0, 0, 0, 1]))

from fractions import Fraction

import pytest

from pellucid.subjects import Evolution
from pellucid.subjects.equations.pde_family import PdeFamily


def test_the_library_of_optpde_has_33_monomials():
    family = PdeFamily.all(degree=3, order=3)
    assert len(family.monomials) == 33
    assert "u_x" not in family.monomials
    assert {"u", "u*u_x*u_xxx", "u_xxx**3"} <= set(family.monomials)


def test_there_and_back():
    family = PdeFamily.parse("u_xxx, u*u_x; u_xxxx*u**2")
    equation = family.evolution([1, Fraction(-2, 3), "a**2"], "a")
    assert equation.parameters == ("a",)
    assert [str(c) for c in family.coefficients(equation)] == ["1", "-2/3", "a**2"]
    assert family.coefficients(Evolution.parse("u_t = u*u_x"))[1] == 1


def test_weights_are_those_of_scalings():
    assert PdeFamily(("u_xxx", "u*u_x", "u**2*u_xx**3")).weights == ((1, 0, 3), (1, 1, 1), (1, 4, 6))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs monomials"),
        ("2*u", "no monomial"),
        ("v*u_x", "no monomial"),
        ("u + u_x", "no monomial"),
        ("u*u_x, u_x*u", "twice"),
        ("u_40x", "beyond"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        PdeFamily.parse(text)


def test_refuses_what_is_not_in_the_family():
    family = PdeFamily.parse("u_xxx, u*u_x")
    with pytest.raises(ValueError, match="not in the family"):
        family.coefficients(Evolution.parse("u_t = u_xx"))
    with pytest.raises(ValueError, match="2 monomials"):
        family.evolution([1])
    with pytest.raises(ValueError, match="all coefficients are 0"):
        family.evolution([0, 0])
    with pytest.raises(ValueError, match="hold no monomials"):
        PdeFamily.all(degree=0)


def test_fingerprints_differ():
    assert PdeFamily.parse("u_xxx").fingerprint() != PdeFamily.parse("u_xx").fingerprint()

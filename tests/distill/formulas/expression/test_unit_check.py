"""Units of a formula, operation by operation."""

from __future__ import annotations

import pytest

from pellucid.artifacts.formulas.formula import Formula
from pellucid.core.claim import Exhausted, Refuted
from pellucid.distill.formulas.expression.unit_check import Inconsistent, dimension_claim, unit_of
from pellucid.subjects.tables.units import units_of

NAMES = ("q", "r")
UNITS = units_of({"q": "C", "r": "m"}, "C/m^2", NAMES)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("q/r**2 + r", "adds"),
        ("exp(q)/r**2", "only a plain number"),
        ("q/r", "is in"),
        ("q**r", "only a plain number"),
        ("q/r**2*2**r", "only a plain number"),
        ("r**pi*q", "no exact number"),
    ],
)
def test_inconsistent_units_are_refuted_with_the_place(text, part):
    claim = dimension_claim(Formula(text, NAMES).sympy(), UNITS, NAMES, "D")
    assert isinstance(claim, Refuted)
    assert part in claim.counterexample


@pytest.mark.parametrize(
    "text", ["q/(4*pi*r**2)", "sqrt(q**2/r**4)", "q/r**2 + 2*sqrt(q)*sqrt(q)/r**2", "Abs(q)/r**2*sin(2*r/r)"]
)
def test_consistent_units_are_checked_in_every_operation(text):
    claim = dimension_claim(Formula(text, NAMES).sympy(), UNITS, NAMES, "D")
    assert isinstance(claim, Exhausted)
    assert claim.cases >= 2


def test_fitted_constants_may_carry_units_and_the_claim_says_so():
    expression = Formula("0.2*q*r + 3.5*exp(0.1*r)", NAMES).sympy()
    assert unit_of(expression, UNITS, NAMES) is None
    assert "3 fitted constants may carry units" in dimension_claim(expression, UNITS, NAMES, "D").statement


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Mod(r, 0.3)", "m"),  # the period has the unit of what is taken apart
        ("step(r - 2)", "1"),
        ("floor(r/3)*q", "s*A"),
        ("Min(r, 2*r)", "m"),
        ("sqrt(r**2 + r**2)", "m"),
    ],
)
def test_jumps_extremes_and_roots_have_units(text, unit):
    names = (*NAMES, "one")
    units = units_of({"q": "C", "r": "m", "one": "1"}, "1", names)
    found = unit_of(Formula(text, names).sympy(), units, names)
    assert found is not None
    assert units.text(found) == unit


def test_what_is_compared_has_one_unit():
    with pytest.raises(Inconsistent, match="adds"):
        unit_of(Formula("Max(q, r)", NAMES).sympy(), UNITS, NAMES)

"""Units: what is written is what is read."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.tables.units import SI, parse_unit, unit_text

POWERS = st.fractions(-3, 3, max_denominator=4).filter(bool)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(SI), POWERS, max_size=4))
def test_units_come_back_from_their_text(exponents):
    base = tuple(unit for unit in SI if unit in exponents)
    assert parse_unit(unit_text(base, [exponents[unit] for unit in base])) == exponents


@pytest.mark.parametrize("unit", ["kg*(m", "m^", "m/", "m^x", "§"])
def test_what_is_no_unit_is_told(unit):
    with pytest.raises(ValueError, match=r"unit .*(write|close|give)"):
        parse_unit(unit)


def test_derived_units_are_those_of_the_si():
    assert parse_unit("N*m") == parse_unit("J") == {"kg": 1, "m": 2, "s": Fraction(-2)}

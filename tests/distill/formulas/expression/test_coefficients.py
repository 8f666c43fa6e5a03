"""Coefficients as the simple numbers that laws have."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.algebra.expressions.text import parse
from pellucid.distill.formulas.expression.coefficients import snap_coefficient, table


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.0796, "1/(4*pi)"), (-0.4999, "-1/2"), (0.3990, "1/sqrt(2*pi)"), (2.0, "2"), (13.16, "4*pi**2/3")],
)
def test_coefficients_snap_to_what_laws_have(value, text):
    found = snap_coefficient(value, 5e-4 * abs(value))
    assert found is not None
    assert parse(found[2], []) == parse(text, [])


def test_a_number_far_from_every_simple_one_is_left_alone():
    assert snap_coefficient(1.2345678, 1e-9) is None
    assert snap_coefficient(0.0, 1.0) is None
    assert snap_coefficient(math.nan, 1.0) is None


def test_the_table_of_coefficients_is_sorted_and_its_texts_are_its_values():
    known = table()
    assert (np.diff(known.values) >= 0).all()
    for i in range(0, len(known.texts), 97):
        assert float(parse(known.texts[i], ())) == pytest.approx(known.values[i])

"""Poles are found where random points see none, and none is found where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts.formulas.formula import Formula
from pellucid.core.claim import Refuted, Tested
from pellucid.distill.formulas.evidence.claims import range_claims
from pellucid.distill.formulas.evidence.poles import pole_inside
from pellucid.subjects.tables.samples import Samples

POINTS = np.random.default_rng(0).uniform(-3, 3, (1000, 1))


@given(st.floats(-2.9, 2.9), st.sampled_from([1, 2, 3]), st.floats(-5, 5).filter(lambda a: abs(a) > 1e-6))
def test_a_pole_of_any_order_is_found_where_it_is(place, order, size):
    found = pole_inside(Formula(f"{size}/(x - ({place}))**{order} + x", ("x",)), POINTS)
    assert found is not None
    assert found[0] == pytest.approx(place, abs=1e-9)


@pytest.mark.parametrize("text", ["tan(x)", "x/(x**2 - 2)", "1/(exp(x) - 1)", "1/Abs(x - 0.3)", "1/(0.98 - cos(9*x))"])
def test_poles_of_other_kinds(text):
    formula = Formula(text, ("x",))
    near = pole_inside(formula, POINTS)
    assert near is not None
    assert np.abs(formula(near[None] + np.array([[1e-9], [-1e-9]]))).min() > 1e5


@pytest.mark.parametrize(
    "text",
    ["1/(x**2 + 0.1)", "1/(x - 4)", "sin(x)/x", "(exp(x) - 1)/x", "1/(1/(x - 1))", "1/(sign(x) + 0.5)", "exp(x)", "2"],
)
def test_what_has_no_pole_is_told_none(text):
    assert pole_inside(Formula(text, ("x",)), POINTS) is None


def test_a_pole_between_columns_is_on_the_line_where_they_meet():
    points = np.random.default_rng(1).uniform(0.1, 3, (1000, 2))
    found = pole_inside(Formula("x/(x - z)", ("x", "z")), points)
    assert found[0] == pytest.approx(found[1])


def test_the_claim_names_the_pole():
    x = np.linspace(-3, 3, 60)[:, None]
    table = Samples(x, 1 / (x[:, 0] - 0.5), ("x",))
    told, _ = range_claims(Formula("1/(x - 0.5)", ("x",)), table, np.random.default_rng(0))
    assert isinstance(told, Refuted)
    assert told.counterexample == "a pole at x = 0.5"
    told, _ = range_claims(Formula("1/(x - 5)", ("x",)), table, np.random.default_rng(0))
    assert isinstance(told, Tested)

"""The bank of factors, the monomials under it, and the coefficients above it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.algebra.text import parse
from pellucid.artifacts.formulas.formula import Formula
from pellucid.distill.formulas.expression.coefficients import snap_coefficient, table
from pellucid.distill.formulas.regression.bank import build_bank
from pellucid.distill.formulas.regression.monomials import MonomialSpace, exponent_bits, monomial_text, monomial_values
from pellucid.distill.formulas.regression.terms import Library, Term
from pellucid.subjects.tables.samples import Samples

NAMES = ("m", "g", "h")
UNITS = np.array([[1.0, 0, 0], [0, 1, -2], [0, 1, 0]])
ENERGY = np.array([1.0, 2, -2])


@pytest.fixture
def X():
    return np.random.default_rng(0).uniform(1, 3, (50, 3))


def test_units_leave_one_energy_of_mass_gravity_and_height():
    found = MonomialSpace(UNITS).simplest(ENERGY, 10)
    assert [monomial_text(NAMES, row) for row in found] == ["m*g*h"]


def test_every_monomial_has_the_unit_and_they_are_simplest_first():
    units = np.array([[1.0, 0], [0, 1], [1, -1], [0, 0], [1, 0]])
    target = np.array([1.0, -2.0])
    found = MonomialSpace(units, halves=True).simplest(target, 200)
    assert len(found) == 200
    assert np.allclose(found @ units, target)
    assert len(np.unique(found, axis=0)) == 200
    assert (np.diff(exponent_bits(found, 5)) >= -1e-12).all()


def test_without_units_every_monomial_is_allowed_and_the_empty_one_comes_first():
    found = MonomialSpace(np.zeros((2, 0))).simplest(np.zeros(0), 30)
    assert not found[0].any()
    assert len(found) == 30


def test_an_unreachable_unit_has_no_monomial():
    assert len(MonomialSpace(np.array([[1.0, 0.0]])).simplest(np.array([0.0, 1.0]), 10)) == 0


def test_monomials_text_is_their_value(X):
    for row in MonomialSpace(np.zeros((3, 0)), halves=True).simplest(np.zeros(0), 60):
        assert Formula(monomial_text(NAMES, row), NAMES)(X) == pytest.approx(monomial_values(X, row[None])[:, 0])


def test_factors_are_finite_simplest_first_and_what_their_texts_say(X):
    bank = build_bank(X, NAMES, np.zeros((3, 0)), 400, 20)
    assert np.isfinite(bank.values).all()
    assert (np.diff(bank.bits) >= 0).all()
    for i in range(0, len(bank.texts), 17):
        assert Formula(bank.texts[i], NAMES)(X) == pytest.approx(bank.values[:, i], rel=1e-9)


def test_factors_keep_to_the_units(X):
    bank = build_bank(X, NAMES, np.array([[1.0, 0], [0, 1], [0, 1]]), 500, 20)
    assert not any("(m+g)" in text or "(m-h)" in text for text in bank.texts)
    assert bank.units[bank.texts.index("1/(g-h)")].tolist() == [0.0, -1.0]
    assert not bank.units[bank.texts.index("exp((g/h))")].any()


def test_a_term_is_a_monomial_times_factors(X):
    library = Library(Samples(X, X[:, 0] * X[:, 1], NAMES), 200, 10, 50)
    term = Term((), 2, (5,))
    assert Formula(library.text(term, "3/2"), NAMES)(X) == pytest.approx(1.5 * library.values(term))


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

"""Exponents by ordinary least squares, against SciPy's, up to the last row that leaves an error to be told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import linregress

from pellucid.artifacts import Formula
from pellucid.distill.formulas.evidence.exponents import exponent_claims
from pellucid.subjects.tables.samples import Samples

SQUARE = Formula("x**2", ("x",))


def noisy(rows: int, seed: int = 0) -> Samples:
    generator = np.random.default_rng(seed)
    x = generator.uniform(1, 3, rows)
    return Samples(x, x**2 * np.exp(0.1 * generator.normal(size=rows)), ("x",))


@settings(max_examples=25, deadline=None)
@given(rows=st.integers(3, 12), seed=st.integers(0, 10_000))
def test_value_and_standard_error_are_those_of_a_straight_line(rows, seed):
    samples = noisy(rows, seed)
    (claim,) = exponent_claims(SQUARE, samples)
    line = linregress(np.log(samples.X[:, 0]), np.log(samples.y))
    assert claim.value == pytest.approx(line.slope, rel=1e-9)
    assert claim.uncertainty == pytest.approx(line.stderr, rel=1e-6)
    assert claim.key == "exponent"


def test_the_error_of_several_exponents_is_over_the_rows_left_by_all_of_them_and_the_factor():
    generator = np.random.default_rng(1)
    X = generator.uniform(1, 3, (5, 2))
    samples = Samples(X, X[:, 0] * X[:, 1] * np.exp(0.1 * generator.normal(size=5)), ("a", "b"))
    A = np.column_stack([np.ones(5), np.log(X)])
    rest = np.log(samples.y) - A @ np.linalg.solve(A.T @ A, A.T @ np.log(samples.y))
    expected = np.sqrt(rest @ rest / 2 * np.diag(np.linalg.inv(A.T @ A)))[1:]  # 5 rows, 3 coefficients: 2 left over
    claims = exponent_claims(Formula("a*b", ("a", "b")), samples)
    assert {claim.statement.split()[2]: claim.uncertainty for claim in claims} == pytest.approx(
        dict(zip("ab", expected, strict=True)), rel=1e-9
    )


def test_where_no_row_is_left_over_nothing_is_told():
    assert exponent_claims(SQUARE, noisy(2)) == []
    assert len(exponent_claims(SQUARE, noisy(3))) == 1


@pytest.mark.parametrize("text", ["x**2 + 1", "exp(x)", "x**x", "sin(x)", "3", "(x + 1)**2"])
def test_what_is_no_product_of_powers_has_no_exponents(text):
    assert exponent_claims(Formula(text, ("x",)), noisy(9)) == []


def test_negative_numbers_have_no_logarithm():
    samples = noisy(9)
    assert exponent_claims(SQUARE, Samples(samples.X, -samples.y, ("x",))) == []
    assert exponent_claims(SQUARE, Samples(samples.X - 2, samples.y, ("x",))) == []

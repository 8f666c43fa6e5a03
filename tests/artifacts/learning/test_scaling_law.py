"""The law as an artifact: its value, its optimum, its intervals, and the words it is told in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts import ScalingLaw
from pellucid.artifacts.learning.scaling_form import compute_optimum, log_loss, slopes
from pellucid.artifacts.learning.scaling_text import allocation_rows, family_rows, remarks_on, short


def law(variables=2, budget=6e20):
    first = [np.log(100), np.log(100) if variables == 2 else -np.inf, np.log(2), 0.3, 0.3, 1.0]
    parameters = np.array([first, first])
    return ScalingLaw(
        ("free", "equal"), ("", ""), ("N", "D")[:variables], parameters, np.array([1.0, 2.0]), np.full(2, 0.01),
        np.array([2.0, 1.0]), np.array([[0.1], [0.2]]), np.array([1e19]), np.array([True, True]),
        np.repeat(parameters, 5, 0), np.repeat([0, 1], 5), np.full((3, variables), 1e9), np.array([2.5, 2.4, 2.3]),
        np.array([1e18, 1e19, 1e20]), budget=budget,
    )  # fmt: skip


@given(st.floats(0.1, 1), st.floats(0.1, 1), st.floats(0.2, 1), st.floats(13, 22), st.floats(18, 27))
def test_slopes_are_those_of_the_loss(alpha, beta, gamma, n, d):
    at = np.array([[3.0, 4.0, 0.5, alpha, beta, gamma]])
    sizes = np.array([n]), np.array([d])
    _, given_slopes = slopes(at, *sizes)
    for place in range(6):
        step = np.zeros((1, 6))
        step[0, place] = 1e-6
        measured = (log_loss(at + step, *sizes) - log_loss(at - step, *sizes)) / 2e-6
        assert given_slopes[0, 0, place] == pytest.approx(measured[0, 0], abs=1e-6)


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(18, 26))
def test_no_other_split_of_the_compute_is_better_than_the_optimum(alpha, beta, exponent):
    at, compute = np.array([[6.0, 7.0, 0.5, alpha, beta, 1.0]]), 10**exponent
    n, d = compute_optimum(at, compute)
    assert 6 * n[0] * d[0] == pytest.approx(compute)
    best = log_loss(at, np.log(n), np.log(d))[0, 0]
    for factor in (0.5, 0.9, 1.1, 2.0):
        assert log_loss(at, np.log(n * factor), np.log(d / factor))[0, 0] >= best


def test_a_term_that_is_missing_leaves_no_optimum():
    assert np.isnan(compute_optimum(np.array([[3.0, -np.inf, 0.0, 0.3, 0.0, 1.0]]), 1e20)[0][0])
    assert not list(law(variables=1).allocations())


def test_the_interval_widens_as_backtests_say():
    centre, low, high = law().predict([1e10], [1e10])
    _, low2, high2 = law().predict([1e10], [1e10], family=1)
    assert np.log(high / low) == pytest.approx(2 * np.log(high2 / low2))
    assert low < centre < high
    assert law()(np.array([1e10]), np.array([1e10])) == pytest.approx(centre)


def test_at_the_ends_of_the_flat_band_the_loss_is_one_per_cent_more():
    first = next(law().allocations())
    for n in first.flat:
        assert law()([n], [6e20 / 6 / n])[0] == pytest.approx(1.01 * first.loss, rel=1e-3)


def test_sizes_that_are_missing_or_not_positive_are_refused():
    with pytest.raises(ValueError, match="give 2 of them"):
        law()(np.array([1e9]))
    with pytest.raises(ValueError, match="not positive"):
        law()([0.0], [1e9])


def test_what_is_said_in_words():
    assert law().equation() == "2 + 100 N^-0.3 + 100 D^-0.3"
    assert law(1).equation() == "2 + 100 N^-0.3"
    assert [row[0] for row in family_rows(law())] == ["free *", "equal *"]
    assert allocation_rows(law())[0][:2] == ("free", "10B (10B to 10B)")
    assert any("6 times" in line for line in remarks_on(law()))
    assert short(999.0) == "999"

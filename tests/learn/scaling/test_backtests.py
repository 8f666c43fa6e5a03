"""Backtests: cuts in the direction of use, the choice of a family, and what widens an interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts.learning.scaling_form import log_loss
from pellucid.learn.scaling.backtests import Backtest, Choice, choose, cuts_of
from pellucid.learn.scaling.families import FAMILIES, families_of
from pellucid.learn.scaling.fitting import Problem

N, D = (np.log(grid.ravel()) for grid in np.meshgrid(np.geomspace(1e6, 1e9, 6), np.geomspace(1e8, 1e11, 6)))
COMPUTE = 6 * np.exp(N + D)


def noisy(family, free, seed=0):
    full = FAMILIES[family].full(np.array([free]))
    return Problem(N, D, log_loss(full, N, D)[0] + np.random.default_rng(seed).normal(0, 1e-3, len(N)))


@given(st.lists(st.floats(1, 1e6), min_size=4, max_size=40), st.integers(1, 8), st.integers(2, 8))
def test_each_cut_leaves_enough_below_and_two_above(compute, count, fewest):
    values = np.array(compute)
    for cut in cuts_of(values, count, fewest):
        assert (values < cut).sum() >= fewest
        assert (values >= cut).sum() >= 2


def test_a_family_that_made_the_runs_is_tolerated_and_a_law_without_floor_is_not():
    choice = choose(families_of(2), noisy("equal", [6.0, 7.0, 0.6, 0.34]), COMPUTE)
    names = [family.name for family in choice.families]
    assert choice.tolerated[names.index("equal")]
    assert not choice.tolerated[names.index("free without floor")]
    assert choice.score[choice.order[0]] == choice.score.min()


def test_what_forecasts_worse_than_it_expected_is_widened():
    honest = Backtest(np.array([0.1, -0.1, 0.2, 0.3, -0.5]), np.full(5, 0.2))
    assert Backtest(3 * honest.residual, honest.expected).ratio == pytest.approx(3 * honest.ratio)
    ratios = np.array([[0.5, 2.0, 1.0], [0.2, 0.1, 0.3]])
    choice = Choice(families_of(1), np.arange(3.0), np.ones((2, 3)), ratios)
    assert choice.widening.tolist() == [2.0, 1.0]

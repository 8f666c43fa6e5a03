"""Curves: each form where it is the truth, and a line where nothing speaks for more."""

import numpy as np
import pytest

from pellucid.oversee.scaling.curves import FORMS, fit_curve, weights_of

X = np.linspace(1100, 1380, 13)


@pytest.mark.parametrize(("low", "high", "form"), [(0, 9e9, "line"), (0, 1300, "cut above"), (1150, 9e9, "cut below"),
                                                   (1170, 1310, "double ReLU")])  # fmt: skip
def test_the_form_that_is_there_has_the_lowest_score(low, high, form):
    y = 2 * np.clip(X, low, high) + np.random.default_rng(1).normal(0, 4, len(X))
    scores = {name: fit_curve(X, y, np.ones(len(X)), name)[1] for name in FORMS}
    assert min(scores, key=lambda name: scores[name]) == form


def test_plateaus_of_falling_curves_are_on_the_right_side():
    curve, _ = fit_curve(X, -np.clip(X, 1150, 1300), np.ones(len(X)), "double ReLU", places=57)
    assert curve(np.array([1000.0, 1500.0])) == pytest.approx([-1150, -1300], abs=8)


def test_one_general_rating_is_flat():
    curve, score = fit_curve(np.full(5, 1200.0), np.arange(5.0), np.ones(5), "line")
    assert curve(np.array([900.0])) == pytest.approx([2.0])
    assert np.isfinite(score)
    assert weights_of(np.array([np.inf, 1.0])).round(9).tolist() == [0.0, 1.0]

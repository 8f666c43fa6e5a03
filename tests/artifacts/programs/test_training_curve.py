"""Curves of training: how it ended, and what does not fit is refused."""

import pytest

from pellucid.artifacts import TrainingCurve


def test_it_says_how_it_ended():
    assert TrainingCurve([1000], [0.25], [0.99996]).describe() == "1,000 steps; ended at loss 0.25, accuracy 99.996 %"


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        TrainingCurve([1, 2], [1.0], [1.0])
    with pytest.raises(ValueError, match="chosen=3 is no member"):
        TrainingCurve([1], [1.0], [1.0], chosen=3)

"""Runs from which no law can be told are refused, in one line with the remedy."""

import numpy as np
import pytest

from pellucid.subjects import ScalingRuns

N, D = (grid.ravel() for grid in np.meshgrid([1e6, 1e7, 1e8], [1e8, 1e9, 1e10]))
SIZES = np.stack([N, D], 1)
LOSS = 2 + 90 * N**-0.3 + 900 * D**-0.4


def test_compute_is_six_n_d_or_what_is_given():
    assert ScalingRuns(SIZES, LOSS).per_token == 6.0
    assert ScalingRuns(SIZES, LOSS, compute=8 * N * D).per_token == pytest.approx(8.0)
    assert ScalingRuns(SIZES, LOSS).select(np.arange(9)).fingerprint() == ScalingRuns(SIZES, LOSS).fingerprint()


@pytest.mark.parametrize(
    ("sizes", "loss", "message"),
    [
        (SIZES[:4], LOSS[:4], "rows=4 are too few"),
        (SIZES, np.append(LOSS[:-1], np.nan), r"loss: row 8 \(nan\)"),
        (SIZES, np.append(LOSS[:-2], [0.0, -1.0]), r"loss: 2 rows, the first 7"),
        (-SIZES, LOSS, "sizes: 9 rows, the first 0"),
        (np.stack([N, N * 20], 1), LOSS, "vary together"),
        (np.stack([N, np.full(9, 1e9)], 1), LOSS, "D has fewer than 3"),
        (SIZES, np.ones(9), "the loss is 1 in every run"),
        (SIZES, LOSS[:3], "give"),
        (np.ones((9, 3)), LOSS, "give"),
        (SIZES, ["a"] * 9, "no numbers"),
    ],
)
def test_what_says_nothing_is_refused(sizes, loss, message):
    with pytest.raises(ValueError, match=message):
        ScalingRuns(sizes, loss)

"""Linear readouts compute W x + b, tell classes, and refuse shapes that do not fit."""

import numpy as np
import pytest

from pellucid.artifacts.features.linear_readout import LinearReadout


def test_one_number_for_each_name():
    found = LinearReadout(np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 3.0]]), np.array([0.5, -1.0]), ("a", "b"))
    assert found([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]).tolist() == [[3.5, 2.0], [0.5, -1.0]]
    assert found.describe() == "linear readout of a, b from width 3"
    assert (
        LinearReadout(np.eye(2), np.ones(2), ("a", "b"), of_classes=True).describe().startswith("linear readout of 2 c")
    )


@pytest.mark.parametrize(("weights", "offsets"), [((2, 3), 2), ((1, 3), 2), ((3,), 1)])
def test_shapes_that_do_not_fit_are_refused(weights, offsets):
    with pytest.raises(ValueError, match="for 1 names"):
        LinearReadout(np.ones(weights), np.ones(offsets), ("a",))

"""Arrays in files: the same come back, and a file that is damaged or missing is named."""

import numpy as np
import pytest

from pellucid.artifacts import Network, StateCloud, TrainingCurve
from pellucid.artifacts.tensor_file import load_tensors, save_tensors

ARTIFACTS = [
    (Network({"w": np.ones((2, 3), np.float32)}, {"hidden_size": 2}, "mine"), "network"),
    (TrainingCurve(np.array([0, 10]), np.ones((2, 4)), np.full((2, 4), 0.5), chosen=2), "training_curve"),
    (StateCloud(np.zeros((5, 2)), np.array([0, 1, 1, 2, 0]), 0.9, "carry"), "state_cloud"),
]


def test_the_same_arrays_come_back():
    arrays = {"a": np.arange(6).reshape(2, 3), "b": np.array(2.5)}
    again = load_tensors({"x.safetensors": save_tensors(arrays)}, "x.safetensors")
    assert all(
        np.array_equal(again[name], value) and again[name].dtype == value.dtype for name, value in arrays.items()
    )


@pytest.mark.parametrize(("artifact", "name"), ARTIFACTS, ids=[name for _, name in ARTIFACTS])
def test_damaged_and_missing_files_are_named(artifact, name):
    with pytest.raises(ValueError, match=f"{name}.safetensors is damaged"):
        type(artifact).from_dict(artifact.to_dict(), {f"{name}.safetensors": b"x"})
    with pytest.raises(ValueError, match=f"{name}.safetensors is missing"):
        type(artifact).from_dict(artifact.to_dict(), {})

"""Artifacts made of arrays survive being written, and say what is missing."""

import json

import numpy as np
import pytest

from pellucid.artifacts.features.circle import Circle
from pellucid.artifacts.features.criteria import Criteria
from pellucid.artifacts.features.direction import Direction
from pellucid.artifacts.features.feature_clusters import FeatureClusters
from pellucid.artifacts.features.helix import Helix
from pellucid.artifacts.features.linear_readout import LinearReadout
from pellucid.artifacts.features.probe_parts import ProbePredictions, SparseScores, TransferMatrix

ONE, TWO = np.ones(2), np.arange(6.0).reshape(2, 3)
ARTIFACTS = [
    Direction(np.array([1.0, 2.0]), 0.5, "cities", gap=3.0),
    LinearReadout(TWO, ONE, ("a", "b"), "places", 0.1),
    ProbePredictions(TWO, TWO + 1, ("a", "b", "c")),
    TransferMatrix(np.eye(2), ("a", "b")),
    SparseScores(ONE, ONE / 2, np.arange(4), ONE, (1, 4), ("all", "words")),
    Circle(np.zeros(3), TWO, TWO, TWO, ONE, ("a", "b")),
    Helix(np.zeros(3), np.ones((3, 3)), TWO, np.arange(2.0), np.ones((2, 2)), (10.0,), 9.0),
    FeatureClusters(np.arange(5), ONE, ONE, ONE, ONE, np.full((2, 4, 2), np.nan), (3, 2), 40),
    Criteria("g", (("predictable", 0.5, 0.1, True), ("correlated", 0.0, 0.1, False)), ("g",)),
]


@pytest.mark.parametrize("artifact", ARTIFACTS, ids=lambda artifact: artifact.kind)
def test_survives_writing(artifact):
    data = json.loads(json.dumps(artifact.to_dict()))
    again = type(artifact).from_dict(data, artifact.files())
    assert again == artifact
    assert again != "something else"
    assert again.describe() == artifact.describe()
    assert all(name.startswith(artifact.kind) for name in artifact.files())


def test_an_array_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="has no 'vector'"):
        Direction.from_dict({"offset": 0.0, "label": "x"}, {})

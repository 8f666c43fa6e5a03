"""Weights of a network: the same arrays give the same bytes, and they survive a folder."""

import json

import numpy as np
import pytest

from pellucid.artifacts import Network, StateCloud, TrainingCurve
from pellucid.core import Finding, Provenance, load_finding

NETWORK = Network({"w": np.ones((2, 3), np.float32), "scale": np.float32(2)}, {"hidden_size": 2, "kind": "GRU"}, "mine")


def test_parts_of_a_finding_survive_a_folder(tmp_path):
    curve = TrainingCurve(np.array([0, 10, 20]), np.ones((3, 4)), np.full((3, 4), 0.5), chosen=2)
    cloud = StateCloud(np.zeros((5, 2)), np.array([0, 1, 1, 2, 0]), 0.9, "carry")
    finding = Finding(cloud, (), Provenance("MIPS", {}, 0, "abc"), {"network": NETWORK, "training": curve})
    loaded = load_finding(finding.save(tmp_path / "out"))
    assert np.array_equal(loaded.parts["network"].weights["w"], NETWORK.weights["w"])
    assert loaded.parts["network"].weights["scale"].shape == ()
    assert loaded.parts["network"].shape == NETWORK.shape
    assert loaded.parts["training"].chosen == 2
    assert np.array_equal(loaded.artifact.states, cloud.states)
    assert loaded.to_dict() == finding.to_dict()


def test_the_same_arrays_give_the_same_bytes_and_the_file_tells_its_shape():
    assert NETWORK.files() == Network(dict(NETWORK.weights), dict(NETWORK.shape)).files()
    content = NETWORK.files()["network.safetensors"]
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert json.loads(header["__metadata__"]["shape"]) == NETWORK.shape


def test_it_describes_itself():
    assert NETWORK.describe() == "mine, hidden size 2, 7 parameters"


def test_what_is_no_weight_is_refused():
    with pytest.raises(ValueError, match="weights is empty"):
        Network({})
    with pytest.raises(ValueError, match="has dtype"):
        Network({"w": np.array(["a"])})

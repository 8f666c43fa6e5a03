"""Networks, training curves and state clouds: what they say, and that they survive a folder."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pellucid.artifacts import Network, StateCloud, TrainingCurve
from pellucid.core import Finding, Provenance, load_finding
from pellucid.core.artifact import KINDS

NETWORK = Network({"w": np.ones((2, 3), np.float32), "scale": np.float32(2)}, {"hidden_size": 2, "kind": "GRU"}, "mine")
CURVE = TrainingCurve(np.array([0, 10, 20]), np.ones((3, 4)), np.full((3, 4), 0.5), chosen=2)
CLOUD = StateCloud(np.zeros((5, 2)), np.array([0, 1, 1, 2, 0]), 0.9, "carry")


def test_every_kind_is_registered_under_its_name():
    assert {"program", "automaton", "network", "training-curve", "state-cloud", "formula", "front"} <= set(KINDS)
    assert all(KINDS[kind].kind == kind for kind in KINDS)


def test_they_survive_a_folder(tmp_path):
    parts = {"network": NETWORK, "training": CURVE}
    finding = Finding(CLOUD, (), Provenance("MIPS", {}, 0, "abc"), parts)
    loaded = load_finding(finding.save(tmp_path / "out"))
    assert np.array_equal(loaded.parts["network"].weights["w"], NETWORK.weights["w"])
    assert loaded.parts["network"].weights["scale"].shape == ()
    assert loaded.parts["network"].shape == NETWORK.shape
    assert loaded.parts["training"].chosen == 2
    assert np.array_equal(loaded.artifact.states, CLOUD.states)
    assert loaded.to_dict() == finding.to_dict()


def test_the_same_arrays_give_the_same_bytes_and_the_file_tells_its_shape():
    assert NETWORK.files() == Network(dict(NETWORK.weights), dict(NETWORK.shape)).files()
    content = NETWORK.files()["network.safetensors"]
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert json.loads(header["__metadata__"]["shape"]) == NETWORK.shape


def test_they_describe_themselves():
    assert NETWORK.describe() == "mine, hidden size 2, 7 parameters"
    assert TrainingCurve([1000], [0.25], [0.99996]).describe() == "1,000 steps; ended at loss 0.25, accuracy 99.996 %"
    assert CLOUD.describe() == "5 hidden states, carry takes 3 values; the plane keeps 90.0 % of the variance"


def test_damaged_files_are_named():
    for artifact, name in ((NETWORK, "network"), (CURVE, "training_curve"), (CLOUD, "state_cloud")):
        with pytest.raises(ValueError, match=f"{name}.safetensors is damaged"):
            type(artifact).from_dict(artifact.to_dict(), {f"{name}.safetensors": b"x"})
        with pytest.raises(ValueError, match=f"{name}.safetensors is missing"):
            type(artifact).from_dict(artifact.to_dict(), {})


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="weights is empty"):
        Network({})
    with pytest.raises(ValueError, match="has dtype"):
        Network({"w": np.array(["a"])})
    with pytest.raises(ValueError, match="do not fit"):
        TrainingCurve([1, 2], [1.0], [1.0])
    with pytest.raises(ValueError, match="chosen=3 is no member"):
        TrainingCurve([1], [1.0], [1.0], chosen=3)
    with pytest.raises(ValueError, match="do not fit"):
        StateCloud(np.zeros((3, 3)), np.zeros(3))
    with pytest.raises(ValueError, match="NaN"):
        StateCloud(np.full((1, 2), np.nan), np.zeros(1))
    with pytest.raises(ValueError, match="NaN"):
        StateCloud.from_states(np.full((1, 2), np.inf), np.zeros(1))


def test_a_cloud_keeps_rare_states_and_finds_the_plane():
    generator = np.random.default_rng(0)
    hidden = generator.normal(size=(10_000, 3)) * [1, 5, 0.01]
    labels = np.zeros(10_000, dtype=int)
    labels[:7] = 1
    cloud = StateCloud.from_states(hidden, labels, limit=100, generator=generator)
    assert len(cloud.points) == 100
    assert (cloud.states == 1).sum() == 7
    assert cloud.explained > 0.999
    assert cloud.points[:, 0].std() > 4 * cloud.points[:, 1].std() / 2


def test_a_cloud_of_one_dimension_or_one_place_is_flat():
    line = StateCloud.from_states(np.array([[0.0], [2.0]]), np.array([0, 1]))
    assert line.points.tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    place = StateCloud.from_states(np.ones((4, 3)), np.zeros(4))
    assert not place.points.any()
    assert place.explained == 1.0

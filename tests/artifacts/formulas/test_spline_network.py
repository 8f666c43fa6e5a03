"""Saved spline networks: they run without torch, survive a folder, and say what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pellucid.artifacts import SplineNetwork
from pellucid.core import Finding, Provenance, load_finding
from pellucid.nets import KAN, kan_from


def saved(widths, grid_size=5, base=True, **fields):
    network = KAN(widths, grid_size, base=base, dtype=torch.float64)
    network.layers[0].mask[0, 0] = 0
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    return network, SplineNetwork(weights, network.spec(), **fields)


@pytest.mark.parametrize("base", [True, False])
def test_it_computes_what_the_network_computes(base):
    network, artifact = saved([3, (2, 1), 2], [4, 6], base)
    X = 3 * np.random.default_rng(0).standard_normal((100, 3))
    with torch.no_grad():
        expected = network(torch.as_tensor(X)).numpy()
    assert np.abs(artifact(X) - expected).max() < 1e-12
    assert np.isfinite(artifact(np.full((1, 3), -1e30))).all()
    again = kan_from(artifact.shape, artifact.weights)
    assert torch.equal(again(torch.as_tensor(X)), network(torch.as_tensor(X)))


def test_it_survives_a_folder(tmp_path):
    _, artifact = saved([2, (1, 1), 1], description="mine", edges={(0, 1, 2): "sin(x)"})
    finding = Finding(artifact, (), Provenance("KANFormula", {}, 0, "abc"), {})
    loaded = load_finding(finding.save(tmp_path / "out")).artifact
    assert loaded.edges == {(0, 1, 2): "sin(x)"}
    assert loaded.describe() == artifact.describe()
    assert np.array_equal(loaded([[0.1, 0.2]]), artifact([[0.1, 0.2]]))


def test_it_describes_itself():
    _, artifact = saved([2, (1, 1), 1], [4, 6], description="mine")
    # Of 2 x 3 + 2 x 1 edges one is off: 5 of 4 + 3 + 1 numbers and 2 of 6 + 3 + 1.
    text = "mine, spline network 2 to (1 sums, 1 products) to 1 on 4, 6 cells, 7 edges, 60 parameters"
    assert artifact.describe() == text


def test_what_does_not_fit_is_refused():
    _, artifact = saved([2, 1])
    with pytest.raises(ValueError, match="shape has no base"):
        SplineNetwork(artifact.weights, {"widths": [2, 1], "grid_sizes": [5]})
    with pytest.raises(ValueError, match=r"layers\.0\.coefficients'\] is of shape"):
        SplineNetwork(artifact.weights, {"widths": [2, 1], "grid_sizes": [6], "base": True})
    with pytest.raises(ValueError, match=r"layers\.1\.coefficients'\] is missing"):
        SplineNetwork(artifact.weights, {"widths": [2, 1, 1], "grid_sizes": [5, 5], "base": True})
    with pytest.raises(ValueError, match="give \\(layer, input, output\\)"):
        SplineNetwork(artifact.weights, artifact.shape, edges={(0, 2, 0): "x"})
    with pytest.raises(ValueError, match="give rows of 2 numbers"):
        artifact([[1.0]])

"""A smooth function through a table: its gradients, its own doubt, and networks in its place."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.distill.formulas.evolution.surrogate import fit_surrogate, network_surrogate
from pellucid.nets.splines.kan import KAN
from pellucid.subjects.tables.samples import Samples


def table(function, features, noise=0.0, rows=400):
    generator = np.random.default_rng(0)
    X = generator.uniform(1, 3, (rows, features))
    y = function(*X.T)
    y = y + noise * np.sqrt(np.mean(y**2)) * generator.standard_normal(rows)
    return Samples(X, y, tuple("abcdef"[:features]))


def test_gradients_of_the_surrogate_are_as_good_as_it_says():
    samples = table(lambda a, b: np.sin(a) * b, 2, noise=0.02)
    surrogate = fit_surrogate(samples)
    _, slopes = surrogate(samples.X)
    a, b = samples.X.T
    wrong = np.abs(slopes - np.stack([np.cos(a) * b, np.sin(a)], 1))
    assert np.median(wrong) < 5 * np.median(np.abs(surrogate.doubt(samples.X)[1]))
    assert surrogate.error == pytest.approx(0.02 * np.sqrt(np.mean(samples.y**2)) / samples.y.std(), rel=0.2)


def test_the_same_seed_gives_the_same_surrogate():
    samples = table(lambda a, b: a / b, 2, noise=0.1)
    first, second = (fit_surrogate(samples, 3)(samples.X) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="at least 8"):
        fit_surrogate(Samples(np.ones((3, 1)) * [[1], [2], [3]], [1.0, 2.0, 4.0]))


def test_networks_serve_as_surrogates():
    import torch

    generator = torch.Generator().manual_seed(0)
    network = KAN([2, 1], dtype=torch.float64, generator=generator)
    surrogate = network_surrogate(network, network)
    X = np.random.default_rng(0).uniform(-1, 1, (5, 2))
    value, slope = surrogate(X)
    step = np.array([1e-6, 0.0])
    assert np.allclose((surrogate(X + step)[0] - value) / 1e-6, slope[:, 0], atol=1e-4)
    assert not surrogate.doubt(X)[1].any()

import numpy as np
import pytest

from pellucid.distill.formulas.evidence.residual import residual_structure


@pytest.mark.parametrize("features", [1, 3, 8])
def test_noise_is_noise(features):
    verdicts = []
    for seed in range(12):
        generator = np.random.default_rng(seed)
        X = generator.uniform(1, 5, (500, features))
        verdicts.append(residual_structure(X, generator.normal(size=500), generator).is_noise)
    assert sum(verdicts) >= 10  # one in forty is taken for structure by chance


@pytest.mark.parametrize(
    "missed",
    [lambda X: X[:, 0] * X[:, 1], lambda X: np.sin(2 * X[:, 0]), lambda X: X[:, 1] ** 3, lambda X: 1 / X[:, 0]],
)
def test_structure_is_seen_below_the_noise(missed):
    generator = np.random.default_rng(0)
    X = generator.uniform(0.5, 3, (800, 3))
    signal = missed(X) - missed(X).mean()
    found = residual_structure(X, signal / signal.std() * 0.3 + generator.normal(size=800), generator)
    assert not found.is_noise


def test_nothing_missed_is_nothing_left():
    X = np.random.default_rng(0).uniform(size=(50, 2))
    assert residual_structure(X, np.zeros(50), np.random.default_rng(0)).is_noise


def test_the_same_generator_gives_the_same_answer():
    X = np.random.default_rng(0).uniform(size=(200, 2))
    r = np.random.default_rng(1).normal(size=200)
    assert residual_structure(X, r, np.random.default_rng(2)) == residual_structure(X, r, np.random.default_rng(2))

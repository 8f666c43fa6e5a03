"""Roles of columns where they are known, and what theory says of the credit that methods give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from pellucid.core import Measured
from pellucid.jobs.subjects.table_models import modelled
from pellucid.look import ImportanceAudit
from pellucid.look.importance.association import association, noise_of
from pellucid.look.importance.attributions import gradients, pattern, shapley
from pellucid.subjects import Modelled, Samples

QUICK = ImportanceAudit(draws=3, rows=40)


def cancelled(rows=1500, correlation=0.8, scale=0.5, seed=0):
    generator = np.random.default_rng(seed)
    z = generator.choice([0.0, 1.0], rows)
    covariance = [[0.64, 0.8 * correlation * scale], [0.8 * correlation * scale, scale**2]]
    noise = generator.multivariate_normal([0, 0], covariance, rows)
    return Samples(np.stack([2 * z - 1 + noise[:, 0], noise[:, 1]], 1), z, ("x1", "x2"))


@settings(max_examples=6)
@given(st.sampled_from([-0.9, -0.7, 0.7, 0.9]), st.sampled_from([1e-3, 0.5, 1e3]), st.integers(0, 1000))
def test_a_suppressor_whatever_its_scale_and_sign(correlation, scale, seed):
    samples, weight = cancelled(correlation=correlation, scale=scale, seed=seed), -correlation * 0.8 / scale
    slope = 2 / (0.64 * (1 - correlation**2))

    def bayes(X):
        one = 1 / (1 + np.exp(-slope * (X[:, 0] + weight * X[:, 1])))
        return np.stack([1 - one, one], 1)

    found = QUICK.explain(Modelled(samples, bayes, np.ones(len(samples.y), bool))).artifact
    assert found.roles == ("informative", "suppressor")
    assert found.partners == ("", "x1")


def test_credit_is_that_of_theory_for_the_linear_model():
    """Bayes weights are (1, -c s1 / s2), the gradient's share follows; Cov(x) w has second entry 0."""
    samples = cancelled(rows=20_000)
    subject = Modelled(samples, lambda X: X @ np.array([1, -0.8 * 0.8 / 0.5]), np.ones(20_000, bool))
    spread = np.array([np.sqrt(1 + 0.64), 0.5])
    wanted = np.array([1, 1.28]) * spread
    assert np.allclose(gradients(subject.scores, samples.X, 0.25), wanted, rtol=0.02)
    found = pattern(subject.scores, samples.X)
    assert found[1] / found.sum() < 0.02


def test_shapley_values_of_a_linear_model_are_its_centred_terms():
    generator = np.random.default_rng(0)
    X, weights = generator.normal(size=(300, 3)), np.array([2.0, -1.0, 0.0])
    found = shapley(lambda rows: (rows @ weights)[:, None], X, 300, 400, np.random.default_rng(1))
    assert np.allclose(found, np.abs((X - X.mean(0)) * weights).mean(0), atol=0.1)


def test_an_exclusive_or_interacts_and_is_no_suppressor():
    generator = np.random.default_rng(0)
    a, b = generator.choice([0.0, 1.0], (2, 1200))
    samples = Samples(np.stack([a, b, generator.normal(size=1200)], 1), (a != b) * 1.0, ("a", "b", "c"))
    exact = Modelled(
        samples, lambda X: np.stack([X[:, 0] == X[:, 1], X[:, 0] != X[:, 1]], 1) * 0.98 + 0.01, np.ones(1200, bool)
    )
    found = QUICK.explain(exact).artifact
    assert found.roles == ("interacting", "interacting", "unused")
    assert found.partners == ("b", "a", "")


def test_claims_stand_beside_their_baselines():
    found = QUICK.explain(modelled(cancelled(rows=4000)))
    for claim in found.claims:
        assert isinstance(claim, Measured)
        assert claim.baseline is not None
    assert found.measured("suppressed permutation") > 0.1
    assert found.claim("suppressed permutation").baseline < 0.07
    assert found.claim("loss").value < found.claim("loss").baseline


def test_p_values_of_unrelated_columns_are_even():
    generator = np.random.default_rng(0)
    values = [association(*generator.normal(size=(2, 400))).p_value for _ in range(200)]
    assert kstest(values, "uniform").pvalue > 0.001


def test_what_is_detectable_is_detected_in_four_of_five_samples():
    """Of two coins that agree more often than not, so much that the information is what `detectable` says."""
    generator = np.random.default_rng(1)
    least = association(*generator.choice([0.0, 1.0], (2, 400))).detectable(0.05)
    agree = min(np.linspace(0.5, 0.7, 401), key=lambda p: abs(1 + p * np.log2(p) + (1 - p) * np.log2(1 - p) - least))
    coins = generator.choice([0.0, 1.0], (300, 400))
    others = np.where(generator.random(coins.shape) < agree, coins, 1 - coins)
    found = np.mean([association(a, b).p_value < 0.05 for a, b in zip(coins, others, strict=True)])
    assert found == pytest.approx(0.8, abs=0.07)


def test_noise_is_what_y_does_not_tell():
    generator = np.random.default_rng(0)
    y, noise = generator.normal(size=(2, 5000))
    assert np.corrcoef(noise_of(3 * y + noise, y), noise)[0, 1] > 0.98


@pytest.mark.parametrize(
    ("predict", "said"),
    [
        (lambda X: np.full(len(X), np.nan), "NaN"),
        (lambda X: np.zeros((len(X), 1, 2)), "the model gives"),
        (lambda X: np.zeros(3), "the model gives"),
    ],
)
def test_refuses_models_of_another_shape(predict, said):
    samples = cancelled(rows=50)
    with pytest.raises(ValueError, match=said):
        Modelled(samples, predict, np.ones(50, bool))


def test_refuses_too_few_rows():
    with pytest.raises(ValueError, match="at least 60"):
        modelled(cancelled(rows=30))
    with pytest.raises(ValueError, match="at least 20"):
        Modelled(cancelled(rows=10), lambda X: X[:, 0], np.ones(10, bool))

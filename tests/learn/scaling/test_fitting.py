"""Robust fits in one batch: exact recovery, the public points of the Chinchilla figure, and published mistakes."""

import numpy as np
import pytest
from scipy.optimize import minimize as scipy_minimize

from pellucid.artifacts.learning.scaling_form import log_loss
from pellucid.datasets import chinchilla_runs
from pellucid.learn.scaling.families import ALPHA, BETA, FAMILIES, GAMMA, A, B, E, families_of
from pellucid.learn.scaling.fitting import Problem, fit, huber, polished, refit, resampled

N, D = (np.log(grid.ravel()) for grid in np.meshgrid(np.geomspace(1e6, 1e9, 5), np.geomspace(1e8, 1e11, 5)))
FREE = {A: 6.0, B: 7.0, E: 0.6, ALPHA: 0.34, BETA: 0.29, GAMMA: 0.4}


@pytest.fixture(scope="module")
def chinchilla():
    runs = chinchilla_runs()
    return Problem(np.log(runs.sizes[:, 0]), np.log(runs.sizes[:, 1]), np.log(runs.loss))


@pytest.fixture(scope="module")
def best(chinchilla):
    return polished(fit(FAMILIES["free"], chinchilla), chinchilla)


@pytest.mark.parametrize("family", [*families_of(2), *families_of(1)], ids=lambda family: family.name)
def test_every_family_is_found_again_in_losses_without_noise(family):
    truth = np.array([FREE[place] for place in family.free])
    if BETA in family.fixed:  # the terms of Kaplan's form are raised to gamma: as large as each other inside
        truth[list(family.free).index(A)], truth[list(family.free).index(B)] = 14.0, 21.0
    d = D if family.variables == 2 else np.zeros_like(D)
    full = family.full(truth[None])
    found = fit(family, Problem(N, d, log_loss(full, N, d)[0]))
    assert found.parameters == pytest.approx(full[0], rel=1e-5)


def test_the_public_points_give_the_published_parameters(best):
    """Besiroglu et al. (arXiv 2404.10102), their notebook: 477.84, 2143.86, 1.8172, .3473, .3672, sum .0010182740."""
    a, b, e, alpha, beta, _ = best.parameters
    assert np.exp([a, b, e]) == pytest.approx([477.8, 2143.4, 1.81722], rel=5e-4)
    assert (alpha, beta) == pytest.approx((0.34731, 0.36717), rel=5e-4)
    assert best.cost.min() < 0.00101827405  # 0.0010182740 in ten digits
    assert (best.cost < 1.0001 * best.cost.min()).mean() > 0.9


def test_the_bootstrap_has_the_published_width(chinchilla, best):
    """Their table 1: standard errors 0.015 of alpha, 0.02 of beta, 0.03 of E (rounded there)."""
    drawn = refit(best, chinchilla, resampled(len(chinchilla.y), 200, 0)).full
    assert drawn[:, ALPHA].std() == pytest.approx(0.0146, rel=0.25)
    assert drawn[:, BETA].std() == pytest.approx(0.0204, rel=0.25)
    exponent = drawn[:, BETA] / (drawn[:, ALPHA] + drawn[:, BETA])
    assert np.quantile(exponent, [0.1, 0.9]) == pytest.approx([0.492, 0.541], abs=0.01)


def test_the_mean_instead_of_the_sum_stops_where_it_starts(chinchilla, best):
    """The published mistake: with the mean, L-BFGS-B stays where it is, and its intervals are too narrow."""
    hoffmann = np.array([6.0073404, 6.0179186, 0.5267228, 0.33917084, 0.2849083])
    counts = resampled(len(chinchilla.y), 12, 0)

    def mean(p, weights):
        residual = log_loss(np.append(p, 1.0)[None], chinchilla.n, chinchilla.d)[0] - chinchilla.y
        return (weights * huber(residual, 1e-3)).sum() / weights.sum()

    stuck = np.array([scipy_minimize(mean, hoffmann, args=(one,), method="L-BFGS-B").x for one in counts])
    ours = refit(best, chinchilla, counts).full
    assert stuck[:, 3].std() < 0.1 * ours[:, ALPHA].std()
    published = stuck[:, 4] / (stuck[:, 3] + stuck[:, 4])
    assert published == pytest.approx(0.456, abs=0.004)  # the paper says 0.454 to 0.455


def test_parabolas_through_isoflop_runs_are_biased_without_any_noise():
    """Approach 2: the least of a parabola in ln N is not the optimum where alpha and beta differ."""
    true = np.array([[np.log(482), np.log(2085), np.log(1.82), 0.6, 0.25, 1.0]])
    budgets, least = np.geomspace(1e18, 1e21, 6), []
    for compute in budgets:
        n = np.log(np.sqrt(compute / 120)) + np.linspace(-2.5, 2.5, 9)
        losses = np.exp(log_loss(true, n, np.log(compute / 6) - n)[0])
        square, line, _ = np.polyfit(n, losses, 2)
        least.append(-line / 2 / square)
    slope = np.polyfit(np.log(budgets), least, 1)[0]
    assert abs(slope - 0.25 / 0.85) > 0.02  # the exponent beta/(alpha+beta) of the law that made them
    n, d = (np.log(g.ravel()) for g in np.meshgrid(np.geomspace(1e7, 1e9, 5), np.geomspace(1e9, 1e11, 5)))
    alpha, beta = fit(FAMILIES["free"], Problem(n, d, log_loss(true, n, d)[0])).parameters[[ALPHA, BETA]]
    assert beta / (alpha + beta) == pytest.approx(0.25 / 0.85, abs=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_runs_says_nothing(seed):
    order = np.random.default_rng(seed).permutation(25)
    noisy = log_loss(np.array([[6.0, 7.0, 0.6, 0.34, 0.29, 1.0]]), N, D)[0] + 0.01 * np.sin(37 * N + 11 * D)
    first = fit(FAMILIES["equal"], Problem(N, D, noisy), 4).parameters
    second = fit(FAMILIES["equal"], Problem(N[order], D[order], noisy[order]), 4).parameters
    assert second == pytest.approx(first, rel=1e-3)


def test_another_unit_of_size_moves_its_coefficient_alone(chinchilla, best):
    millions = Problem(chinchilla.n - np.log(1e6), chinchilla.d, chinchilla.y)
    found = fit(FAMILIES["free"], millions, 10)
    assert found.cost.min() == pytest.approx(best.cost.min(), rel=1e-6)
    assert found.parameters[[B, E, ALPHA, BETA]] == pytest.approx(best.parameters[[B, E, ALPHA, BETA]], rel=2e-3)
    assert found.parameters[A] == pytest.approx(best.parameters[A] - best.parameters[ALPHA] * np.log(1e6), rel=0.05)


def test_groups_are_resampled_together():
    counts = resampled(6, 50, 0, ["a", "a", "b", "b", "c", "c"])
    assert (counts[:, ::2] == counts[:, 1::2]).all()
    assert (counts.sum(1) == 6).all()
    assert not (resampled(6, 50, 0)[:, ::2] == resampled(6, 50, 0)[:, 1::2]).all()

"""The noise and its exact field: posterior means by counting, the limit of many dimensions, flows into the data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from pellucid.artifacts.generators.noise_flow import add_noise, draw_points, exact_denoiser, noise_levels

TWO = np.array([[-1.0, 0.0], [1.0, 0.0]])


@pytest.mark.parametrize("sigma", [0.3, 0.8, 2.0])
@pytest.mark.parametrize("extra", [1.0, 2.0, 64.0, np.inf])
def test_the_field_is_the_mean_of_what_noise_came_from(extra, sigma):
    """Of points that noise put into a small cell, the share that came from each datum is what the closed form says."""
    g = np.random.default_rng(0)
    y = TWO[g.integers(2, size=400_000)]
    x = add_noise(y, np.full(len(y), sigma), extra, g)
    at = np.array([0.25, 0.1])
    near = (np.abs(x - at) < 0.15).all(1)
    closed = exact_denoiser(x[near], sigma, TWO, extra)[:, 0].mean()
    assert near.sum() > 300
    assert abs(y[near, 0].mean() - closed) < 4 / np.sqrt(near.sum())


@pytest.mark.parametrize("extra", [1.0, 3.0, 20.0])
def test_radii_have_the_density_of_the_kernel(extra):
    """P(R < 1) by counting and by integrating R^(N-1) (R^2 + r^2)^(-(N+D)/2), where the clip cuts hardly anything."""
    sigma, dimensions = 0.7, 3
    g = np.random.default_rng(1)
    radius = np.linalg.norm(add_noise(np.zeros((100_000, dimensions)), np.full(100_000, sigma), extra, g), axis=1)

    def density(r):
        return r ** (dimensions - 1) * (r**2 + extra * sigma**2) ** (-(dimensions + extra) / 2)

    share = quad(density, 0, 1)[0] / quad(density, 0, np.inf)[0]
    assert abs((radius < 1).mean() - share) < 0.008


def test_many_dimensions_are_gaussian_at_a_rate_of_one_over_d():
    g = np.random.default_rng(2)
    data, x = g.normal(size=(200, 3)), g.normal(size=(100, 3))
    limit = exact_denoiser(x, 0.5, data, np.inf)
    apart = [np.abs(exact_denoiser(x, 0.5, data, d) - limit).mean() for d in (1e3, 2e3, 4e3)]
    assert apart[0] / apart[1] == pytest.approx(2, abs=0.1)
    assert apart[1] / apart[2] == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("extra", [1.0, 128.0, np.inf])
def test_the_exact_flow_ends_in_the_data_with_their_shares(extra):
    data = np.array([[-1.0], [1.0], [1.0], [1.0]])
    drawn = draw_points(lambda x, s: exact_denoiser(x, s, data, extra), 800, 1, np.random.default_rng(3), extra)
    assert np.quantile(np.abs(np.abs(drawn) - 1), 0.99) < 0.05
    assert abs((drawn > 0).mean() - 0.75) < 0.06


def test_levels_fall_to_nothing():
    levels = noise_levels(10)
    assert (np.diff(levels) < 0).all()
    assert levels[-1] == 0

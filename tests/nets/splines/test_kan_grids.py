"""Finer grids are the same function; new ranges keep it where the samples are."""

from __future__ import annotations

import pytest
import torch

from pellucid.nets import KAN, refine_grid, regrid


def numbers(*shape, scale=1.0):
    return scale * torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize("factor", [1, 2, 3, 10])
def test_a_finer_grid_is_exactly_the_same_function(factor):
    network = KAN([3, (2, 1), 4, 1], [1, 5, 3], dtype=torch.float64)
    network.layers[0].mask[1, 2] = 0
    refined = refine_grid(network, factor)
    assert refined.grid_sizes == [factor, 5 * factor, 3 * factor]
    x = numbers(500, 3, scale=3.0)  # within the ranges and beyond
    assert (refined(x) - network(x)).abs().max() < 1e-12 * network(x).abs().max()
    assert torch.equal(refined.layers[0].mask, network.layers[0].mask)


def test_two_refinements_are_one():
    network = KAN([1, 1], 2, base=False, dtype=torch.float64)
    twice, once = refine_grid(refine_grid(network, 2), 3), refine_grid(network, 6)
    assert torch.allclose(twice.layers[0].coefficients, once.layers[0].coefficients, atol=1e-14)


def test_new_ranges_are_those_of_the_samples():
    network = KAN([2, 3, 1], 5, dtype=torch.float64)
    x = numbers(400, 2, scale=0.3)
    moved = regrid(network, x, 40)
    assert moved.grid_sizes == [40, 40]
    for layer, values in zip(moved.layers, moved.activations(x), strict=False):
        assert torch.equal(layer.low, values.amin(0))
        assert torch.equal(layer.high, values.amax(0))
    assert (moved(x) - network(x)).abs().max() < 1e-4 * network(x).abs().max()


def test_straight_lines_survive_exactly_wherever_the_samples_are():
    network = KAN([1, 1], 4, base=False, dtype=torch.float64)
    line = torch.arange(-1, 6, dtype=torch.float64)  # coefficients that grow evenly: the splines make a line
    network.layers[0].coefficients.data[0, :, 0] = line
    x = numbers(50, 1, scale=20.0)
    assert torch.allclose(regrid(network, x)(x), network(x), rtol=1e-10)


def test_few_samples_and_features_that_do_not_vary():
    network = KAN([3, 2], dtype=torch.float64)
    x = torch.tensor([[0.5, 7.0, -1.0], [0.5, 7.0, 2.0]], dtype=torch.float64)
    moved = regrid(network, x)
    assert moved.layers[0].low.tolist() == [-1.0, 6.0, -1.0]
    assert moved.layers[0].high.tolist() == [1.0, 8.0, 2.0]
    assert torch.isfinite(moved(x)).all()


def test_what_does_not_fit_is_refused():
    network = KAN([2, 1])
    for factor in (0, -1, 1.5):
        with pytest.raises(ValueError, match="factor="):
            refine_grid(network, factor)
    for x in (torch.zeros(0, 2), torch.zeros(2), torch.full((3, 2), float("nan"))):
        with pytest.raises(ValueError, match="x has shape"):
            regrid(network, x)
    with pytest.raises(ValueError, match="grid_size=0"):
        regrid(network, torch.rand(5, 2), 0)

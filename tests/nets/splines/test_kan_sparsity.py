"""Sparsity says what the edges do, and pruning keeps those that do something."""

from __future__ import annotations

import math

import pytest
import torch

from pellucid.nets import KAN, entropy, l1, prune


def numbers(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def constant(layer, source, target, value):
    """Make an edge a constant function."""
    layer.base.data[source, target] = 0
    layer.coefficients.data[source, :, target] = value


def test_l1_is_the_mean_size_of_what_edges_add():
    network = KAN([2, 2], dtype=torch.float64)
    for source, target, value in ((0, 0, 1.0), (0, 1, -2.0), (1, 0, 0.5), (1, 1, 0.0)):
        constant(network.layers[0], source, target, value)
    for x in (numbers(30, 2), numbers(3, 10, 2), numbers(2)):
        assert l1(network, x).item() == pytest.approx(3.5)


def test_entropy_lies_between_one_edge_and_all_alike():
    network = KAN([2, 2], dtype=torch.float64)
    for source, target in ((0, 0), (0, 1), (1, 0), (1, 1)):
        constant(network.layers[0], source, target, 3.0)
    assert entropy(network, numbers(30, 2)).item() == pytest.approx(math.log(4))
    network.layers[0].mask[:, 1] = 0
    network.layers[0].mask[0] = 0
    assert entropy(network, numbers(30, 2)).item() == pytest.approx(0)


def test_both_have_finite_gradients_even_where_nothing_happens():
    network = KAN([2, 3, 1], dtype=torch.float64)
    network.layers[0].mask[0] = 0
    network.layers[1].mask.zero_()
    (l1(network, numbers(20, 2)) + entropy(network, numbers(20, 2))).backward()
    for parameter in network.parameters():
        assert torch.isfinite(parameter.grad).all()
    assert network.layers[0].coefficients.grad[1].any()


def test_pruning_computes_the_same_on_what_is_kept():
    network = KAN([2, (3, 2), 4, 2], dtype=torch.float64)
    first, second, third = network.layers
    first.mask[:, 1] = 0  # a sum without edges
    first.mask[0, 3] = 0  # one edge of a product
    constant(first, 1, 0, 0.7)  # an edge that only adds a constant
    second.mask[4] = 0  # a product that goes nowhere
    third.mask[1:3] = 0  # two nodes that go nowhere
    x = numbers(200, 2)
    smaller = prune(network, x, 0.0)
    assert smaller.widths == [2, (2, 1), 2, 2]
    elsewhere = 5 * numbers(100, 2)
    assert (smaller(elsewhere) - network(elsewhere)).abs().max() < 1e-12
    assert smaller.layers[0].mask.sum() == 6  # two of the first sum's and of the products' eight are off
    assert prune(smaller, x, 0.0).widths == smaller.widths


def test_a_threshold_leaves_the_weak_out_and_keeps_their_mean():
    network = KAN([2, 1], dtype=torch.float64)
    layer = network.layers[0]
    layer.coefficients.data[0] *= 1e-3
    layer.base.data[0] = 0
    layer.coefficients.data[0] += 5
    x = numbers(500, 2)
    smaller = prune(network, x, 0.05)
    assert smaller.layers[0].mask.flatten().tolist() == [0, 1]
    assert (smaller(x) - network(x)).mean().abs() < 1e-12
    assert torch.equal(prune(network, x, 0.0).layers[0].mask, layer.mask)


def test_outputs_that_are_constant_stay():
    network = KAN([2, 2, 2], dtype=torch.float64)
    for source in (0, 1):
        constant(network.layers[1], source, 1, 2.0)
    x = numbers(50, 2)
    smaller = prune(network, x)
    assert smaller.widths[-1] == 2
    assert torch.allclose(smaller(x), network(x))


def test_what_does_not_fit_is_refused():
    network = KAN([2, 1])
    for x in (torch.zeros(1, 2), torch.zeros(2), torch.full((3, 2), float("inf"))):
        with pytest.raises(ValueError, match="x has shape"):
            prune(network, x)
    for threshold in (-0.1, 1.0, float("nan")):
        with pytest.raises(ValueError, match="threshold="):
            prune(network, torch.rand(5, 2), threshold)

"""Placed networks: places change, answers do not; the assignment is the best order of a layer."""

from itertools import permutations

import pytest
import torch

from pellucid.nets.wiring.cutting import path_products, separate, without_smallest
from pellucid.nets.wiring.placed import PlacedMLP, WiringOptions, distances, place, train_placed

ROWS = torch.randn(30, 3, generator=torch.Generator().manual_seed(0))


def network(widths=(3, 5, 4, 2), seed=0):
    return PlacedMLP(widths, torch.Generator().manual_seed(seed))


def cost(net):
    return sum(float((w.detach().abs() * distances(*net.widths[i : i + 2])).sum()) for i, w in enumerate(net.weights))


@pytest.mark.parametrize("seed", range(3))
def test_placing_shortens_wires_and_keeps_answers(seed):
    net = network(seed=seed)
    before, wires = net(ROWS).detach(), cost(net)
    assert place(net) == pytest.approx(cost(net))
    assert cost(net) < wires
    assert torch.allclose(net(ROWS), before, atol=1e-5)


def test_no_order_of_one_layer_is_better():
    net = network((3, 5, 2))
    place(net)
    least = cost(net)
    first, last = (weight.detach() for weight in net.weights)
    for order in permutations(range(5)):
        swapped = (first.abs()[list(order)] * distances(3, 5)).sum() + (
            last.abs()[:, list(order)] * distances(5, 2)
        ).sum()
        assert float(swapped) >= least - 1e-5


def test_moments_move_with_weights():
    net = network()
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-2)
    net(ROWS).square().sum().backward()
    optimiser.step()
    before = dict(_moments(net, optimiser))
    assert place(net, optimiser) > 0
    assert all(before[weight] == moment for weight, moment in _moments(net, optimiser))


def _moments(net, optimiser):
    weight = net.weights[1]
    moments = optimiser.state[weight]["exp_avg"]
    return list(zip(weight.flatten().tolist(), moments.flatten().tolist(), strict=True))


def test_what_reaches_nothing_is_cut():
    net = network()
    train_placed(net, ROWS, torch.stack([ROWS[:, 0], ROWS[:, 1]], 1), WiringOptions(steps=40))
    without_smallest(net, 12)
    assert net.count <= 12
    fed = [mask.sum(1) > 0 for mask in net.masks]
    used = [mask.sum(0) > 0 for mask in net.masks]
    assert all(torch.equal(a, b) for a, b in zip(fed[:-1], used[1:], strict=True))


def test_separating_cuts_the_cheapest_wires():
    net = network()
    least = min(float(net.weights[0].detach().abs()[:, 1].sum()), float(net.weights[2].detach().abs()[0].sum()))
    before = sum(float(w.detach().abs().sum()) for w in net.weights)
    separate(net, 0, 1)
    assert path_products(net)[0, 1] == 0
    assert net.count > 0
    assert before - sum(float(w.detach().abs().sum()) for w in net.weights) <= least + 1e-4

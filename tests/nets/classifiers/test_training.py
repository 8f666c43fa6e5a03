"""The loop that trains classifiers, on a small addition."""

import torch

from pellucid.nets.classifiers.pair_networks import PairMLP, PairTransformer
from pellucid.nets.classifiers.training import ClassifierOptions, share_right, train_classifier


def pairs(size):
    ab = torch.cartesian_prod(torch.arange(size), torch.arange(size))
    return ab, ab.sum(1) % size


def test_learns_a_table_and_stops_once_all_is_right():
    ab, y = pairs(5)
    network = PairMLP(5, 5, width=16, widths=(32,), generator=torch.Generator().manual_seed(0))
    options = ClassifierOptions(steps=2000, weight_decay=0.0, rate=1e-2, record=10, after_exact=20)
    history = train_classifier(network, ab, y, (ab[:0], y[:0]), options)
    assert history.exact_at is not None
    assert history.steps[-1] < 2000
    assert share_right(network, ab, y) == 1.0


def test_penalty_and_step_of_ones_own():
    ab, y = pairs(3)
    network, seen = PairMLP(3, 3, width=4, widths=(4,)), []
    options = ClassifierOptions(steps=60, weight_decay=0.0, rate=0.05, after_exact=None)

    def penalty(module, step):
        return 100 * module.layers[0].weight.square().sum()

    train_classifier(network, ab, y, (ab, y), options, penalty=penalty, after=lambda m, o, step: seen.append(step))
    assert seen == list(range(60))
    assert network.layers[0].weight.abs().max() < 0.05


def test_uniform_attention_sees_no_difference_of_scores():
    network = PairTransformer(5, 5, width=8, heads=2, rate=0.0, generator=torch.Generator().manual_seed(0))
    ab, _ = pairs(5)
    before = network(ab)
    with torch.no_grad():
        network.blocks[0].attention.q.mul_(7)
    assert torch.equal(network(ab), before)

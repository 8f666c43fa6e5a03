"""Complexity of checkpoints: coefficients that are known, linear networks, and what cannot be told."""

import numpy as np
import pytest
import torch

from pellucid.core import Undecided
from pellucid.learn import CheckpointComplexity
from pellucid.learn.complexity.checkpoint_complexity import batched_losses, constant_loss
from pellucid.learn.complexity.linear_mapping import linear_mapping_numbers
from pellucid.learn.complexity.local_learning import Sampler
from pellucid.subjects import Checkpoints


def network(scale=1.0, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        module = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    with torch.no_grad():
        for weight in module.parameters():
            weight.mul_(scale)
    return module


def rows(count=60, seed=0):
    x = torch.randn(count, 3, generator=torch.Generator().manual_seed(seed))
    return x, (x[:, 0] * x[:, 1] > 0).long()


@pytest.mark.parametrize("powers", [(2, 2, 2, 2), (4, 4, 4, 4, 4, 4), (2, 2, 4, 4, 6, 8)])
def test_coefficients_of_sums_of_powers_are_known(powers):
    """Of sum |w_i|^p_i it is sum 1 / p_i (arXiv 2308.12108)."""
    p = torch.tensor(powers, dtype=torch.float64)
    sampler = Sampler(localization=1e-3)
    found = sampler.coefficient(lambda w: (w.abs() ** p).sum(1), torch.zeros(len(p)), 1e4, seed=0)
    assert found.value == pytest.approx(float((1 / p).sum()), rel=0.15)
    assert found.agreement < 1.1


def test_a_pull_takes_away_what_it_should():
    """Of w^2 it is n beta / (2 n beta + localization) in each direction."""
    found = Sampler(localization=200.0, draws=300).coefficient(lambda w: (w**2).sum(1), torch.zeros(20), 100.0, 0)
    assert found.value == pytest.approx(20 * 100 / (2 * 100 + 200), rel=0.1)


def test_linear_networks_are_worth_one_map_and_others_more():
    x, _ = rows()
    net = network(scale=5.0)
    plain, floored = linear_mapping_numbers(net, x[:20])
    assert plain >= floored > 1.01
    turned = linear_mapping_numbers(lambda v: 7 * net(v) @ torch.tensor([[0.0, 1.0], [-1.0, 0.0]]), x[:20])
    assert turned == pytest.approx((plain, floored), rel=1e-4)


def test_losses_of_all_chains_are_those_of_the_network():
    module = network()
    subject = Checkpoints(module, (0,), (module.state_dict,), *rows())
    losses, start = batched_losses(subject, subject.weights(0), torch.arange(60))
    wanted = torch.nn.functional.cross_entropy(module(subject.inputs), subject.targets)
    assert torch.allclose(losses(torch.stack([start, start])), wanted.double().expand(2), atol=1e-6)
    assert constant_loss(subject, subject.targets) == pytest.approx(np.log(2), abs=0.02)


def test_a_checkpoint_that_is_no_minimum_has_no_coefficient():
    module = network(scale=20.0)
    subject = Checkpoints(module, (0,), (module.state_dict,), *rows())
    finding = CheckpointComplexity(samples=8, draws=20, warm=20, localization=1.0).explain(subject)
    (claim,) = [claim for claim in finding.claims if claim.key == "llc"]
    assert isinstance(claim, Undecided)
    assert "minimum" in claim.evidence


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"steps": (3, 3), "load": (None, None)}, "steps must rise"),
        ({"loss": "hinge"}, "loss='hinge'"),
        ({"targets": torch.arange(60)}, "number classes from 0"),
        ({"targets": torch.ones(60, 2)}, "loss='squares'"),
        ({"inputs": torch.ones(60, 5)}, "does not run"),
    ],
)
def test_what_does_not_fit_is_refused(given, message):
    module = network()
    x, y = rows()
    whole = {"module": module, "steps": (0,), "load": (module.state_dict,), "inputs": x, "targets": y, **given}
    with pytest.raises(ValueError, match=message):
        Checkpoints(**whole)


def test_tokens_have_no_straight_way_between_them():
    module = torch.nn.Sequential(torch.nn.Embedding(5, 3), torch.nn.Flatten(), torch.nn.Linear(6, 2))
    data = torch.zeros(9, 2, dtype=torch.long), torch.zeros(9, dtype=torch.long)
    with pytest.raises(ValueError, match="no straight way"):
        CheckpointComplexity().explain(Checkpoints(module, (0,), (module.state_dict,), *data))

"""Precision training: BFGS beats Adam, a second network on the scaled residual beats both."""

import pytest
import torch
from torch import nn

from pellucid.nets.splines.boosting import Boosted, boost, tanh_network, train_adam, train_bfgs, train_flat_directions


@pytest.fixture
def curve():
    X = torch.linspace(-1, 1, 200, dtype=torch.float64)[:, None]
    return X, torch.sin(3 * X) * torch.exp(X)


def network(seed, widths=(1, 8, 8, 1), sharpness=1.0):
    return tanh_network(widths, generator=torch.Generator().manual_seed(seed), sharpness=sharpness)


def test_bfgs_beats_adam_at_the_same_number_of_steps(curve):
    first, second = network(0), network(0)
    assert train_bfgs(first, *curve, steps=300).rmse < 0.1 * train_adam(second, *curve, steps=300).rmse


def test_what_it_says_is_the_error_of_the_network_it_leaves(curve):
    X, y = curve
    for train in (train_bfgs, train_adam):
        trained = network(1)
        said = train(trained, X, y, steps=50).rmse
        with torch.no_grad():
            assert said == pytest.approx(float((trained(X) - y).square().mean().sqrt()), rel=1e-9)


def test_a_second_network_on_the_scaled_residual_gains_more_than_an_order_of_magnitude(curve):
    X, y = curve

    def train(X, target, stage):
        fitted = network(stage) if stage == 0 else network(stage, (1, 40, 1), sharpness=20.0)
        train_bfgs(fitted, X, target, steps=600 if stage == 0 else 1200)
        return fitted

    boosted = boost(train, X, y, stages=2)
    with torch.no_grad():
        single = float((boosted.scales[0] * boosted.networks[0](X) - y).square().mean().sqrt())
        both = float((boosted(X) - y).square().mean().sqrt())
    assert both < 0.05 * single


def test_flat_directions_only_ever_help(curve):
    X, y = curve
    trained = network(2)
    before = train_bfgs(trained, X, y, steps=60).rmse
    assert train_flat_directions(trained, X, y, steps=30, every=15).rmse < before


def test_nothing_left_ends_the_boosting():
    X = torch.zeros(4, 1, dtype=torch.float64)
    assert len(boost(lambda X, y, stage: nn.Identity(), X, X, stages=3).networks) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: boost(lambda X, y, stage: nn.Identity(), torch.zeros(3, 1), torch.zeros(3, 1), stages=0), "stages=0"),
        (lambda: boost(lambda X, y, stage: nn.Identity(), torch.zeros(3, 1), torch.zeros(3)), "y has the shape"),
        (lambda: tanh_network([3], generator=torch.Generator()), "widths="),
        (lambda: Boosted([nn.Identity()], []), "1 networks for 0 scales"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

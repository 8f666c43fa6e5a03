"""Networks in one batch behave like networks alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pellucid.nets import RecurrentMLP, RecurrentShape

SHAPES = [
    RecurrentShape(1, 2, 1),
    RecurrentShape(2, 3, 2, update_depth=2, update_width=5),
    RecurrentShape(2, 2, 1, update_depth=3, update_width=4, readout_depth=2, readout_width=6),
]


def numbers(*size: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).normal(size=size)).float()


@pytest.mark.parametrize("shape", SHAPES)
def test_each_member_computes_as_if_it_were_alone(shape: RecurrentShape) -> None:
    network, inputs = RecurrentMLP(shape, members=4, seed=1), numbers(7, 6, shape.input_size)
    together = network(inputs)
    alone = torch.cat([network.select(member)(inputs) for member in range(4)])
    assert torch.allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_forward_is_step_after_step(shape: RecurrentShape) -> None:
    network, inputs = RecurrentMLP(shape, members=2, seed=2), numbers(5, 4, shape.input_size)
    state = network.initial_state(5)
    for time, output in enumerate(network(inputs).unbind(2)):
        state = network.step(state, inputs[:, time])
        assert torch.allclose(network.readout(state), output, atol=1e-6)


def test_members_may_get_inputs_of_their_own() -> None:
    network, inputs = RecurrentMLP(SHAPES[1], members=3), numbers(3, 5, 4, 2)
    for member in range(3):
        assert torch.allclose(network(inputs)[member], network(inputs[member])[member], atol=1e-6)


def test_parameters_counts_every_number() -> None:
    for shape in SHAPES:
        assert shape.parameters == sum(value.numel() for value in RecurrentMLP(shape).parameters())


def test_select_copies() -> None:
    network = RecurrentMLP(SHAPES[1], members=3)
    chosen = network.select([2, 0])
    assert torch.equal(chosen.update_weights[0][0], network.update_weights[0][2])
    with torch.no_grad():
        chosen.update_weights[0].zero_()
    assert network.update_weights[0][2].abs().sum() > 0


def test_dead_units_can_be_left_out() -> None:
    network, inputs = RecurrentMLP(SHAPES[1], seed=3), numbers(5, 4, 2)
    with torch.no_grad():
        network.update_weights[0][:, 2] = 0  # nothing reads the third unit
        network.readout_weights[0][:, 2] = 0
    assert torch.allclose(network.first_units(2)(inputs), network(inputs), atol=1e-6)


def test_weights_survive_a_state_dict_and_another_precision() -> None:
    network = RecurrentMLP(SHAPES[2], members=2, seed=4)
    twin = RecurrentMLP(SHAPES[2], members=2)
    twin.load_state_dict(network.state_dict())
    inputs = numbers(3, 4, 2)
    assert torch.equal(twin(inputs), network(inputs))
    assert twin.double()(inputs.double()).dtype == torch.float64
    assert twin.select(1)(inputs.double()).dtype == torch.float64


def test_a_disturbance_is_added_to_every_state() -> None:
    network = RecurrentMLP(RecurrentShape(1, 1, 1))
    pushed = network.states(torch.zeros(1, 2, 1), torch.ones(2, 1, 1, 1))
    assert torch.allclose(pushed[:, :, 0], network.states(torch.zeros(1, 2, 1))[:, :, 0] + 1)


def test_the_global_random_state_is_left_alone() -> None:
    before = torch.get_rng_state()
    RecurrentMLP(SHAPES[2], members=3, seed=5)
    assert torch.equal(before, torch.get_rng_state())


def test_bad_sizes_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="hidden_size=0"):
        RecurrentShape(1, 0, 1)
    with pytest.raises(ValueError, match="members=0"):
        RecurrentMLP(SHAPES[0], members=0)
    with pytest.raises(ValueError, match="member=5"):
        RecurrentMLP(SHAPES[0]).select(5)
    with pytest.raises(ValueError, match="hidden_size=9"):
        RecurrentMLP(SHAPES[0]).first_units(9)
    with pytest.raises(ValueError, match="inputs has shape"):
        RecurrentMLP(SHAPES[0])(torch.zeros(3, 4, 2))

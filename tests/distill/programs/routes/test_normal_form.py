from dataclasses import replace

import numpy as np
import pytest

from pellucid.datasets import mips_task
from pellucid.distill import NormalForm
from pellucid.distill.programs.observations import observe
from pellucid.distill.programs.opened_network import recurrence_of
from pellucid.distill.programs.routes.normal_form import normal_forms, scaled
from pellucid.distill.programs.weights.normalise import LayeredRecurrence, change_basis, layered, round_weights
from pellucid.nets import RecurrentMLP, RecurrentShape, smallest_network
from pellucid.subjects import Alphabet, Recurrence, Sequences


def propose(observations):
    return NormalForm().propose(observations, np.random.default_rng(0))


def recurrence_from(system, alphabet, length):
    return Recurrence(system.step, system.initial, alphabet, length, layers=(system.update, system.readout))


@pytest.fixture(scope="module")
def opened():
    """Observations of a task with the smallest network that learnt it."""
    known = {}

    def observations(name):
        if name not in known:
            sequences = mips_task(name).sample(6000, 0)
            searched = smallest_network(sequences.inputs, sequences.outputs, budget_seconds=5)
            assert searched.perfect
            assert searched.shape.linear
            recurrence = recurrence_of(searched.network, sequences.alphabet, sequences.length)
            known[name] = observe(sequences, recurrence, 1000)
        return known[name]

    return observations


SOLVED = {
    "bitwise_not": 0,
    "sum_all": 1,
    "sum_last7": 6,
    "prev5": 5,
    "diff_last2": 1,
    "parity_bits_mod2": 1,
    "newton_freebody": 2,
    "newton_gravity": 2,
    "newton_magnetic": 4,
}


@pytest.mark.parametrize("name", SOLVED)
def test_weights_of_linear_networks_are_read(opened, right_far_beyond, name):
    (found,) = propose(opened(name))
    assert right_far_beyond(found.program, name)
    assert len(found.program.registers) == SOLVED[name]
    assert found.notes["integrality_error"] < 1e-4


@pytest.mark.parametrize("noise", [1e-5, 1e-3])
@pytest.mark.parametrize("name", ["prev5", "newton_magnetic"])
def test_weights_may_be_imprecise(opened, right_far_beyond, name, noise):
    observations = opened(name)
    generator = np.random.default_rng(1)
    layers = tuple(
        tuple((w + noise * generator.normal(size=w.shape), b) for w, b in part)
        for part in observations.recurrence.layers
    )
    (found,) = propose(replace(observations, recurrence=replace(observations.recurrence, layers=layers)))
    assert right_far_beyond(found.program, name)


def test_registers_may_start_anywhere(right_far_beyond):
    """x'' = -x in a skewed basis, from a state that is not zero: 3, -2, -3, 2, ... plus its inputs."""
    turn = [[0.0, 1.0], [-1.0, 0.0], [1.0, 0.0]]
    plain = LayeredRecurrence(((turn, [0.0, 0.0]),), (([[1.0], [0.0]], [0.0]),), [2.0, -3.0])
    system = change_basis(plain, [[1.3, 0.4], [-0.7, 2.1]], [0.6, -0.2])
    alphabet = Alphabet((0,), (9,))
    inputs = alphabet.sample(np.random.default_rng(0), 300, 10)
    outputs = np.rint(plain.outputs(inputs)).astype(np.int64)
    sequences = Sequences(inputs, outputs, alphabet=alphabet)
    (found,) = propose(observe(sequences, recurrence_from(system, alphabet, 10), 300))
    assert any(register.initial for register in found.program.registers)
    longer = alphabet.sample(np.random.default_rng(1), 50, 100)
    assert (found.program.run(longer) == np.rint(plain.outputs(longer))).all()


def test_what_has_no_integral_normal_form_is_not_proposed(opened):
    assert propose(opened("newton_spring")) == []  # it turns by 60 degrees: cos 1/2, sin irrational
    without = opened("prev5")
    assert propose(replace(without, recurrence=None)) == []
    assert propose(replace(without, recurrence=replace(without.recurrence, layers=None))) == []
    deep = RecurrentMLP(RecurrentShape(1, 2, 1, 2, 4))
    assert propose(replace(without, recurrence=recurrence_of(deep, without.alphabet, 20))) == []


def test_a_wrong_network_gives_no_program(opened):
    observations = opened("sum_all")
    assert propose(replace(observations, outputs=observations.outputs + 1)) == []


def test_normal_forms_are_the_same_function(opened):
    system = layered(opened("newton_gravity").recurrence)
    inputs = opened("newton_gravity").inputs[:50]
    forms = list(normal_forms(system))
    assert len(forms) == 6
    for form in forms:
        assert np.abs(form.outputs(inputs) - system.outputs(inputs)).max() < 1e-6


def test_blocks_are_scaled_to_integers():
    """y = sum of (2 a + 3 b): with a as the unit input, b enters by 3/2."""
    half = LayeredRecurrence((([[1.0], [1.0], [1.5]], [0.0]),), (([[2.0]], [0.0]),), [0.0])
    rounded, change = round_weights(scaled(half))
    assert rounded.update[0][0].ravel().tolist() == [1, 2, 3]
    assert rounded.readout[0][0].tolist() == [[1]]
    assert change == 0

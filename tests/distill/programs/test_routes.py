from dataclasses import replace

import numpy as np
import pytest

from pellucid.distill import FiniteState, IntegerLattice, Linear, Registers, Window
from pellucid.distill.programs.finite_state import merge_states
from pellucid.subjects import Recurrence


def propose(route, observations):
    return route.propose(observations, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("binary_addition", 2),
        ("base_4_addition", 2),
        ("parity_last3", 4),
        ("div_5", 5),
        ("add_mod_7", 7),
        ("bitwise_or", 1),
    ],
)
def test_finite_state_finds_the_minimal_machine(seen, right_far_beyond, name, states):
    found = propose(FiniteState(), seen(name, with_network=True))
    assert [c.automaton.size for c in found] == [states] * len(found)
    assert all(right_far_beyond(c.program, name) for c in found)
    assert any("TABLE" not in c.program.to_python() for c in found)


def test_finite_state_forgives_an_imperfect_network(seen, right_far_beyond):
    observations = seen("add_mod_5", with_network=True)
    perfect = observations.recurrence

    def faulty(state, inputs):
        """The last coordinate wanders chaotically; where it is large, the output is wrong."""
        after, output = perfect.step(state[:, :-1], inputs)
        wander = (4.7 * state[:, -1] + 0.37 * inputs[:, 0] + 0.11) % 1
        return np.concatenate([after, wander[:, None]], 1), output + (wander > 0.98)[:, None]

    network = Recurrence(faulty, np.append(perfect.initial, 0.3), perfect.alphabet, perfect.horizon)
    assert 0.9 < (network.run(observations.inputs) == observations.outputs).mean() < 1
    observations = replace(observations, recurrence=network)
    found = propose(FiniteState(), observations)
    assert found
    assert right_far_beyond(found[0].program, "add_mod_5")


def test_finite_state_leaves_counters_to_others(seen):
    observations = seen("evens_counter", with_network=True)
    generator = np.random.default_rng(0)
    assert merge_states(observations.recurrence, 0.0, 8, 64, generator) is None


@pytest.mark.parametrize("name", ["evens_counter", "add_mod_4", "newton_spring", "div_7"])
def test_the_lattice_is_read_through_rotation_and_noise(seen, right_far_beyond, name):
    found = propose(IntegerLattice(), seen(name, with_network=True, noise=0.02))
    assert found
    assert right_far_beyond(found[0].program, name)


LINEAR = ("sum_all", "sum_last7", "newton_freebody", "newton_gravity", "newton_magnetic", "parity_bits_mod2")


@pytest.mark.parametrize("name", LINEAR)
def test_linear_recurrences_are_realised_over_the_integers(seen, right_far_beyond, name):
    (found,) = propose(Linear(), seen(name))
    assert right_far_beyond(found.program, name)
    assert found.notes["integrality_error"] < 1e-6


def test_what_is_not_linear_is_not_proposed(seen):
    assert propose(Linear(), seen("abs_diff")) == []
    assert propose(Linear(), seen("parity_all")) == []


WINDOWS = (
    "parity_last4",
    "abs_diff",
    "previous_equals_current",
    "perfect_square_detector",
    "prev5",
    "alternating_last4",
)


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_are_as_short_as_the_task_allows(seen, right_far_beyond, name):
    (found,) = propose(Window(), seen(name))
    assert right_far_beyond(found.program, name)
    steps_back = {"parity_last4": 3, "prev5": 5, "alternating_last4": 3, "perfect_square_detector": 0}
    assert len(found.program.registers) == steps_back.get(name, 1)


def test_a_task_with_memory_has_no_window(seen):
    assert propose(Window(), seen("binary_addition")) == []


COUNTERS = ("max_seen", "min_seen", "majority_0_1", "majority_0_2", "balanced_parenthesis", "evens_counter")


@pytest.mark.parametrize("name", ["binary_addition", *COUNTERS])
def test_registers_are_found_from_the_data_alone(seen, right_far_beyond, name):
    found = propose(Registers(), seen(name))
    assert found
    best = min(found, key=lambda c: c.program.description_length)
    assert right_far_beyond(best.program, name)

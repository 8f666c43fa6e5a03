from dataclasses import replace

import numpy as np
import pytest

from pellucid.distill import FiniteState
from pellucid.distill.programs.routes.finite_state import merge_states
from pellucid.subjects import Recurrence


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
def test_finite_state_finds_the_minimal_machine(propose, seen, right_far_beyond, name, states):
    found = propose(FiniteState(), seen(name, with_network=True))
    assert [c.automaton.size for c in found] == [states] * len(found)
    assert all(right_far_beyond(c.program, name) for c in found)
    assert any("TABLE" not in c.program.to_python() for c in found)


def test_finite_state_forgives_an_imperfect_network(propose, seen, right_far_beyond):
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

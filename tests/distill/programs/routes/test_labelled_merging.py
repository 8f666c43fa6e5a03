"""Automata from labels alone: exact on what was given, and none where there are none to find."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Automaton
from pellucid.distill.programs.observations import observe
from pellucid.distill.programs.routes.labelled_merging import exact_automaton, exact_candidates
from pellucid.subjects import Sequences


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(2, 3), st.floats(0.3, 1.0))
@settings(max_examples=25, deadline=None)
def test_every_label_is_given_back(seed: int, states: int, symbols: int, labelled: float) -> None:
    draw = np.random.default_rng(seed)
    machine = Automaton(
        draw.integers(0, states, (states, symbols)),
        draw.integers(-1, 3, (states, symbols, 1)),
        np.arange(symbols)[:, None],
    )
    words = draw.integers(0, symbols, (150, 8))
    mask = draw.random(words.shape) < labelled
    seen = observe(Sequences(words, machine.run(words), mask), None, 150)
    found = exact_automaton(seen)
    assert found is not None
    assert seen.errors(found.to_program(seen.program_inputs))[0] == 0


@pytest.mark.parametrize("name", ["parity_all", "add_mod_5", "div_7", "alternating_last4", "base_3_addition"])
def test_machines_are_found_without_a_network(seen, right_far_beyond, name) -> None:
    found = exact_candidates(seen(name, sequences=3000))
    assert found
    assert all(right_far_beyond(candidate.program, name) for candidate in found)


def test_labels_that_no_small_machine_gives_are_not_learnt_by_heart() -> None:
    draw = np.random.default_rng(0)
    words = np.unique(draw.integers(0, 2, (400, 16)), axis=0)
    noise = Sequences(words, draw.integers(0, 2, words.shape), np.arange(16) == np.full(words.shape, 15))
    assert exact_candidates(observe(noise, None, 400)) == []


def test_large_alphabets_are_left_to_others(seen) -> None:
    assert exact_candidates(seen("newton_freebody")) == []

"""Automata: minimisation keeps what every sequence gives, and can be done once only."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Automaton, Input


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_the_smallest_machine_and_its_tables_behave_the_same(states, symbols, seed):
    generator = np.random.default_rng(seed)
    outputs = generator.integers(0, 2, (states, symbols, 1))
    machine = Automaton(generator.integers(0, states, (states, symbols)), outputs, np.arange(symbols)[:, None])
    small = machine.minimised()
    words = generator.integers(0, symbols, (20, 12))
    assert (small.run(words) == machine.run(words)).all()
    assert small.size <= machine.size
    assert small.minimised().size == small.size
    program = machine.to_program([Input("x", 0, symbols - 1)])
    assert (program.run(words[:, :, None]) == machine.run(words)).all()

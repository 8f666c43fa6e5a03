"""Automata: a graph of states and arrows, or a table where they are large."""

from __future__ import annotations

import numpy as np

from pellucid.artifacts import Automaton, Input, Number, Program
from pellucid.plot import draw, is_graph, to_svg


def machine(states, size, seed=0):
    generator = np.random.default_rng(seed)
    symbols = np.arange(size)[:, None]
    return Automaton(
        generator.integers(0, states, (states, size)), generator.integers(0, 2, (states, size, 1)), symbols
    )


def words(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_a_graph_shows_states_start_and_labels():
    adder = Automaton(
        np.array([[0, 0, 0, 1], [0, 1, 1, 1]]),
        np.array([[[0], [1], [1], [0]], [[1], [0], [0], [1]]]),
        np.array([[0, 0], [0, 1], [1, 0], [1, 1]]),
    )
    found = words(draw(adder))
    assert {"0", "1", "start", "1 1 / 0", "0 0 / 1"} <= set(found)
    assert "0 0 / 0\n0 1, 1 0 / 1" in found


def test_symbols_and_outputs_are_called_by_their_names():
    automaton = Automaton(np.array([[0, 1], [0, 1]]), np.array([[[0], [1]], [[0], [1]]]), np.array([[0], [1]]))
    program = Program((Input("x", 0, 1, ("<open>", "shut")),), (), (Number(0),), output_symbols=("no", "yes"))
    figure = draw(automaton, program)
    assert "<open> / no" in words(figure)
    assert "&lt;open&gt; / no" in to_svg(figure)


def test_long_labels_are_shortened():
    one = Automaton(np.zeros((1, 9), int), np.zeros((1, 9, 1), int), np.arange(9)[:, None])
    assert "any / 0" in words(draw(one))
    two = Automaton(np.array([[0] * 5 + [1] * 4] * 2), np.zeros((2, 9, 1), int), np.arange(9)[:, None])
    assert "0 .. 4 / 0" in words(draw(two))
    many = Automaton(np.zeros((1, 9), int), np.arange(9).reshape(1, 9, 1), np.arange(9)[:, None])
    assert "0 / 0\n1 / 1\n2 / 2\n… 6 more" in words(draw(many))


def test_a_large_machine_is_a_table_and_a_small_one_a_graph():
    assert is_graph(machine(2, 2))
    large = machine(15, 16)
    assert not is_graph(large)
    axes = draw(large).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("input", "state")
    assert axes.images[0].get_array().shape == (15, 16)

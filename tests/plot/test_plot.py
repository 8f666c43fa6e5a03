"""Every artifact has a drawing, and a drawing is the same every time."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import matplotlib
import numpy as np
import pytest

from pellucid.artifacts import (
    Automaton,
    Input,
    Network,
    Number,
    Program,
    StateCloud,
    TrainingCurve,
    read_program,
)
from pellucid.core.artifact import KINDS
from pellucid.plot import draw, is_graph, to_png, to_svg


def machine(states, size, seed=0):
    generator = np.random.default_rng(seed)
    symbols = np.arange(size)[:, None]
    return Automaton(
        generator.integers(0, states, (states, size)), generator.integers(0, 2, (states, size, 1)), symbols
    )


def words(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


PROGRAM = read_program("def p(steps):\n  s = 0\n  for x in steps:\n    s = s ^ x\n    yield s", [(0, 1)])
CLOUD = StateCloud(np.random.default_rng(0).normal(size=(50, 2)), np.arange(50) % 3)
CURVE = TrainingCurve(np.arange(5), np.ones((5, 3)), np.ones((5, 3)), 1)
NETWORK = Network({"a": np.ones((1, 3, 2)), "b": np.zeros(3), "c": np.float32(1), "d": np.ones((2, 2, 2))})


@pytest.mark.parametrize("artifact", [PROGRAM, CLOUD, CURVE, NETWORK, machine(2, 2), machine(5, 3), machine(40, 3)])
def test_every_artifact_is_drawn_and_the_same_twice(artifact):
    svg = to_svg(draw(artifact))
    assert svg == to_svg(draw(artifact))
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert to_png(draw(artifact), 40).startswith(b"\x89PNG")


def test_every_kind_was_drawn_above():
    elsewhere = {"formula", "front", "predictions", "spline_network"}  # see test_plot_formulas.py
    elsewhere |= {"orbits", "invariants", "densities"}  # see test_plot_laws.py; laws are typeset, not drawn
    elsewhere |= {"symmetries", "integrable_families", "field_waves"}  # see test_plot_fields.py
    elsewhere |= {"coordinate_change", "special_cases"}  # tables, so far
    elsewhere |= {"force_split", "shared_theory", "theories"}  # see test_plot_physics.py
    elsewhere |= {"recovered_dynamics", "empirical_invariants", "measured_orbits"}  # see jobs/test_trajectories.py
    elsewhere |= {"probe_predictions", "transfer_matrix", "circle", "helix", "feature_clusters", "sparse_scores"}
    elsewhere |= {"criteria"}  # these: see test_plot_probes.py
    elsewhere |= {"direction", "linear_readout"}  # drawn by what they predict: see test_plot_probes.py
    elsewhere |= {"dictionary", "dictionary_quality", "feature_atlas", "low_rank_adapter"}  # see test_dashboard.py
    elsewhere |= {"effects"}  # see jobs/test_layers.py
    assert set(KINDS) - elsewhere == {a.kind for a in (PROGRAM, CLOUD, CURVE, NETWORK, machine(2, 2))}


def test_drawing_leaves_matplotlib_as_it_was():
    before = dict(matplotlib.rcParams)
    to_svg(draw(CURVE))
    assert dict(matplotlib.rcParams) == before


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


def test_odd_figures_do_not_break_a_drawing():
    for losses in ([0.0, 0.0], [np.nan, np.nan], [np.inf, 1.0]):
        to_svg(draw(TrainingCurve([0, 1], losses, [np.nan, 1.0])))
    to_svg(draw(StateCloud(np.zeros((1, 2)), np.zeros(1))))
    to_svg(draw(StateCloud(np.random.default_rng(0).normal(size=(900, 2)), np.arange(900) % 20)))
    to_svg(draw(Network({"scalar": np.float32(3)})))


def test_an_unknown_kind_is_refused():
    class Odd:
        kind = "odd"

    with pytest.raises(ValueError, match="no drawing for 'odd'"):
        draw(Odd())  # type: ignore[arg-type]


def test_a_large_machine_is_a_table_and_a_small_one_a_graph():
    assert is_graph(machine(2, 2))
    large = machine(15, 16)
    assert not is_graph(large)
    axes = draw(large).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("input", "state")
    assert axes.images[0].get_array().shape == (15, 16)

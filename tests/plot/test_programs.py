"""Networks and what became of them: a drawing is the same every time, whatever the figures are."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from pellucid.artifacts import Automaton, Network, StateCloud, TrainingCurve, read_program
from pellucid.plot import draw, to_png, to_svg


def machine(states, size, seed=0):
    generator = np.random.default_rng(seed)
    symbols = np.arange(size)[:, None]
    return Automaton(
        generator.integers(0, states, (states, size)), generator.integers(0, 2, (states, size, 1)), symbols
    )


PROGRAM = read_program("def p(steps):\n  s = 0\n  for x in steps:\n    s = s ^ x\n    yield s", [(0, 1)])
CLOUD = StateCloud(np.random.default_rng(0).normal(size=(50, 2)), np.arange(50) % 3)
CURVE = TrainingCurve(np.arange(5), np.ones((5, 3)), np.ones((5, 3)), 1)
NETWORK = Network({"a": np.ones((1, 3, 2)), "b": np.zeros(3), "c": np.float32(1), "d": np.ones((2, 2, 2))})


@pytest.mark.parametrize("artifact", [PROGRAM, CLOUD, CURVE, NETWORK, machine(2, 2), machine(5, 3), machine(40, 3)])
def test_each_is_drawn_and_the_same_twice(artifact):
    svg = to_svg(draw(artifact))
    assert svg == to_svg(draw(artifact))
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert to_png(draw(artifact), 40).startswith(b"\x89PNG")


ODD = [
    *(TrainingCurve([0, 1], losses, [np.nan, 1.0]) for losses in ([0.0, 0.0], [np.nan, np.nan], [np.inf, 1.0])),
    StateCloud(np.zeros((1, 2)), np.zeros(1)),
    StateCloud(np.random.default_rng(0).normal(size=(900, 2)), np.arange(900) % 20),
    Network({"scalar": np.float32(3)}),
]


@pytest.mark.parametrize("artifact", ODD)
def test_odd_figures_do_not_break_a_drawing(artifact):
    assert ElementTree.fromstring(to_svg(draw(artifact))).tag.endswith("svg")

"""Drawings of orbits: coloured by what they keep."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.artifacts import Invariants, Orbits
from pellucid.plot import draw, draw_drift, draw_orbits, to_svg

SPRING = Invariants(("x", "v"), ("v", "-k*x"), ("k",), ("k*x**2 + v**2",), 2, ("x", "v"), vectors=1)


def orbits(count: int = 3) -> Orbits:
    times = np.linspace(0, 5, 40)
    states = np.array([[r * np.cos(times), -r * np.sin(times)] for r in range(1, count + 1)]).transpose(0, 2, 1)
    return Orbits(states, times, np.ones((count, 1)), ("x", "v"))


def test_an_orbit_has_one_colour():
    axes, bar = draw_orbits(orbits(), SPRING).axes
    assert (axes.get_xlabel(), axes.get_ylabel(), bar.get_ylabel()) == ("x", "v", "H1")
    values = np.asarray(axes.collections[0].get_array()).reshape(3, -1)
    np.testing.assert_allclose(values, np.array([[1.0], [4.0], [9.0]]).repeat(39, 1))


def test_drift_is_far_below_what_is_not_conserved():
    (axes,) = draw_drift(orbits(), SPRING).axes
    assert axes.get_yscale() == "log"
    assert max(axes.lines[0].get_ydata()) < 1e-14


def test_runaway_orbits_and_one_variable_can_be_drawn():
    states = np.full((1, 5, 1), np.nan)
    states[0, :2, 0] = 1.0, 2.0
    alone = Orbits(states, np.arange(5.0), np.zeros((1, 0)), ("x",))
    assert draw(alone).axes[0].get_xlabel() == "time"
    lonely = Invariants(("x",), ("0",), (), ("x",), 1, ("x",), vectors=1)
    assert "<svg" in to_svg(draw(alone, lonely))
    assert "<svg" in to_svg(draw_drift(alone, lonely))


@pytest.mark.parametrize("count", [7, 13])
def test_many_invariants_share_a_drawing(count):
    many = Invariants(("x", "v"), ("v", "-x"), (), ("x**2 + v**2",) * count, 2, ("x", "v"), vectors=count)
    without = Orbits(orbits().states, orbits().times, np.zeros((3, 0)), ("x", "v"))
    legend = draw_drift(without, many).axes[0].get_legend()
    assert legend is not None
    assert len(legend.get_texts()) == (count if count <= 8 else 1) + 1


def test_the_same_orbits_give_the_same_drawing():
    assert to_svg(draw(orbits(), SPRING)) == to_svg(draw(orbits(), SPRING))

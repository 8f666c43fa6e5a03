"""Waves, symmetries and families are drawn, the same every time."""

import numpy as np
import pytest

from pellucid.artifacts import Densities, FieldWaves, IntegrableFamilies, IntegrableFamily, Symmetries
from pellucid.plot import draw, to_svg

WAVES = FieldWaves(np.random.default_rng(0).normal(size=(9, 1, 16)), np.linspace(0, 1, 9), np.zeros(0), ("u",), (), 6.0)
TWO = FieldWaves(np.ones((4, 2, 8)), np.arange(4.0), np.ones(1), ("u", "v"), ("a",), 1.0)
LAW = Densities(("u",), ("u*u_x",), (), ("u", "u**2"), ("-u**2/2", "-2*u**3/3"), 0, 2, 2)
KDV = Symmetries(
    "evolution", ("u",), ("u*u_x + u_xxx",), (), ("t", "x", "u"), (("1", "0", "0"), ("0", "t", "-1")), 1, 2
)
NONE = Symmetries("evolution", ("u",), ("u",), (), ("t", "x", "u"), (), 1, 0)
FAMILIES = IntegrableFamilies(
    ("u*u_x",), (IntegrableFamily(LAW, "Hopf", "", "exact", 1, ()), IntegrableFamily(LAW, "", "", "exact", 1, ()))
)


@pytest.mark.parametrize("artifact", [WAVES, TWO, KDV, NONE, FAMILIES, IntegrableFamilies((), ())])
def test_drawn_and_the_same_twice(artifact):
    assert to_svg(draw(artifact)) == to_svg(draw(artifact))


def test_a_wave_with_its_densities():
    figure = draw(WAVES, LAW)
    last = [axes for axes in figure.axes if axes.get_ylabel().startswith("change")]
    assert [text.get_text() for text in last[0].get_legend().get_texts()][:2] == ["∫ ρ1 dx", "∫ ρ2 dx"]


def test_flows_are_in_the_plane_that_they_move():
    labels = [(axes.get_xlabel(), axes.get_ylabel()) for axes in draw(KDV).axes]
    assert labels == [("x", "t"), ("x", "u")]

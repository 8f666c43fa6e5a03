"""Drawings of regions, of forces split in two, and of learners that agree or do not."""

from __future__ import annotations

import numpy as np

from pellucid.artifacts.theories.force_split import ForceSplit
from pellucid.artifacts.theories.shared_theory import SharedTheory
from pellucid.artifacts.theories.theories import Branch, Theories
from pellucid.plot import to_svg
from pellucid.plot.physics import draw_force_split, draw_shared_theory, draw_theories

FALL = ("0", "0", "0", "0", "0"), ("-2", "0", "0", "0", "0")
FIELD = ("0", "0", "0", "0", "1/2"), ("0", "0", "0", "-1/2", "0")
WORLD = Theories(("x", "y"), (FALL, FIELD), (Branch(0, 0.0, 1, 2), Branch(theory=0), Branch(theory=1)))
WEIGHTS = {f"{n}.{k}1": np.ones(s) for n, k, s in (("lagrangian", "W", (1, 1)), ("lagrangian", "b", (1,)),
                                                   ("free", "W", (2, 1)), ("free", "b", (1,)))}  # fmt: skip
SPLIT = ForceSplit(("x", "v_x"), 1, WEIGHTS, (0.5, 0.8, 1.25), (0.01, 0.02, 0.3), (0.3, 0.28, 0.0), 0)
SHARED = SharedTheory(
    ("spring", "planet"), ("S_x", "S_x/S_vv"), np.ones((2, 3, 2)), np.full((2, 3, 2, 2), 0.5), *np.ones((3, 2, 3, 2))
)


def test_each_region_has_its_colour_and_law():
    axes = draw_theories(WORLD).axes[0]
    shown = np.asarray(axes.images[0].get_array())
    assert (shown[0, 0], shown[0, -1]) == (0, 1)
    legend = axes.get_legend()
    assert legend is not None
    assert [t.get_text() for t in legend.get_texts()] == ["a_x = 0\na_y = -2", "a_x = 1/2*v_y\na_y = -1/2*v_x"]


def test_one_dimension_can_be_drawn():
    line = Theories(("x",), ((("1", "0", "0"),),), box=((0.0, 2.0),))
    assert draw_theories(line).axes[0].get_xlim() == (0.0, 2.0)


def test_a_sweep_is_drawn_in_percent():
    axes = draw_force_split(SPLIT).axes[0]
    free = next(line for line in axes.lines if line.get_label() == "free force")
    np.testing.assert_allclose(free.get_ydata(), [30, 28, 0])


def test_a_shared_theory_names_its_terms_and_systems():
    left, right = draw_shared_theory(SHARED).axes
    assert {t.get_text() for t in left.get_yticklabels()} == {"S_x", "S_x/S_vv"}
    assert [t.get_text() for t in right.get_xticklabels()] == ["spring", "+ planet"]


def test_the_same_twice():
    for make, artifact in ((draw_theories, WORLD), (draw_force_split, SPLIT), (draw_shared_theory, SHARED)):
        assert to_svg(make(artifact)) == to_svg(make(artifact))

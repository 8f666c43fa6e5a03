"""The drawing of a dictionary's features."""

import numpy as np
import pytest

from pellucid.artifacts import FeatureAtlas
from pellucid.plot import draw, to_svg


def atlas(estimate: float) -> FeatureAtlas:
    n = 6
    numbers = np.linspace(0.001, 0.2, n)
    whole, none = np.zeros((n, 2), dtype=int), np.full((n, 2), -1)
    return FeatureAtlas(
        "layer", ("a", "b"), np.zeros((3, 4), dtype=int), numbers, np.ones(n), np.ones((n, 4), dtype=int), whole,
        whole, np.ones((n, 2, 3)), none, np.zeros((n, 2)), none, np.zeros((n, 2)), whole, np.zeros((n, 2)),
        numbers * estimate, np.where(np.arange(n) < 2, estimate, np.nan),
        np.full(n, 0.1), before=1, spread=1, tokens=12,
    )  # fmt: skip


@pytest.mark.parametrize(("estimate", "panels"), [(1.0, 2), (float("nan"), 1)])
def test_features_without_effects_have_one_panel(estimate, panels):
    drawing = draw(atlas(estimate), atlas(estimate))
    assert len(drawing.axes) == panels
    assert to_svg(drawing).count("share of the tokens") == panels

"""Any artifact is drawn by what its family registered; the door knows no kinds."""

from __future__ import annotations

import subprocess
import sys

import matplotlib
import pytest

from pellucid.artifacts import TrainingCurve
from pellucid.core.artifact import KINDS
from pellucid.plot import draw, has_drawing, to_svg
from pellucid.plot.drawing import _drawn

CURVE = TrainingCurve([0, 4], [1.0, 0.1], [0.5, 1.0])


def test_each_registered_drawing_is_of_an_artifact_that_can_be_saved():
    drawn = {kind.kind for kind in _drawn.types()}
    assert drawn <= set(KINDS)
    undrawn = {"coordinate_change", "special_cases", "invariants", "densities"}  # told in words, or typeset
    undrawn |= {"annotated_program", "conservation_laws", "map_invariants", "recovered_evolution"}  # in words, too
    undrawn |= {"python_functions"}  # printed
    undrawn |= {"direction", "linear_readout"}  # drawn by what they predict
    undrawn |= {"dictionary", "dictionary_quality", "low_rank_adapter"}  # drawn by their features
    undrawn |= {"feature_firing", "steered_texts"}  # drawn by the atlas; texts side by side
    assert set(KINDS) - undrawn <= drawn


def test_drawing_leaves_matplotlib_as_it_was():
    before = dict(matplotlib.rcParams)
    to_svg(draw(CURVE))
    assert dict(matplotlib.rcParams) == before


def test_an_unknown_kind_is_refused():
    class Odd:
        kind = "odd"

    with pytest.raises(ValueError, match="no drawing for 'odd'"):
        draw(Odd())  # type: ignore[arg-type]
    assert not has_drawing(Odd())  # type: ignore[arg-type]


def test_a_drawing_that_is_not_made_costs_no_matplotlib():
    code = "import sys, pellucid.plot as p; p.draw; assert not {'matplotlib', 'torch'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

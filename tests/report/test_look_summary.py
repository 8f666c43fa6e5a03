"""What the page of a dictionary, a layer map or a probe says first."""

from dataclasses import replace

import numpy as np
import pytest

from pellucid.artifacts import Direction, Effects, LinearReadout
from pellucid.core import Finding, Measured, Provenance
from pellucid.report.look_summary import look_summary, look_title
from pellucid.report.page import report_html


def probe(artifact, value, best, error=0.02, **settings):
    claims = (
        Measured("control: held-out accuracy of the words alone", best, ""),
        Measured("control: held-out accuracy of random labels", best - 0.05, ""),
        Measured("held-out accuracy, 40 rows in 5 grouped folds; baseline: the best control", value, "", best, error),
    )
    return Finding(artifact, claims, Provenance("DifferenceOfMeans", settings, 0, ""))


direction = Direction(np.array([1.0, 0.0]), 0.0, "cities", ("false", "true"))


def test_a_direction_is_told_beside_its_best_control():
    found = probe(direction, 0.95, 0.55, layer=14, model="smollm2", table="cities")
    assert look_title(found) == "True from false in smollm2: cities"
    told = look_summary(found)
    assert "after layer 14" in told
    assert "95.0 %" in told
    assert "the words alone, has 55.0 %" in told
    assert "nothing is shown" not in told


def test_a_direction_no_better_than_its_control_says_so():
    assert "nothing is shown that the control lacks" in look_summary(probe(direction, 0.56, 0.55))


@pytest.mark.parametrize(("moved", "words"), [(0.5, "further than random"), (-0.02, "no further than random")])
def test_the_causal_check_is_told_whichever_way_it_came_out(moved, words):
    found = probe(direction, 0.95, 0.55)
    statement = "added to 32 held-out rows, the direction moves the logit; baseline: the largest of 8 random directions"
    told = look_summary(replace(found, claims=(*found.claims, Measured(statement, moved, "", 0.07, 0.01))))
    assert f"it moves the model's answer {words}" in told


def test_a_readout_is_told_by_its_r_squared():
    readout = LinearReadout(np.ones((1, 2)), np.zeros(1), ("latitude",), "places")
    assert "gives latitude with R^2 = 0.70" in look_summary(probe(readout, 0.7, 0.1))


def test_layers_are_told_by_what_their_deletion_costs():
    names = ("KL, deleted", "top-1 kept, deleted", "KL, swapped")
    rows = ((3.0, 0.1, 1.0), (0.1, 0.9, 0.2), (0.5, 0.8, None))
    effects = Effects(("l.0", "l.1", "l.2"), names, rows, groups=("a", "b", "b"), title="layers of tiny")
    finding = Finding(effects, (), Provenance("layers", {"notes": ["text: corpus, 8 rows"]}, 0, ""))
    told = look_summary(finding)
    assert told.startswith("Of 3 layers, leaving out layer 0 (3.00 nats)")
    assert "1 (0.100 nats) least" in told
    assert told.endswith("Stages, by a rule: a in layer 0, b in layers 1-2.")
    page = report_html(finding)
    assert "Layers of tiny" in page
    assert "Text: corpus, 8 rows." in page
    assert "95 % intervals" in page

"""What the page of a probe says first: the probe beside its best control."""

from dataclasses import replace

import numpy as np
import pytest

from pellucid.artifacts import Direction, LinearReadout
from pellucid.core import Finding, Measured, Provenance
from pellucid.report import summary, title


def probe(artifact, value, best, error=0.02, **settings):
    claims = (
        Measured("control: held-out accuracy of the words alone", best, "", key="control: the words alone"),
        Measured("control: held-out accuracy of random labels", best - 0.05, "", key="control: random labels"),
        Measured("held-out accuracy, 40 rows; baseline: the best control", value, "", best, error, key="accuracy"),
    )
    return Finding(artifact, claims, Provenance("DifferenceOfMeans", settings, 0, ""))


direction = Direction(np.array([1.0, 0.0]), 0.0, "cities", ("false", "true"))


def test_a_direction_is_told_beside_its_best_control():
    found = probe(direction, 0.95, 0.55, layer=14, model="smollm2", table="cities")
    assert title(found) == "True from false in smollm2: cities"
    text = summary(found)
    assert "after layer 14" in text
    assert "95.0 %" in text
    assert "the words alone, has 55.0 %" in text
    assert "nothing is shown" not in text


def test_a_direction_no_better_than_its_control_says_so():
    assert "nothing is shown that the control lacks" in summary(probe(direction, 0.56, 0.55))


@pytest.mark.parametrize(("moved", "words"), [(0.5, "further than random"), (-0.02, "no further than random")])
def test_the_causal_check_is_told_whichever_way_it_came_out(moved, words):
    found = probe(direction, 0.95, 0.55)
    statement = "added to 32 held-out rows, the direction moves the logit; baseline: the largest of 8 random directions"
    text = summary(
        replace(found, claims=(*found.claims, Measured(statement, moved, "", 0.07, 0.01, key="steered_by_adding")))
    )
    assert f"it moves the model's answer {words}" in text


def test_a_readout_is_told_by_its_r_squared():
    readout = LinearReadout(np.ones((1, 2)), np.zeros(1), ("latitude",), "places")
    assert "gives latitude with R^2 = 0.70" in summary(probe(readout, 0.7, 0.1))


def test_whatever_the_claims_say_in_words_their_keys_decide():
    found = probe(direction, 0.95, 0.55)
    renamed = tuple(replace(claim, statement="said otherwise") for claim in found.claims)
    assert summary(replace(found, claims=renamed)) == summary(found)
    unkeyed = tuple(replace(claim, key="") for claim in found.claims)
    assert summary(replace(found, claims=unkeyed)).startswith(f"{direction.describe()}.")

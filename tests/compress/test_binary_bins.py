"""Grades of scores whose truth is known: steps, noise, and what is no score."""

import numpy as np
import pytest

from pellucid.compress import BinaryBins
from pellucid.core import Exhausted, Measured
from pellucid.subjects import Samples


def steps(rows=3000, seed=0):
    """P(y) is 0.05 below 0.3, 0.4 up to 0.8, and 0.95 above."""
    generator = np.random.default_rng(seed)
    score = generator.uniform(0, 1, rows)
    chance = np.select([score < 0.3, score < 0.8], [0.05, 0.4], 0.95)
    return Samples(score, generator.random(rows) < chance, ("risk",), "ill")


def test_three_levels_are_three_grades():
    finding = BinaryBins().explain(steps())
    found = finding.artifact
    assert found.chosen == 3
    assert np.allclose(found.of().cuts, [0.3, 0.8], atol=0.02)
    assert np.allclose(found.frequencies(), [0.05, 0.4, 0.95], atol=0.04)
    assert isinstance(finding.claim("corner"), Exhausted)
    claim = finding.claim("held_out")
    assert isinstance(claim, Measured)
    assert claim.value > claim.baseline + 2 * claim.uncertainty


def test_noise_is_not_graded():
    generator = np.random.default_rng(3)
    found = BinaryBins().explain(Samples(generator.random(600), generator.random(600) < 0.4, ("s",), "y")).artifact
    assert found.chosen == 1
    assert found.of(8).information > 0.01 > found.of(8).held_out


def test_module_grades_as_the_artifact_does():
    found = BinaryBins(chosen=4).explain(steps(400)).artifact
    space: dict = {}
    exec(found.files()["binned_score.py"], space)
    score = np.linspace(-1, 2, 50)
    assert [space["grade"](one) for one in score] == found.grade(score).tolist()
    assert len(found.of().counts) == 4


def test_other_numbers_are_refused():
    with pytest.raises(ValueError, match="bins=9 was not made; give 1 to 8"):
        BinaryBins().explain(steps(100)).artifact.of(9)


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (Samples(np.arange(18.0).reshape(9, 2), np.arange(9) % 2), "2 features"),
        (Samples(np.arange(9.0), np.arange(9) % 3), "3 different values"),
        (Samples(np.arange(9.0), np.ones(9)), "only one value"),
        (Samples(np.arange(3.0), [0, 1, 1]), "too few"),
        (Samples(np.ones(9), np.arange(9) % 2), "1 different scores"),
    ],
)
def test_what_is_no_score_is_refused(samples, words):
    with pytest.raises(ValueError, match=words):
        BinaryBins().explain(samples)


@pytest.mark.parametrize("settings", [{"bins": 1}, {"chosen": 9}, {"held_out": 0.0}, {"cells": 1}])
def test_settings_are_refused(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        BinaryBins(**settings).explain(steps(60))


def test_few_of_one_label_do_not_stop_it():
    score = np.arange(30.0)
    found = BinaryBins().explain(Samples(score, score == 29, ("s",), "y")).artifact
    assert found.chosen >= 1

"""Helices are found where they are and moved along, and wrong periods explain less."""

import numpy as np
import pytest

from pellucid.look.geometry.helix_probe import HelixProbe
from pellucid.subjects.models.labelled.labelled import Behaviour, Labelled


def claim(finding, words):
    return next(c for c in finding.claims if words in c.statement)


def numbers_on_a_helix(behaviour=False):
    a = np.repeat(np.arange(60), 3)
    t = 2 * np.pi * a / 10
    x = np.stack([a / 60, np.cos(t), np.sin(t), np.cos(t / 2), np.sin(t / 2)], 1)
    x = np.pad(x, ((0, 0), (0, 3))) + 0.01 * np.random.default_rng(0).normal(size=(180, 8))
    digit = 2 * np.pi * np.arange(10) / 10
    head = np.stack([np.cos(digit), np.sin(digit)])
    expected = np.tile(np.arange(60) % 10, (180, 1))
    acts = Behaviour(lambda v, rows: 10 * v[:, 1:3] @ head, tuple("0123456789"), expected) if behaviour else None
    return Labelled(x, a.astype(float), tuple(map(str, a)), ("number",), behaviour=acts)


def test_a_helix_is_found_and_moved_along():
    found = HelixProbe(periods=(10.0, 20.0)).explain(numbers_on_a_helix(behaviour=True))
    assert found.artifact.explained > 0.98
    unseen = claim(found, "R^2 on held-out numbers of the helix")
    assert unseen.value > 0.9 > unseen.baseline
    frequency, share = found.artifact.spectrum
    assert set(np.round(1 / frequency[np.argsort(-share)[:2]]).tolist()) == {10.0, 20.0}
    assert claim(found, "moved along the helix, rows").value > 0.9
    assert claim(found, "moved along the polynomial, rows").value < 0.7


def test_wrong_periods_explain_less_than_the_last_digit():
    found = HelixProbe(periods=(7.0, 13.0)).explain(numbers_on_a_helix())
    fit = claim(found, "that the helix explains; baseline")
    assert fit.value < fit.baseline


def test_helix_errors():
    with pytest.raises(ValueError, match="too few for 4 periods"):
        HelixProbe().explain(Labelled(np.eye(12), np.arange(12.0), names=("number",)))
    with pytest.raises(ValueError, match="one number for each row"):
        HelixProbe().explain(Labelled(np.eye(4), [0, 1, 0, 1], names=("a", "b")))

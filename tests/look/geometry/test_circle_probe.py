"""Circles are found where they are, moved along, and not found where they are not."""

import numpy as np
import pytest

from pellucid.look.geometry.circle_probe import CircleProbe, circle_share
from pellucid.subjects.models.labelled.labelled import Behaviour, Labelled

NAMES = tuple("abcdefg")


def claim(finding, words):
    return next(c for c in finding.claims if words in c.statement)


def circle_rows(order=range(7), behaviour=False):
    """Ten groups of all names, on a circle in some order; the answer is the name itself."""
    generator = np.random.default_rng(0)
    place = np.array(list(order))
    y = np.tile(np.arange(7), 10)
    angles = 2 * np.pi * place[y] / 7
    x = 0.05 * generator.normal(size=(70, 12))
    x[:, :2] += np.stack([np.cos(angles), np.sin(angles)], 1)
    corners = 2 * np.pi * np.arange(7) / 7
    head = np.stack([np.cos(corners), np.sin(corners)])
    expected = np.tile(np.arange(7), (70, 1))
    acts = Behaviour(lambda values, rows: 10 * values[:, :2] @ head, NAMES, expected) if behaviour else None
    groups = tuple(str(i // 7) for i in range(70))
    return Labelled(x, y, groups, NAMES, behaviour=acts, title="letters")


def test_a_circle_is_found_and_moved_along():
    found = CircleProbe().explain(circle_rows(behaviour=True))
    assert found.artifact.explained > 0.9
    unseen = claim(found, "has not seen; baseline")
    assert unseen.value < 20 < 30 < unseen.baseline
    assert claim(found, "share of all 360").value == pytest.approx(1 / 360)
    assert claim(found, "moved along the circle, rows").value > 0.9
    assert claim(found, "moved by a random step of the same length, rows").value < 0.5
    assert np.abs(np.hypot(*found.artifact.unseen().T) - 1).max() < 0.2


def test_another_order_is_no_circle():
    found = CircleProbe().explain(circle_rows(order=(0, 3, 6, 2, 5, 1, 4)))
    assert found.artifact.explained < 0.2
    assert claim(found, "has not seen; baseline").value > 45
    assert circle_share(found.artifact.means[[0, 5, 3, 1, 6, 4, 2]]) > 0.9  # in the order that they lie in


def test_circle_errors():
    with pytest.raises(ValueError, match="4 classes or more"):
        CircleProbe().explain(Labelled(np.eye(4), [0, 1, 0, 1], names=("a", "b")))
    with pytest.raises(ValueError, match="class 'd' has no rows"):
        CircleProbe().explain(Labelled(np.eye(4), [0, 1, 2, 0], names=tuple("abcd")))

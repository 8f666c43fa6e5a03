"""Drawings of probes and geometry: one for each artifact, with the names that it has."""

import numpy as np
import pytest

from pellucid.artifacts.features.circle import Circle
from pellucid.artifacts.features.criteria import Criteria
from pellucid.artifacts.features.feature_clusters import FeatureClusters
from pellucid.artifacts.features.helix import Helix
from pellucid.artifacts.features.probe_parts import ProbePredictions, SparseScores, TransferMatrix
from pellucid.plot import to_svg
from pellucid.plot.probes import (
    draw_circle,
    draw_clusters,
    draw_criteria,
    draw_helix,
    draw_probe,
    draw_sparse,
    draw_transfer,
)

GENERATOR = np.random.default_rng(0)
SCORES, PLACES = GENERATOR.normal(size=(30, 1)), GENERATOR.uniform(-50, 50, (30, 2))
ANGLES = 2 * np.pi * np.arange(5) / 5
RING = np.stack([np.cos(ANGLES), np.sin(ANGLES), 0 * ANGLES], 1)


def classes(count):
    scores, numbers = np.random.default_rng(0).normal(size=(200, count)), np.arange(200) % count
    names = tuple(f"kind {i}" for i in range(count))
    return ProbePredictions(scores, np.eye(count)[numbers], names, of_classes=True)


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        (lambda: draw_probe(ProbePredictions(SCORES, (SCORES > 0).astype(float), ("wrong", "right"))), ["wrong"]),
        (lambda: draw_probe(ProbePredictions(PLACES, PLACES, ("latitude", "longitude"))), ["where they are"]),
        (lambda: draw_probe(ProbePredictions(SCORES, SCORES, ("year",))), ["true year"]),
        (lambda: draw_probe(classes(3)), ["kind 2", "read as"]),
        (lambda: draw_probe(classes(45)), ["5 rarer classes are not shown"]),
        (lambda: draw_transfer(TransferMatrix(np.eye(2), ("one", "other_one"))), ["other one", "1.00"]),
        (
            lambda: draw_circle(Circle(np.zeros(3), np.eye(2, 3), RING, np.eye(2, 3), np.zeros(2), tuple("abcde"))),
            ["e"],
        ),
        (
            lambda: draw_helix(
                Helix(np.zeros(3), np.eye(3), RING, np.arange(5.0), np.ones((2, 3)) * [[0, 0.2, 0.4]], (5.0,), 5.0)
            ),
            ["number a", "share of the variance"],
        ),
        (
            lambda: draw_clusters(
                FeatureClusters(
                    np.arange(3),
                    np.ones(1),
                    np.ones(1),
                    np.ones(1),
                    np.ones(1),
                    GENERATOR.normal(size=(1, 9, 2)),
                    (3,),
                    9,
                )
            ),
            ["3 latents"],
        ),
        (
            lambda: draw_sparse(
                SparseScores(
                    np.array([0.6, 0.7]), np.array([0.5, 0.6]), np.arange(2), np.array([0.9]), (1, 2), ("all",)
                )
            ),
            ["latents", "all"],
        ),
        (lambda: draw_criteria(Criteria("g", (("predictable", 0.9, 0.1, True),))), ["predictable"]),
    ],
)
def test_draws(drawing, words):
    text = to_svg(drawing())
    assert all(word in text for word in words)

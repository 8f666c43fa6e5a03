"""Clusters of latents: how they are made, their controls, and the rules for bad input."""

from dataclasses import replace

import numpy as np
import pytest

from pellucid.look.geometry.feature_groups import FeatureGroups, mixture_index, separability_index
from pellucid.subjects.models.coded import Coded


def claim(finding, words):
    return next(c for c in finding.claims if words in c.statement)


def coded(rings=3, corners=6, loose=30, tokens=2400, seed=0):
    """Rings of latents whose directions have cosines of 0.4 to 0.85: on each token neighbours of one ring fire,
    or a few of the loose latents.
    """
    generator = np.random.default_rng(seed)
    angles = 2 * np.pi * np.arange(corners) / corners
    ring = np.stack([np.cos(angles), np.sin(angles), 1.5 + 0 * angles], 1)
    decoder = generator.normal(size=(rings * corners + loose, 400))
    values = np.zeros((tokens, len(decoder)))
    which, place = np.arange(tokens) % (rings + 1), generator.uniform(0, 2 * np.pi, tokens)
    for i in range(rings):
        axes = np.linalg.qr(generator.normal(size=(400, 3)))[0].T
        decoder[i * corners : (i + 1) * corners] = ring @ axes
        there = np.flatnonzero(which == i)
        values[there, i * corners : (i + 1) * corners] = np.maximum(0, np.cos(place[there, None] - angles))
    rest = np.flatnonzero(which == rings)
    values[np.ix_(rest, np.arange(rings * corners, len(decoder)))] = np.abs(
        generator.normal(size=(len(rest), loose))
    ) * (generator.random((len(rest), loose)) < 0.2)
    return Coded(values, np.tile(np.arange(len(decoder)), (tokens, 1)), decoder)


LINKED = FeatureGroups(cosine=0.95, clusters=33, tokens=400, controls=10)


@pytest.fixture(scope="module")
def found():
    return LINKED.explain(coded())


def test_linkage_finds_what_is_too_far_apart_to_be_connected(found):
    assert FeatureGroups(cosine=0.95).explain(coded()).artifact.sizes == ()
    best = {tuple(found.artifact.cluster(i).tolist()) for i in range(len(found.artifact.sizes))}
    assert best >= {tuple(range(start, start + 6)) for start in (0, 6, 12)}


def test_rings_score_above_themselves_shuffled_and_random_clusters_are_told(found):
    rings = [i for i, size in enumerate(found.artifact.sizes) if size == 6]
    assert found.artifact.score[rings].min() > claim(found, "shuffled, mean").value
    assert claim(found, "random clusters of the same sizes, mean of 10").value > 0
    assert claim(found, "above 95 %").baseline == 0.05


def test_clusters_that_hardly_fire_are_not_judged():
    assert replace(LINKED, fewest=5000).explain(coded()).artifact.sizes == ()
    assert len(replace(LINKED, most=2, controls=1).explain(coded()).artifact.sizes) == 2


def test_the_same_seed_gives_the_same(found):
    again = LINKED.explain(coded())
    assert again.claims == found.claims


@pytest.mark.parametrize("clusters", [0, 49])
def test_a_number_of_clusters_that_cannot_be(clusters):
    with pytest.raises(ValueError, match=f"clusters={clusters} of 48 latents; give 1 to 48"):
        FeatureGroups(clusters=clusters).explain(coded())


def test_no_controls_are_no_comparison():
    with pytest.raises(ValueError, match="controls=0 leaves nothing to compare with"):
        FeatureGroups(controls=0).explain(coded())


def test_indices_of_what_is_known():
    generator = np.random.default_rng(0)
    t = generator.uniform(0, 2 * np.pi, 1000)
    circle, gauss = np.stack([np.cos(t), np.sin(t)], 1), generator.normal(size=(1000, 2))
    cross = np.where(generator.random(1000)[:, None] < 0.5, [[1.0, 0]], [[0, 1.0]]) * np.abs(gauss)
    assert separability_index(circle, generator) > 1 > 0.1 > separability_index(gauss, generator)
    assert mixture_index(circle) < 0.3 < 0.45 < mixture_index(cross)


def test_a_circle_of_latents_is_the_least_reducible_cluster():
    generator = np.random.default_rng(0)
    count, corners = 1500, 2 * np.pi * np.arange(5) / 5
    t = generator.uniform(0, 2 * np.pi, count)
    ring = np.maximum(0, np.cos(t[:, None] - corners))
    other = np.abs(generator.normal(size=(count, 3))) * (generator.random((count, 3)) < 0.3)
    loose = np.abs(generator.normal(size=(count, 12)))
    values = np.concatenate([ring, other, loose], 1)
    decoder = generator.normal(size=(20, 60))
    axes = generator.normal(size=(3, 60))
    decoder[:5] = np.stack([np.cos(corners), np.sin(corners), 2 + 0 * corners], 1) @ axes
    decoder[5:8] = decoder[5] + 0.5 * generator.normal(size=(3, 60))
    found = FeatureGroups().explain(Coded(values, np.tile(np.arange(20), (count, 1)), decoder))
    assert found.artifact.cluster(0).tolist() == [0, 1, 2, 3, 4]
    assert claim(found, "least reducible").value > claim(found, "least reducible").baseline
    with pytest.raises(ValueError, match="lower smallest"):
        FeatureGroups().explain(Coded([[1.0]], [[0]], [[1.0, 0.0]]))


def test_no_cluster_is_told():
    found = FeatureGroups().explain(Coded(np.ones((50, 1)), np.arange(50)[:, None] % 4, np.eye(4)))
    assert found.artifact.describe() == "no cluster among 4 latents"

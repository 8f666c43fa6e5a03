"""Measures of a probe: what must hold for any scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.look.probes.evaluation import (
    accuracy,
    area_under_curve,
    balanced_accuracy,
    explained_each,
    rank_correlation,
)
from pellucid.look.probes.sparse_probe import rank_features

SEEDS = st.integers(0, 10_000)


def drawn(seed, rows=40):
    generator = np.random.default_rng(seed)
    y = (np.arange(rows) % 2).astype(float)[generator.permutation(rows), None]
    return generator, generator.normal(size=(rows, 1)).round(1), y  # rounded: some scores are the same


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_area_counts_pairs(seed):
    _, scores, y = drawn(seed)
    ones, zeros = scores[y[:, 0] == 1], scores[y[:, 0] == 0]
    wins = (ones > zeros.T).mean() + (ones == zeros.T).mean() / 2
    assert area_under_curve(scores, y) == pytest.approx(wins)
    assert area_under_curve(-scores, y) == pytest.approx(1 - wins)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.floats(0.1, 10.0))
def test_scaling_scores_changes_no_rank_and_no_class(seed, factor):
    _, scores, y = drawn(seed)
    assert accuracy(factor * scores, y) == accuracy(scores, y)
    both = np.concatenate([scores, -scores], 1), np.concatenate([y, 1 - y], 1)
    assert balanced_accuracy(factor * both[0], both[1]) == pytest.approx(balanced_accuracy(*both))
    assert rank_correlation(np.exp(factor * scores[:, 0]), scores[:, 0]) == pytest.approx(1.0)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_nothing_explains_more_than_the_targets_themselves(seed):
    generator, scores, _ = drawn(seed)
    y = generator.normal(size=(40, 1))
    assert explained_each(scores, y)[0] <= explained_each(y, y)[0] == 1.0
    assert explained_each(np.full_like(y, y.mean()), y)[0] == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 6))
def test_features_are_ranked_whatever_their_units(seed, count):
    generator, _, y = drawn(seed)
    values = generator.normal(size=(40, 6)) + y * generator.normal(size=6)
    ranked = rank_features(values, y[:, 0], count)
    assert len(set(ranked.tolist())) == count
    assert ranked.tolist() == rank_features(values * generator.uniform(1, 9, 6), y[:, 0], count).tolist()


def test_three_rows_by_hand():
    told, y = np.array([[0.1], [0.9], [-1.0]]), np.array([[0.0], [1.0], [1.0]])
    assert accuracy(told, y) == pytest.approx(1 / 3)
    assert area_under_curve(told, y) == 0.5
    assert area_under_curve(told, np.ones((3, 1))) == 0.5

"""Screening of products and pairs against plain least squares."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.distill.formulas.regression.pairs import (
    Best,
    score_extended,
    score_products,
    score_shared,
    score_sums,
    unit_columns,
)


@pytest.fixture
def columns():
    return np.random.default_rng(0).normal(size=(80, 12))


def test_products_find_the_product(columns):
    y = 3 * columns[:, 2] * columns[:, 9]
    best = Best(5)
    left, right = unit_columns(columns[:, :6]), unit_columns(columns[:, 6:])
    score_products(y, left, right, (np.zeros(6), np.zeros(6)), best)
    scores, found = best.result()
    assert found[0].tolist() == [0, 2, 3]
    assert (np.diff(scores) >= 0).all()


def test_products_with_an_offset_score_like_least_squares(columns):
    y = 0.5 + np.random.default_rng(1).normal(size=80) - 2 * columns[:, 2] * columns[:, 9]
    best = Best(36)
    left, right = unit_columns(columns[:, :6]), unit_columns(columns[:, 6:])
    score_products(y, left, right, (np.zeros(6), np.zeros(6)), best, offset_bits=4.0)
    scores, found = best.result()
    assert len(found) == 36
    for score, (_, i, j) in zip(scores[:10], found[:10], strict=True):
        E = np.stack([columns[:, i] * columns[:, 6 + j], np.ones(80)], axis=1)
        missed = y - E @ np.linalg.lstsq(E, y, rcond=None)[0]
        assert score == pytest.approx(4 + 40 * np.log2(missed @ missed / (y @ y)), abs=1e-2)


def test_of_a_constant_nothing_is_left_beside_an_offset(columns):
    best = Best(3)
    score_products(
        np.ones(80), unit_columns(columns), unit_columns(columns), (np.zeros(12),) * 2, best, offset_bits=1.0
    )
    assert not len(best.result()[0])


def test_sums_score_like_least_squares(columns):
    y = np.random.default_rng(1).normal(size=80) + columns[:, 3]
    best = Best(66)
    score_sums(y, unit_columns(columns), np.zeros(12), best)
    scores, found = best.result()
    assert len(found) == 66
    for score, (i, j) in zip(scores[:10], found[:10], strict=True):
        E = columns[:, [i, j]]
        left = y - E @ np.linalg.lstsq(E, y, rcond=None)[0]
        assert score == pytest.approx(40 * np.log2(left @ left / (y @ y)), abs=1e-2)


def test_shared_finds_the_common_factor(columns):
    factors = np.exp(columns[:, 8:] / 3)
    y = factors[:, 2] * (columns[:, 1] - 2 * columns[:, 4])
    best = Best(3)
    score_shared(y, unit_columns(factors), unit_columns(columns[:, :8]), (np.zeros(4), np.zeros(8)), best)
    assert best.result()[1][0].tolist() == [0, 2, 1, 4]


def test_grown_adds_the_missing_term(columns):
    y = columns[:, 0] + columns[:, 5] - columns[:, 7]
    best = Best(4)
    score_extended(y, unit_columns(columns), np.zeros(12), np.array([[0, 5], [1, 2]]), best)
    assert best.result()[1][0].tolist() == [0, 5, 7]

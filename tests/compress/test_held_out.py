"""Held-out information is not too high, and standard errors are those of new samples."""

import numpy as np

from pellucid.algebra.partitions.entropy_terms import entropy_and_information
from pellucid.compress.held_out import held_out_information, predicted_bits, shares_that_stay, split_counts

P = np.array([[0.25, 0.05], [0.1, 0.2], [0.05, 0.35]])
APART = np.arange(3)[None]


def test_held_out_information_is_unbiased_and_its_error_right():
    truth = entropy_and_information(P, APART)[0, 1]
    found = []
    for seed in range(60):
        generator = np.random.default_rng(seed)
        counts = generator.multinomial(900, P.ravel()).reshape(P.shape)
        found.append(held_out_information(counts, lambda p: APART, 1 / 3, 200, generator)[0])
    values = np.array([one.held_out for one in found])
    assert abs(values.mean() - truth) < 3 * values.std() / 60**0.5 + 0.01
    assert 0.7 < np.mean([one.error for one in found]) / values.std() < 1.4


def test_what_chose_is_not_what_judges():
    counts = np.arange(1, 7).reshape(3, 2) * 10
    fitted, held = split_counts(counts, 0.25, np.random.default_rng(0))
    assert held.sum() == round(0.25 * counts.sum())
    assert (fitted + held == counts).all()
    assert (fitted >= 0).all()


def test_nothing_is_called_impossible():
    gain = predicted_bits(np.array([[5, 0], [0, 5]]), np.array([0, 1]))
    assert np.isfinite(gain).all()
    assert gain[0, 0] > 0 > gain[0, 1]


def test_points_that_stand_by_luck_stay_rarely():
    counts = np.array([[300, 20], [290, 21], [2, 80]])
    merged, apart = np.array([0, 0, 1]), np.array([0, 1, 0])
    stays = shares_that_stay(counts, np.array([[0, 0, 0], merged, apart]), 100, np.random.default_rng(0))
    assert stays[1] == 1.0
    assert stays[2] < 0.2

"""Greedy merging against all clusterings, where these can be gone through."""

import numpy as np

from pellucid.algebra.partitions.entropy_terms import entropy_and_information
from pellucid.compress.exact_frontier import best_clusterings, exact_frontier
from pellucid.compress.greedy_frontier import GreedyFrontier
from pellucid.subjects import Joint


def test_greedy_finds_most_of_what_there_is_and_nothing_beyond():
    found = missed = 0
    for seed in range(6):
        weights = np.random.default_rng(seed).integers(1, 60, (9, 3))
        joint = Joint.from_counts(weights)
        p = joint.probabilities
        exact = entropy_and_information(p, exact_frontier(joint))
        clusterings, best = GreedyFrontier()(p)
        points = entropy_and_information(p, clusterings)
        for entropy, information in points:
            assert ((exact[:, 0] <= entropy + 1e-9) & (exact[:, 1] >= information - 1e-9)).any()
        kept = {tuple(row) for row in points.round(9).tolist()}
        found += len(exact)
        missed += sum(tuple(row) not in kept for row in exact.round(9).tolist())
        assert (
            entropy_and_information(p, best)[:, 1] <= entropy_and_information(p, best_clusterings(p))[:, 1] + 1e-9
        ).all()
        assert best.max(1).tolist() == list(range(9))
    assert missed < 0.15 * found


def test_one_clustering_at_a_time_is_enough_for_a_frontier():
    p = np.random.default_rng(0).dirichlet(np.ones(90)).reshape(30, 3)
    clusterings, best = GreedyFrontier(work=1, rounds=1, improved=3)(p)
    assert best.shape == (30, 30)
    assert (np.diff(entropy_and_information(p, clusterings), axis=0) > 0).all()

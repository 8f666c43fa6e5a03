"""What clusterings say of observations that they were not chosen by, and which points of a frontier are there by luck.

Information that is computed from the counts that chose the clustering is too high by about (k - 1)(c - 1) / (2 n ln 2)
bits for k clusters, c values of y and n observations (Miller 1955). Held-out observations have no such excess.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ..algebra.partitions.entropy_terms import bits, entropy_and_information
from ..artifacts.compression.frontier import HeldOut

Array = NDArray[np.float64]


def split_counts(
    counts: Int[np.ndarray, "rows columns"], share: float, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two tables that add to `counts`, the second of a random `share` of the observations.

    >>> fitted, held = split_counts(np.array([[9, 3], [0, 3]]), 0.2, np.random.default_rng(0))
    >>> int(held.sum()), bool((fitted + held == [[9, 3], [0, 3]]).all())
    (3, True)
    """
    many = max(1, round(share * int(counts.sum())))
    held = generator.multivariate_hypergeometric(counts.ravel(), many, method="marginals").reshape(counts.shape)
    return counts - held, held


def predicted_bits(
    fitted: Int[np.ndarray, "rows columns"], clustering: Int[np.ndarray, " rows"], prior: float = 0.5
) -> Float[np.ndarray, "rows columns"]:
    """log2 q(y|z) - log2 q(y) for each x, y: how much better than by frequency the cluster of x predicts y.

    q are the frequencies of the part that was fitted, every count raised by `prior` (Krichevsky and Trofimov 1981), so
    that nothing is called impossible.
    """
    sums = np.zeros((int(clustering.max()) + 1, fitted.shape[1]))
    np.add.at(sums, clustering, fitted.astype(float))
    given = (sums + prior) / (sums + prior).sum(1, keepdims=True)
    alone = fitted.sum(0) + prior
    return np.log2(given)[clustering] - np.log2(alone / alone.sum())


def held_out_information(
    counts: Int[np.ndarray, "rows columns"],
    best: Callable[[Array], NDArray[np.int64]],
    share: float,
    resamples: int,
    generator: np.random.Generator,
) -> tuple[HeldOut, ...]:
    """Of the best clustering into each number of clusters, which `best` finds in p(x, y) of the part that is fitted.

    Standard errors are those of `resamples` tables drawn like the held-out one.
    """
    fitted, held = split_counts(counts, share, generator)
    many = int(held.sum())
    drawn = generator.multinomial(many, held.ravel() / many, size=resamples) / many
    p = fitted[:, fitted.sum(0) > 0] / fitted.sum()
    found = []
    for clustering, point in zip(chosen := best(p), entropy_and_information(p, chosen), strict=True):
        gain = predicted_bits(fitted, clustering).ravel()
        value, error = float(held.ravel() @ gain) / many, float((drawn @ gain).std())
        found.append(HeldOut(int(clustering.max()) + 1, float(point[1]), value, error))
    return tuple(found)


def shares_that_stay(
    counts: Int[np.ndarray, "rows columns"],
    clusterings: Int[np.ndarray, "clusterings rows"],
    resamples: int,
    generator: np.random.Generator,
    work: int = 30_000,
) -> tuple[float, ...]:
    """Of tables drawn with the frequencies of `counts`, the share in which no other of the clusterings beats each.

    Fewer tables than `resamples` where the clusterings are many, so that `work` clusterings are valued at most.
    """
    total, size = int(counts.sum()), max(10, min(resamples, work // len(clusterings)))
    drawn = generator.multinomial(total, counts.ravel() / total, size=size).reshape(size, *counts.shape) / total
    points = np.stack([_points_of(drawn, clustering) for clustering in clusterings], 1)
    return tuple(np.mean([_is_undominated(each) for each in points], axis=0).tolist())


def _points_of(drawn: Array, clustering: NDArray[np.int64]) -> Array:
    """H(Z) and I(Z;Y) (tables, 2) of one clustering in every table."""
    sums = np.zeros((len(drawn), int(clustering.max()) + 1, drawn.shape[2]))
    for row, number in enumerate(clustering):
        sums[:, number] += drawn[:, row]
    masses = bits(sums.sum(2)).sum(1)
    return np.stack([-masses, bits(sums).sum((1, 2)) - masses - bits(drawn.sum(1)).sum(1)], 1)


def _is_undominated(points: Array, closest: float = 1e-12) -> NDArray[np.bool_]:
    order = np.lexsort((-points[:, 1], points[:, 0]))
    best = np.concatenate([[-np.inf], np.maximum.accumulate(points[order, 1])[:-1]])
    found = np.zeros(len(points), bool)
    found[order] = points[order, 1] > best - closest
    return found

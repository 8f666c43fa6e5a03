"""A score cut into intervals: those that keep most information about a label, of all there are.

For a fixed number of intervals the best cuts of a score whose P(y|score) rises are the best of all groupings, for two
classes (Kurkoski and Yagi, IEEE Trans. Inf. Theory 60, 4544, 2014); for other scores they are the best intervals.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ..algebra.partitions.entropy_terms import bits


def score_cells(
    score: Float[np.ndarray, " rows"], labels: Int[np.ndarray, " rows"], most: int = 200
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Counts (cells, labels) of the score's values in order, and the cuts (cells - 1,) half way between neighbours.

    More than `most` different values are put together to cells of about equally many rows; equal values stay together.

    >>> counts, cuts = score_cells(np.array([1.0, 2.0, 2.0, 4.0]), np.array([0, 0, 1, 1]))
    >>> counts.tolist(), cuts.tolist()
    ([[1, 0], [1, 1], [0, 1]], [1.5, 3.0])
    """
    values, place = np.unique(score, return_inverse=True)
    counts = np.zeros((len(values), int(labels.max()) + 1), np.int64)
    np.add.at(counts, (place.ravel(), labels), 1)
    if len(values) > most:
        share = np.cumsum(counts.sum(1)) / len(score)
        ends = np.unique(np.searchsorted(share, np.arange(1, most) / most - 1e-12))
        starts = np.concatenate([[0], ends + 1])
        starts = starts[starts < len(values)]
        counts = np.add.reduceat(counts, starts, axis=0)
    else:
        starts = np.arange(len(values))
    low, high = values[starts[1:] - 1], values[starts[1:]]
    middle = low / 2 + high / 2  # halves first: a sum may be infinite
    return counts, np.where(middle > low, middle, high)


def best_intervals(counts: Int[np.ndarray, "cells labels"], most: int) -> list[NDArray[np.int64]]:
    """For 1, 2, ... `most` intervals the first cells (intervals,) of those with the greatest I(Z;Y), of all there are.

        best(m, j) = max_i best(m - 1, i) + gain(i, j),   in O(most cells^2)

    >>> [starts.tolist() for starts in best_intervals(np.array([[9, 1], [8, 2], [1, 9]]), 3)]
    [[0], [0, 2], [0, 1, 2]]
    """
    sums = np.concatenate([np.zeros((1, counts.shape[1])), np.cumsum(counts, 0)]) / counts.sum()
    cells = len(counts)
    gain = np.full((cells + 1, cells + 1), -np.inf)
    for i in range(cells):
        inside = sums[i + 1 :] - sums[i]
        gain[i, i + 1 :] = bits(inside).sum(1) - bits(inside.sum(1))
    value = np.full(cells + 1, -np.inf)
    value[0] = 0.0
    came, found = [], []
    for _ in range(min(most, cells)):
        ways = value[:, None] + gain
        came.append(ways.argmax(0))
        value = ways.max(0)
        end, starts = cells, []
        for step in reversed(came):
            end = int(step[end])
            starts.append(end)
        found.append(np.array(starts[::-1]))
    return found


def interval_counts(
    counts: Int[np.ndarray, "cells labels"], starts: Int[np.ndarray, " intervals"]
) -> NDArray[np.int64]:
    """Counts (intervals, labels) of intervals that begin with these cells."""
    return np.add.reduceat(counts, starts, axis=0)


def information(counts: Int[np.ndarray, "bins labels"]) -> float:
    """I(Z;Y) in bits of a table of counts.

    >>> information(np.array([[5, 0], [0, 5]]))
    1.0
    """
    p = counts / counts.sum()
    return float(max(0.0, bits(p).sum() - bits(p.sum(0)).sum() - bits(p.sum(1)).sum()))


def equal_bins(counts: Int[np.ndarray, "cells labels"], many: int) -> NDArray[np.int64]:
    """The first cells (bins,) of intervals with about equally many rows: what one would take without looking at labels.

    >>> equal_bins(np.array([[1, 1], [2, 0], [0, 2], [1, 1]]), 2).tolist()
    [0, 2]
    """
    before = np.concatenate([[0], np.cumsum(counts.sum(1))[:-1]]) / counts.sum()
    return np.unique(np.searchsorted(before, np.arange(many) / many - 1e-12))

"""Many rows: merged two by two from all of them down, and improved by moving one row at a time.

Agglomeration as in Slonim and Tishby (NIPS 1999), of many clusterings side by side: those that none of the same number
of clusters beats go on (as the search of Tan, Tegmark and Chuang does, arXiv 2204.02489, section 3, which also keeps to
the undominated). What comes out is not all there is: `parted_bound` says how much better anything could be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ..algebra.partitions.entropy_terms import block_terms, entropy_and_information

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GreedyFrontier:
    """`work` bounds the terms that one level of merging computes, and so how many clusterings go on side by side.

    `rounds` of moving single rows follow for up to `improved` clusterings, evenly along the frontier.
    """

    work: int = 4_000_000
    rounds: int = 3
    improved: int = 60

    def __call__(
        self, p: Float[np.ndarray, "rows columns"], advance: Callable[[float], None] = lambda share: None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The frontier of what was met (clusterings, rows), and the best clustering of each number (rows, rows).

        >>> p = np.array([[0.3, 0.0], [0.3, 0.0], [0.0, 0.4]])
        >>> GreedyFrontier()(p)[1].tolist()
        [[0, 0, 0], [0, 0, 1], [0, 1, 2]]
        """
        met = self._merged(p, advance)
        front = met[_undominated(entropy_and_information(p, met))]
        some = np.unique(np.linspace(0, len(front) - 1, min(len(front), self.improved)).round().astype(int))
        met = np.unique(np.concatenate([met, *(self._moved(p, front[number]) for number in some)]), axis=0)
        points, counts = entropy_and_information(p, met), met.max(1) + 1
        best = [met[counts == k + 1][int(np.argmax(points[counts == k + 1, 1]))] for k in range(len(p))]
        return met[_undominated(points)], np.array(best)

    def _merged(self, p: Array, advance: Callable[[float], None]) -> NDArray[np.int64]:
        """Every clustering that went on, of any number of clusters."""
        size, columns = p.shape
        level = np.arange(size)[None]
        met = [level]
        for count in range(size, 1, -1):
            most = max(1, self.work // (count * count * columns))
            level = _next_level(p, level, most)
            met.append(level)
            advance((size - count + 1) / size)
        return np.concatenate(met)

    def _moved(self, p: Array, clustering: NDArray[np.int64]) -> NDArray[np.int64]:
        """The clusterings on the way to one that no move of a row makes better, for the trade-off where it lies."""
        found, now = [], clustering
        slope = _slope(p, clustering)
        for _ in range(self.rounds):
            before = now
            for row in range(len(p)):
                now = _best_place(p, now, row, slope)
            found.append(now)
            if (now == before).all():
                break
        return np.array([_numbered(one) for one in found])


def _next_level(p: Array, level: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Two clusters of a clustering (clusterings, rows) merged in every way; up to `most` of what none beats.

    Evenly by entropy where these are too many, the most informative one always.
    """
    points, merges = [], []
    count, columns = int(level[0].max()) + 1, p.sum(0)
    one, other = np.triu_indices(count, 1)
    for number, clustering in enumerate(level):
        sums = np.zeros((count, len(columns)))
        np.add.at(sums, clustering, p)
        alone = np.stack(block_terms(sums, columns), 1)
        both = np.stack(block_terms(sums[one] + sums[other], columns), 1)
        points.append(alone.sum(0) + both - alone[one] - alone[other])
        merges.append(np.column_stack([np.full(len(one), number), one, other]))
    found, how = np.concatenate(points), np.concatenate(merges)
    rows = _undominated(found)
    if len(rows) > most:
        rows = rows[np.unique(np.linspace(0, len(rows) - 1, most).round().astype(int))] if most > 1 else rows[-1:]
    merged = [np.where(level[k] == b, a, level[k]) for k, a, b in how[rows]]
    return np.unique([_numbered(clustering) for clustering in merged], axis=0)


def _undominated(points: Array, closest: float = 1e-12) -> NDArray[np.intp]:
    """The rows of (clusterings, 2) that none beats, by rising entropy."""
    order = np.lexsort((-points[:, 1], points[:, 0]))
    best = np.concatenate([[-np.inf], np.maximum.accumulate(points[order, 1])[:-1]])
    rows = order[points[order, 1] > best + closest]
    return rows[np.append(np.diff(points[rows, 0]) > closest, True)]


def _slope(p: Array, clustering: NDArray[np.int64], least: float = 0.02) -> float:
    """How much information a bit of entropy is worth here: I(Z;Y) / H(Z) of the clustering."""
    entropy, information = entropy_and_information(p, clustering[None])[0]
    return max(least, information / max(entropy, 1e-12))


def _best_place(p: Array, clustering: NDArray[np.int64], row: int, slope: float) -> NDArray[np.int64]:
    """The clustering with the row in the cluster (or on its own) where I - slope H / 2 is greatest."""
    count = int(clustering.max()) + 2
    sums = np.zeros((count, p.shape[1]))
    others = np.arange(len(p)) != row
    np.add.at(sums, clustering[others], p[others])
    columns = p.sum(0)
    h0, i0 = block_terms(sums, columns)
    h1, i1 = block_terms(sums + p[row], columns)
    score = (i1 - i0) - slope / 2 * (h1 - h0)
    place = int(np.argmax(score))
    if score[place] <= score[clustering[row]] + 1e-12:
        return clustering
    moved = clustering.copy()
    moved[row] = place
    return _numbered(moved)


def _numbered(clustering: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same clusters, numbered as they come."""
    known: dict[int, int] = {}
    return np.array([known.setdefault(int(number), len(known)) for number in clustering])

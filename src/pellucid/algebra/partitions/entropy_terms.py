"""Entropy and information of a partition of weighted rows, as exact sums of logarithms and as numbers.

    H(Z) = log W - (1/W) sum_b w_b log w_b
    I(Z;Y) = log W + (1/W) (sum_bj w_bj log w_bj - sum_b w_b log w_b - sum_j w_j log w_j),   W the sum of all weights

Which of two partitions has more is the sign of a sum of logarithms of whole numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ..arithmetic.logarithm_sums import sign_of

Weights = Sequence[Sequence[int]]
Clustering = Sequence[int]


def bits(p: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """p log2 p, 0 at 0.

    >>> bits(np.array([0.0, 0.25])).tolist()
    [0.0, -0.5]
    """
    return np.where(p > 0, p * np.log2(np.where(p > 0, p, 1.0)), 0.0)


def block_terms(
    sums: Float[np.ndarray, "blocks columns"], columns: Float[np.ndarray, " columns"]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What blocks add to H(Z) and to I(Z;Y), in bits (blocks,): of their p(z, y), and p(y) (columns,).

        h = -p(z) log p(z),   i = sum_y p(z, y) log (p(z, y) / p(z) p(y)) >= 0

    >>> h, i = block_terms(np.array([[0.5, 0.0], [0.0, 0.5]]), np.array([0.5, 0.5]))
    >>> h.tolist(), i.tolist()
    ([0.5, 0.5], [0.5, 0.5])
    """
    masses = bits(sums.sum(1))
    return -masses, bits(sums).sum(1) - masses - sums @ np.log2(columns)


def entropy_and_information(
    p: Float[np.ndarray, "rows columns"], clusterings: Int[np.ndarray, "clusterings rows"]
) -> Float[np.ndarray, "clusterings 2"]:
    """H(Z) and I(Z;Y) in bits (clusterings, 2) for the joint probabilities p.

    >>> entropy_and_information(np.array([[0.5, 0.0], [0.0, 0.5]]), np.array([[0, 1], [0, 0]])).tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    found = np.zeros((len(clusterings), 2))
    columns = p.sum(0)
    for row, clustering in zip(found, np.asarray(clusterings), strict=True):
        sums = np.zeros((int(clustering.max()) + 1, p.shape[1]))
        np.add.at(sums, clustering, p)
        terms = block_terms(sums, columns)
        row[:] = terms[0].sum(), terms[1].sum()
    return np.maximum(found, 0.0)


def is_beaten(weights: Weights, one: Clustering, other: Clustering) -> bool:
    """Whether `other` has at most the entropy of `one` and at least its information, and one of them truly.

    >>> weights = ((2, 0), (0, 1), (0, 1))
    >>> is_beaten(weights, (0, 1, 2), (0, 1, 1)), is_beaten(weights, (0, 1, 1), (0, 1, 2))
    (True, False)
    """
    fewer, more = entropy_order(weights, other, one), information_order(weights, other, one)
    return fewer <= 0 <= more and (fewer, more) != (0, 0)


def entropy_order(weights: Weights, one: Clustering, other: Clustering) -> int:
    """The sign of H(one) - H(other)."""
    return sign_of(_difference(_entropy(weights, one), _entropy(weights, other)))


def information_order(weights: Weights, one: Clustering, other: Clustering) -> int:
    """The sign of I(one; Y) - I(other; Y)."""
    return sign_of(_difference(_information(weights, one), _information(weights, other)))


def _entropy(weights: Weights, clustering: Clustering) -> Counter[int]:
    """W H(Z) - W log W, as {n: c} for a sum of c log n."""
    found: Counter[int] = Counter()
    for block in _sums(weights, clustering):
        found[sum(block)] -= sum(block)
    return found


def _information(weights: Weights, clustering: Clustering) -> Counter[int]:
    """W I(Z;Y), but for what does not depend on the partition."""
    found = _entropy(weights, clustering)
    for block in _sums(weights, clustering):
        for w in block:
            if w:
                found[w] += w
    return found


def _sums(weights: Weights, clustering: Clustering) -> list[list[int]]:
    blocks: dict[int, list[int]] = {}
    for row, number in zip(weights, clustering, strict=True):
        known = blocks.get(number)
        blocks[number] = list(row) if known is None else [a + b for a, b in zip(known, row, strict=True)]
    return list(blocks.values())


def _difference(one: Counter[int], other: Counter[int]) -> dict[int, int]:
    return {n: one[n] - other[n] for n in {*one, *other}}

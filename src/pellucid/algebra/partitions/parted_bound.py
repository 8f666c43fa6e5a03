"""What no partition of many rows can exceed, from all partitions of a few at a time.

Let G say which part a row is in. Of any clustering Z of all rows, the pair (Z, G) is a clustering of each part, and

    H(Z) >= H(Z, G) - H(G) = sum over parts, blocks of -p(b) log p(b)  -  H(G),
    I(Z;Y) <= I(Z, G; Y)   = sum over parts, blocks of p(b) D(p(y|b) || p(y)),

so that every clustering is matched or beaten by a sum of undominated pairs, one of each part, moved left by H(G).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from .entropy_terms import bits
from .pareto_partitions import block_sums, pareto_partitions

Array = NDArray[np.float64]


def subset_terms(
    p: Float[np.ndarray, "rows columns"], columns: Float[np.ndarray, " columns"]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each set of rows, by its bits, adds as a cluster to H(Z) and I(Z;Y), in bits (2^rows,); `columns` is p(y).

    One column after the other: all of them at once take as many times the memory.

    >>> p = np.array([[0.5, 0.0], [0.0, 0.5]])
    >>> subset_terms(p, p.sum(0))[1].tolist()
    [0.0, 0.5, 0.5, 0.0]
    """
    entropy = -bits(block_sums(p.sum(1)[:, None])[:, 0])
    information = entropy.copy()
    for j, mass in enumerate(columns):
        sums = block_sums(p[:, j : j + 1])[:, 0]
        information += bits(sums) - sums * np.log2(mass)
    return entropy, information


def heavy_parts(p: Float[np.ndarray, "rows columns"], size: int) -> tuple[tuple[int, ...], ...]:
    """The rows in parts of `size`, the heaviest together, so that H(G) is small.

    >>> heavy_parts(np.array([[1.0], [3.0], [2.0]]), 2)
    ((1, 2), (0,))
    """
    order = np.argsort(-p.sum(1), kind="stable").tolist()
    return tuple(tuple(order[start : start + size]) for start in range(0, len(order), size))


def parted_bound(
    p: Float[np.ndarray, "rows columns"],
    parts: Sequence[Sequence[int]],
    most: int = 400,
    slack: float = 1e-9,
    advance: Callable[[float], None] = lambda share: None,
) -> Float[np.ndarray, "steps 2"]:
    """Steps (entropy, information) by rising entropy, in bits: below the entropy of a step nothing says more than the
    step before it. At most about `most` of them, joined upwards; `slack` covers rounding.

    >>> p = np.array([[0.25, 0.0], [0.25, 0.0], [0.0, 0.25], [0.0, 0.25]])
    >>> parted_bound(p, [(0, 1, 2, 3)]).round(3).tolist()
    [[0.0, 0.0], [0.811, 0.311], [1.0, 1.0]]
    >>> parted_bound(p, [(0, 1), (2, 3)]).round(3).tolist()
    [[0.0, 1.0]]
    """
    masses = np.array([p[list(part)].sum() for part in parts])
    columns, sums = p.sum(0), np.zeros((1, 2))
    for number, part in enumerate(parts):
        cost, gain = subset_terms(p[list(part)], columns)
        blocks = pareto_partitions(cost, gain)
        terms = np.array([_terms(row, cost, gain) for row in blocks])
        sums = _joined(_undominated((sums[:, None] + terms[None]).reshape(-1, 2)), most)
        advance((number + 1) / len(parts))
    sums[:, 0] = np.maximum(sums[:, 0] + float(bits(masses).sum()) - slack, 0.0)
    sums[:, 1] += slack
    return sums


def _terms(numbers: NDArray[np.int64], cost: Array, gain: Array) -> tuple[float, float]:
    """The sums over the blocks of a partition."""
    blocks = np.bincount(numbers, weights=2.0 ** np.arange(len(numbers))).astype(np.int64)
    return float(cost[blocks].sum()), float(gain[blocks].sum())


def _undominated(found: Array) -> Array:
    found = found[np.lexsort((-found[:, 1], found[:, 0]))]
    best = np.concatenate([[-np.inf], np.maximum.accumulate(found[:, 1])[:-1]])
    return found[found[:, 1] > best]


def _joined(found: Array, most: int) -> Array:
    """Neighbours joined to the entropy of the first and the information of the last, which beats all of them."""
    if len(found) <= most:
        return found
    edges = np.unique(np.linspace(0, len(found), most + 1).astype(int))
    return np.column_stack([found[edges[:-1], 0], found[edges[1:] - 1, 1]])

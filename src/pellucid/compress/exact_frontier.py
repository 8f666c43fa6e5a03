"""All clusterings of a few rows at once: the frontier, and the best of each number of clusters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ..algebra.partitions.entropy_terms import entropy_and_information, entropy_order
from ..algebra.partitions.pareto_partitions import best_partitions, pareto_partitions
from ..algebra.partitions.parted_bound import subset_terms
from ..subjects.tables.joint import Joint


def exact_frontier(
    joint: Joint, advance: Callable[[float], None] = lambda share: None, closest: float = 1e-9
) -> NDArray[np.int64]:
    """The clusterings (clusterings, rows) that none beats in H(Z) and I(Z;Y), by rising H.

    Every one of the Bell(n) clusterings is matched or beaten up to `closest` bit; entropies that are closer than that
    are told apart exactly, or found equal. Raises TooManyLabels (a ValueError) where memory would not do.

    >>> exact_frontier(Joint(((2, 0), (0, 1), (0, 1)))).tolist()
    [[0, 0, 0], [0, 1, 0], [0, 1, 1]]
    """
    p = joint.probabilities
    cost, gain = subset_terms(p, p.sum(0))
    found = pareto_partitions(cost, gain, advance=advance)
    points = entropy_and_information(p, found)
    kept: list[int] = []
    for number in range(len(found)):
        if kept and points[number, 0] - points[kept[-1], 0] < closest:
            order = entropy_order(joint.weights, found[number].tolist(), found[kept[-1]].tolist())
            if order <= 0:
                kept.pop()
        kept.append(number)
    return found[kept]


def best_clusterings(p: Float[np.ndarray, "rows columns"]) -> NDArray[np.int64]:
    """Clusterings (rows, rows): in row k - 1 the one into k clusters whose I(Z;Y) is greatest, of all there are."""
    return best_partitions(subset_terms(p, p.sum(0))[1])

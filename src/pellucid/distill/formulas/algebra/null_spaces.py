"""Exact linear relations between columns: the null space of a table, and in it the simplest vector.

If g(y) Q(x) = P(x) with Q and P spanned by known columns, then the table [P columns, g(y) Q columns] has a null vector.
Columns come simplest first; the first one that depends on those before it (a vanishing diagonal entry of R in a QR
factorisation) gives the relation with the simplest leading term, which also picks one vector where common factors make
the null space larger. What is not needed in it is then taken out, column by column.
Cost: O(rows columns^2), rows about 1.5 columns, once; a few times more for each hit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr, solve_triangular

from .settings import PRECISION

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Relation:
    """sum_j weights[j] column[support[j]] = 0, and how uncertain each weight is."""

    support: NDArray[np.int64]
    weights: Floats
    uncertainties: Floats


def usable(columns: Floats) -> NDArray[np.bool_]:
    """Which columns (rows, columns) are finite, not huge, and not all zero.

    >>> usable(np.array([[1.0, 0.0, np.inf], [2.0, 0.0, 1.0]]))
    array([ True, False, False])
    """
    with np.errstate(all="ignore"):
        size = np.abs(columns).max(0)
    return np.isfinite(size) & (size < PRECISION.largest) & (size > 1 / PRECISION.largest)


def relations(
    columns: Floats, essential: NDArray[np.bool_], outer: Floats | None = None, most_dependent: int = 6
) -> Iterator[Relation]:
    """The simplest relations among columns (rows, columns), simplest first; each needs an `essential` column.

    Dependencies without essential columns (identities between features) are taken out of the table. Of those that do
    not hold on the `outer` rows (rows, columns) as they are, nothing is taken out: smooth columns nearly depend on each
    other in many ways, and to simplify every one of them takes most of the time on a table without a law.

    >>> x = np.linspace(1, 2, 50)
    >>> table = np.column_stack([np.ones(50), x, 3 * x - 2])
    >>> [one.support.tolist() for one in relations(table, np.array([False, False, True]))]
    [[0, 1, 2]]
    """
    kept = np.flatnonzero(usable(columns))
    norms = np.where(usable(columns), np.linalg.norm(columns, axis=0), 1.0)
    for _ in range(most_dependent):
        rows = _spread(len(columns), int(1.5 * len(kept)) + 40)
        triangle = np.asarray(qr(columns[np.ix_(rows, kept)] / norms[kept], mode="r", check_finite=False)[0])
        left = np.abs(np.diag(triangle))
        size = np.linalg.norm(triangle, axis=0)[: len(left)]
        dependent = np.flatnonzero(left < PRECISION.dependent * size)
        if not dependent.size:
            return
        first = int(dependent[0])
        if essential[kept[: first + 1]].any() and (outer is None or _confirmed(triangle, first, kept, norms, outer)):
            found = sparsest(columns, kept[: first + 1])
            if found is not None and essential[found.support].any():
                yield found
        kept = np.delete(kept, first)


def _confirmed(triangle: Floats, first: int, kept: NDArray[np.int64], norms: Floats, outer: Floats) -> bool:
    """Whether column `first` of a QR factorisation depends on those before it on the `outer` rows too."""
    along = solve_triangular(triangle[:first, :first], triangle[:first, first], check_finite=False)
    support = kept[: first + 1]
    weights = np.append(-along, 1.0) / norms[support]
    return violation(outer, Relation(support, weights, np.zeros_like(weights))) < PRECISION.cancels


def sparsest(columns: Floats, support: NDArray[np.int64], most_terms: int = 24) -> Relation | None:
    """The null vector on as few of the columns as can be; None where there is none to working precision.

    `columns` may have any scale; the weights are those of the columns as given.

    columns (rows, columns), support (k,): the numbers of those to look among.

    >>> x = np.linspace(1, 2, 20)
    >>> found = sparsest(np.column_stack([np.ones(20), x, x**2, (1 + x) ** 2]), np.arange(4))
    >>> np.round(found.weights / found.weights[0], 9) + 0.0
    array([ 1.,  2.,  1., -1.])
    """
    norms = np.linalg.norm(columns[:, support], axis=0)
    weights, smallest, _ = _null_vector(columns[:, support] / norms)
    needed = np.abs(weights) >= PRECISION.negligible * np.abs(weights).max()
    if smallest > PRECISION.null_vector or needed.sum() > 3 * most_terms:
        return None
    while len(support) > 2:
        small = np.abs(weights) < PRECISION.negligible * np.abs(weights).max()
        trial = _without(columns, support, small) if small.any() else None
        if trial is None:
            trial = _one_less(columns, support, weights)
        if trial is None:
            break
        support, weights = trial
    norms = np.linalg.norm(columns[:, support], axis=0)
    weights, smallest, gap = _null_vector(columns[:, support] / norms)
    if len(support) > most_terms or np.abs(weights).min() < PRECISION.negligible * np.abs(weights).max():
        return None
    spread = np.maximum(PRECISION.rounding, 3 * smallest) / max(gap, 1e-300) + PRECISION.rounding
    if spread > PRECISION.uncertain_weight * np.abs(weights).min():
        return None
    return Relation(support, weights / norms, spread / norms)


def violation(columns: Floats, relation: Relation) -> float:
    """How far the relation fails on rows (rows, columns): |sum of terms| / sum of |terms|, in all but 2 % of them.

    >>> relation = Relation(np.array([0, 1]), np.array([1.0, -1.0]), np.zeros(2))
    >>> violation(np.array([[2.0, 2.0], [3.0, 3.0]]), relation)
    0.0
    """
    terms = columns[:, relation.support] * relation.weights
    if not len(terms):  # of very few rows none is left to confirm anything
        return np.inf
    with np.errstate(all="ignore"):
        worst = np.quantile(np.abs(terms.sum(1)) / np.abs(terms).sum(1), 0.98)
    return float(worst) if np.isfinite(worst) else np.inf


def _without(
    columns: Floats, support: NDArray[np.int64], dropped: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], Floats] | None:
    rest = support[~dropped]
    if len(rest) < 2:
        return None
    table = columns[:, rest]
    weights, smallest, _ = _null_vector(table / np.linalg.norm(table, axis=0))
    return (rest, weights) if smallest < PRECISION.null_vector else None


def _one_less(columns: Floats, support: NDArray[np.int64], weights: Floats) -> tuple[NDArray[np.int64], Floats] | None:
    """The first column, least important first, that the relation can do without."""
    for i in np.argsort(np.abs(weights), kind="stable")[: max(4, len(support) // 2)]:
        trial = _without(columns, support, np.arange(len(support)) == i)
        if trial is not None:
            return trial
    return None


def _null_vector(table: Floats) -> tuple[Floats, float, float]:
    """The unit vector that the table shortens most, its length then, and the next smallest singular value."""
    triangle = np.asarray(qr(table, mode="r", check_finite=False)[0])[: table.shape[1]]
    _, sizes, directions = np.linalg.svd(triangle)
    return directions[-1], float(sizes[-1]), float(sizes[-2]) if len(sizes) > 1 else 1.0


def _spread(rows: int, wanted: int) -> NDArray[np.int64]:
    """About `wanted` of the rows, evenly."""
    return np.arange(rows) if wanted >= rows else np.linspace(0, rows - 1, wanted).astype(np.int64)

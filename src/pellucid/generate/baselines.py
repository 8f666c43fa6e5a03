"""What one would draw without a network: columns by themselves, a Gaussian copula, points between neighbours.

All draw from coordinates of rows that were learnt (`Generator.encode`); floors and ceilings of every distance.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from ..artifacts.generators.generator import Generator

Values = Float[np.ndarray, "rows columns"]
Codes = Float[np.ndarray, "rows width"]


def independent_columns(values: Values, count: int, generator: np.random.Generator) -> Values:
    """Rows whose cells are drawn from each column by itself: the marginals are right, nothing else is."""
    return np.stack([generator.choice(column, count) for column in values.T], axis=1)


def gaussian_copula(values: Values, count: int, generator: np.random.Generator) -> Values:
    """Rows with the columns' marginals, and the correlations of their normal scores (Song 2000, J. R. Stat. Soc. B).

    Levels of categories are put in the order of their places, ties are spread at random, a missing cell is above all.

    >>> x = np.random.default_rng(0).normal(size=(500, 1))
    >>> drawn = gaussian_copula(np.hstack([x, x]), 500, np.random.default_rng(1))
    >>> bool(np.corrcoef(drawn.T)[0, 1] > 0.99)
    True
    """
    filled = np.where(np.isnan(values), np.inf, values)
    order = filled + 0.0
    shares = np.empty_like(order)
    for j, column in enumerate(filled.T):
        ranks = rankdata(column, method="min") - 1
        ties = np.unique(column, return_inverse=True, return_counts=True)
        shares[:, j] = (ranks + ties[2][ties[1]] * generator.random(len(column))) / len(column)
    scores = ndtri(np.clip(shares, 0.5 / len(values), 1 - 0.5 / len(values)))
    correlation = np.atleast_2d(np.corrcoef(scores.T))
    correlation = np.where(np.isfinite(correlation), correlation, 0.0)
    np.fill_diagonal(correlation, 1.0)
    roots, axes = np.linalg.eigh(correlation)
    drawn = generator.normal(size=(count, values.shape[1])) * np.sqrt(np.maximum(roots, 0)) @ axes.T
    places = np.minimum((ndtr(drawn) * len(values)).astype(int), len(values) - 1)
    sorted_cells = np.sort(filled, axis=0)
    found = np.take_along_axis(sorted_cells, places, axis=0)
    return np.where(np.isinf(found), np.nan, found)


def between_neighbours(
    generator_: Generator, codes: Codes, count: int, generator: np.random.Generator, neighbours: int = 5
) -> Values:
    """Rows on the way from a row to one of its nearest ones, as SMOTE draws them (Chawla et al. 2002, section 4.2)."""
    first = generator.integers(len(codes), size=count)
    squares = (codes**2).sum(1)
    distance = squares[first][:, None] + squares - 2 * codes[first] @ codes.T
    distance[np.arange(count), first] = np.inf
    nearest = np.argsort(distance, axis=1, kind="stable")[:, : min(neighbours, len(codes) - 1)]
    second = nearest[np.arange(count), generator.integers(nearest.shape[1], size=count)]
    way = generator.random((count, 1))
    return generator_.decode(codes[first] + way * (codes[second] - codes[first]), generator)

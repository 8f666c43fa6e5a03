"""Association between two columns, and within the strata of a third: chi-square of binned counts.

Quantile bins see any dependence, not only straight ones; the p-value is exact for many rows, and bins are few enough
for each pair of them to expect five rows. Not to find an association is no proof that there is none: `detectable` says
how strong one would have been found in four of five samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.stats import chi2, ncx2


@dataclass(frozen=True)
class Association:
    """Mutual information in bits, what chance gives on average, p-value, and the least detectable effect."""

    bits: float
    by_chance: float
    p_value: float
    rows: int
    freedom: int

    def detectable(self, level: float) -> float:
        """Bits of mutual information that would have been found at this level in 80 % of samples."""
        if not self.freedom:
            return float("inf")
        cut, low, high = chi2.isf(level, self.freedom), 0.0, 1e4
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if ncx2.sf(cut, self.freedom, middle) < 0.8 else (low, middle)
        return high / (2 * self.rows * np.log(2))


def binned(column: Float[np.ndarray, " rows"], most: int) -> Int[np.ndarray, " rows"]:
    """The number of each value's quantile bin; of few different values, each is a bin.

    >>> binned(np.array([3.0, 1.0, 2.0, 4.0]), 2).tolist()
    [1, 0, 0, 1]
    """
    values, numbers = np.unique(column, return_inverse=True)
    if len(values) <= most:
        return numbers
    edges = np.unique(np.quantile(column, np.linspace(0, 1, most + 1)[1:-1]))
    return np.searchsorted(edges, column, side="left")


def association(
    x: Float[np.ndarray, " rows"],
    y: Float[np.ndarray, " rows"],
    strata: Int[np.ndarray, " rows"] | None = None,
) -> Association:
    """Of two columns; with `strata`, the sum over those."""
    strata = np.zeros(len(x), np.int64) if strata is None else strata
    information, statistic, freedom = 0.0, 0.0, 0
    for stratum in np.unique(strata):
        rows = strata == stratum
        most = int(np.clip(np.sqrt(rows.sum() / 5), 2, 8))
        counts = np.zeros((most + 1, most + 1))
        np.add.at(counts, (binned(x[rows], most), binned(y[rows], most)), 1)
        counts = counts[counts.any(1)][:, counts.any(0)]
        expected = np.outer(counts.sum(1), counts.sum(0)) / counts.sum()
        seen = counts > 0
        information += float((counts[seen] * np.log(counts[seen] / expected[seen])).sum())
        statistic += float(((counts - expected) ** 2 / expected).sum())  # nearer to chi-square than 2 information is
        freedom += (counts.shape[0] - 1) * (counts.shape[1] - 1)
    to_bits = 1 / (2 * len(x) * np.log(2))
    p_value = float(chi2.sf(statistic, freedom)) if freedom else 1.0
    return Association(2 * information * to_bits, freedom * to_bits, p_value, len(x), freedom)


def noise_of(x: Float[np.ndarray, " rows"], y: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
    """What is left of x once what y tells of it is taken away: x less its mean and slope in the bin of y."""
    found, bins = x.astype(np.float64).copy(), binned(y, int(np.clip(np.sqrt(len(y) / 20), 2, 20)))
    for one in np.unique(bins):
        rows = bins == one
        within = y[rows] - y[rows].mean()
        spread = float((within**2).sum())
        slope = float((within * x[rows]).sum()) / spread if spread > 0 else 0.0
        found[rows] -= x[rows].mean() + slope * within
    return found

"""A spline network fitted without the few rows that contradict all others.

Least squares give one row of 1e6 more say than all others together. Rows are suspected by their target (far beyond the
middle half of it) or by their error, and only where their neighbours do not say the same: a peak is no outlier. They
are left out where the rows that nothing was fitted to are then predicted far better; else nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.spatial import KDTree

from .least_squares import Fitted

__all__ = ["RobustFit", "isolated", "suspects"]


@dataclass(frozen=True)
class RobustFit:
    """A fit of least squares that leaves out rows only where that pays.

    `fit` takes X (rows, features) and y (rows,) and gives the fitted network.
    """

    fit: Callable[[Float[np.ndarray, "rows features"], Float[np.ndarray, " rows"]], Fitted]
    most: float = 0.05
    """No more than this share of the rows is left out: more are not outliers but another law."""
    gain: float = 5.0
    """The error on held-out rows has to fall by this factor: noise and chance make less than two of it."""
    rounds: int = 3
    """A huge outlier hides smaller ones: they are seen once it is gone."""

    def __call__(
        self, X: Float[np.ndarray, "rows features"], y: Float[np.ndarray, " rows"], usable: Bool[np.ndarray, " rows"]
    ) -> tuple[Fitted, Bool[np.ndarray, " rows"]]:
        """The fit to the `usable` rows without outliers, and which rows (rows,) it was fitted to."""
        kept, fitted = usable, self.fit(X[usable], y[usable])
        trial = kept
        for _ in range(self.rounds):
            doubtful = suspects(y, trial) | suspects(_predicted(fitted, X) - y, trial)
            doubtful &= trial & isolated(X, y, trial, doubtful)
            trial = trial & ~doubtful
            if not doubtful.any() or (usable & ~trial).sum() > self.most * len(y):
                break
            other = self.fit(X[trial], y[trial])
            if _held_error(other) * self.gain < _held_error(fitted):
                kept, fitted = trial, other
        return fitted, kept


def suspects(
    values: Float[np.ndarray, " rows"], among: Bool[np.ndarray, " rows"], fence: float = 10.0
) -> Bool[np.ndarray, " rows"]:
    """Which rows have a value `fence` times the middle half of all (those `among` them) away from that half.

    >>> suspects(np.array([1.0, 2.0, 3.0, 4.0, 1e6]), np.ones(5, bool)).tolist()
    [False, False, False, False, True]
    """
    quarter, three_quarters = np.quantile(values[among], [0.25, 0.75])
    reach = fence * (three_quarters - quarter)
    return (values < quarter - reach) | (values > three_quarters + reach)


def isolated(
    X: Float[np.ndarray, "rows features"],
    y: Float[np.ndarray, " rows"],
    among: Bool[np.ndarray, " rows"],
    doubtful: Bool[np.ndarray, " rows"],
    neighbours: int = 3,
) -> Bool[np.ndarray, " rows"]:
    """Which rows (rows,) have a target unlike all their nearest `neighbours`: nearer to the middle of y than to theirs.

    >>> x = np.arange(10.0)[:, None]
    >>> y = np.array([0, 0, 9, 9, 9, 0, 0, 0, 9.0, 0])
    >>> isolated(x, y, np.ones(10, bool), y > 5).nonzero()[0].tolist()
    [8]
    """
    alone = np.zeros(len(y), dtype=bool)
    rows, asked = np.flatnonzero(among), np.flatnonzero(doubtful & among)
    if not len(asked) or len(rows) <= neighbours:
        return alone
    spread = np.ptp(X[rows], axis=0)
    unit = np.where(spread > 0, spread, 1.0)
    middle = float(np.median(y[rows]))
    _, near = KDTree(X[rows] / unit).query(X[asked] / unit, k=neighbours + 1)
    others = np.where(rows[near] == asked[:, None], middle, y[rows[near]])
    alone[asked] = (np.abs(others - y[asked, None]) > np.abs(y[asked, None] - middle) / 2).all(axis=1)
    return alone


def _predicted(fitted: Fitted, X: Float[np.ndarray, "rows features"]) -> Float[np.ndarray, " rows"]:
    with torch.no_grad():
        return fitted.network(torch.from_numpy(np.ascontiguousarray(X)))[:, 0].numpy()


def _held_error(fitted: Fitted) -> float:
    """On the rows that were held out of the fit, without the worst fiftieth of them."""
    return min((error for _, _, error in fitted.path), default=fitted.rmse)

"""Backtests in the direction of use: fit the runs below a compute, forecast all those above it, at several cuts.

Criteria within the data (AIC, Huber sums) and forecasts beyond it can disagree; what is asked of a scaling law is the
forecast, and so families are chosen, and intervals widened, by it. Nested held-out sets are not independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from ...artifacts.learning.scaling_form import log_loss
from ...artifacts.learning.scaling_law import ORDINARY, spread
from .families import Family
from .fitting import Fits, Problem, fit, refit, resampled

STEPS = 40
"""Of each descent in a backtest: ten times as many move its errors in the third digit."""


@dataclass(frozen=True)
class Backtest:
    """One family, fitted below one cut: residuals of ln L (held-out,) above it, by the width they were expected in."""

    residual: Float[np.ndarray, " held"]
    expected: Float[np.ndarray, " held"]
    """The standard deviation (held-out,) that bootstrap and noise give, before anything is widened."""

    @property
    def error(self) -> float:
        return float(np.median(np.abs(self.residual)))

    @property
    def ratio(self) -> float:
        """By what the expected 90 % interval must be multiplied to hold 90 % of the held-out runs."""
        return float(np.quantile(np.abs(self.residual) / self.expected, 0.9)) / ORDINARY


@dataclass(frozen=True)
class Choice:
    """What the backtests say of all families."""

    families: Sequence[Family]
    cuts: Float[np.ndarray, " cuts"]
    errors: Float[np.ndarray, "families cuts"]
    ratios: Float[np.ndarray, "families cuts"]

    @property
    def order(self) -> list[int]:
        """The families, the best first."""
        return [int(i) for i in np.argsort(self.score, kind="stable")]

    @property
    def score(self) -> Float[np.ndarray, " families"]:
        """The mean over the cuts of the median error."""
        return self.errors.mean(1)

    @property
    def tolerated(self) -> Bool[np.ndarray, " families"]:
        """Those whose errors exceed the best family's by no more than that differs from cut to cut, nor twice.

        By its standard deviation, not that over the root of the number of cuts: nested cuts share their largest runs.
        """
        more = self.errors - self.errors[self.order[0]]
        spread_of_it = more.std(1, ddof=1) if more.shape[1] > 1 else np.full(len(more), np.inf)
        return more.mean(1) <= np.minimum(spread_of_it, self.score.min())

    @property
    def widening(self) -> Float[np.ndarray, " families"]:
        """The largest ratio of any cut, and never less than 1."""
        return np.maximum(1.0, self.ratios.max(1))


def cuts_of(compute: Float[np.ndarray, " rows"], count: int, fewest: int) -> Float[np.ndarray, " cuts"]:
    """Up to `count` computes between which runs lie, each with `fewest` runs below and 2 above at least.

    They are spaced evenly in the logarithm, from where 40 % of the runs (at least `fewest`) lie below.

    >>> cuts_of(np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0]), 2, 3).tolist()
    [8.0, 16.0]
    """
    ordered = np.sort(compute)
    first, last = max(fewest, round(0.4 * len(ordered))), len(ordered) - 2
    if first > last:
        return np.array([])
    wanted = np.exp(np.linspace(np.log(ordered[first]), np.log(ordered[last]), count))
    places = np.unique(np.clip(np.searchsorted(ordered, wanted * (1 - 1e-9)), first, last))
    cuts = np.unique(ordered[places])
    return cuts[[bool((compute < cut).sum() >= fewest) for cut in cuts]] if len(cuts) else cuts


def choose(
    families: Sequence[Family],
    problem: Problem,
    compute: Float[np.ndarray, " rows"],
    *,
    count: int = 6,
    draws: int = 40,
    seed: int = 0,
    groups: Sequence[str] | None = None,
) -> Choice:
    """Every family at every cut."""
    fewest = max(len(family.free) for family in families) + 2
    cuts = cuts_of(compute, count, fewest)
    errors, ratios = np.zeros((2, len(families), len(cuts)))
    for j, cut in enumerate(cuts):
        below = compute < cut
        chosen = None if groups is None else [label for label, is_below in zip(groups, below, strict=True) if is_below]
        counts = resampled(int(below.sum()), draws, seed + j, chosen)
        for i, family in enumerate(families):
            made = backtest(family, problem, below, counts)
            errors[i, j], ratios[i, j] = made.error, made.ratio
    return Choice(families, cuts, errors, ratios)


def backtest(family: Family, problem: Problem, below: Bool[np.ndarray, " rows"], counts: np.ndarray) -> Backtest:
    """One family fitted to the rows `below` and to each of their resamplings, on all other rows."""
    known, held = problem.select(below), problem.select(~below)
    best = fit(family, known, 8, STEPS)
    residual = held.y - log_loss(best.parameters[None], held.n, held.d)[0]
    drawn = refit(best, known, counts, STEPS).full
    return Backtest(residual, spread(log_loss(drawn, held.n, held.d), noise_of(best, known)))


def noise_of(best: Fits, problem: Problem) -> float:
    """The robust standard deviation of ln L around the law: 1.4826 times the median size, for the free parameters."""
    residual = problem.y - log_loss(best.parameters[None], problem.n, problem.d)[0]
    rows, free = len(residual), best.free.shape[1]
    return float(1.4826 * np.median(np.abs(residual)) * np.sqrt(rows / max(rows - free, 1))) + 1e-9

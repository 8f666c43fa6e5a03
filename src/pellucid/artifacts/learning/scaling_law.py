"""A scaling law: the loss by size, with an interval that backtests have widened, and how to spend compute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact
from .scaling_form import compute_optimum, log_loss

ORDINARY = 1.6448536269514722
"""Half the width that holds 90 % of a normal distribution, in its standard deviations."""


@dataclass(frozen=True)
class Allocation:
    """How one family would spend a compute budget: N and D of least loss, and the range of N that costs little more."""

    family: str
    parameters: float
    tokens: float
    loss: float
    interval: tuple[float, float]
    """80 % of the bootstrapped optima have N in it; NaN where none was drawn."""
    flat: tuple[float, float]
    """N may be anything in it at 1 % more loss, the compute being the same."""

    @property
    def ratio(self) -> float:
        """Tokens for each parameter."""
        return self.tokens / self.parameters


@dataclass(frozen=True, eq=False)
class ScalingLaw(ArrayArtifact):
    """The law of `families[0]`, chosen by backtests, beside all others that were fitted to the same runs.

    Called with sizes it gives the loss; `predict` gives the 90 % interval of a run's loss as well:

        ln L +- 1.645 * widening * sqrt(spread of the bootstrapped laws ^ 2 + noise ^ 2)

    where `widening` makes the interval hold 90 % of the larger runs in backtests, and is never below 1.
    """

    families: tuple[str, ...]
    forms: tuple[str, ...]
    names: tuple[str, ...]
    parameters: NDArray[np.float64]
    """(families, 6): log A, log B, log E, alpha, beta, gamma."""
    cost: NDArray[np.float64]
    """The Huber sum of each family (families,)."""
    noise: NDArray[np.float64]
    """The robust standard deviation of ln L around each family (families,)."""
    widening: NDArray[np.float64]
    errors: NDArray[np.float64]
    """(families, cuts): the median size of the error of ln L on all runs with more compute than each cut."""
    cuts: NDArray[np.float64]
    tolerated: NDArray[np.bool_]
    """(families,): whether backtests cannot tell a family from the best."""
    draws: NDArray[np.float64]
    """(draws, 6): bootstrapped parameters of the families, one after another."""
    drawn: NDArray[np.int64]
    """(draws,): the family of each draw."""
    sizes: NDArray[np.float64]
    loss: NDArray[np.float64]
    compute: NDArray[np.float64]
    per_token: float = 6.0
    budget: float = 0.0
    """The compute that was asked about; 0: none was."""

    kind = "scaling_law"

    @property
    def family(self) -> str:
        return self.families[0]

    @property
    def variables(self) -> int:
        return len(self.names)

    def describe(self) -> str:
        return f"{' '.join(self.family.split())} law of {len(self.loss)} runs: L = {self.equation()}"

    def equation(self, family: int = 0) -> str:
        """The law with its numbers, as a formula in `names`."""
        a, b, e, alpha, beta, gamma = self.parameters[family]
        n, d = (*self.names, "")[:2]
        terms = [f"{np.exp(c):.4g} {x}^{-p:.4g}" for c, x, p in ((a, n, alpha), (b, d, beta)) if np.isfinite(c)]
        inner = " + ".join(terms)
        inner = inner if gamma == 1 else f"({inner})^{gamma:.4g}"
        return f"{np.exp(e):.4g} + {inner}" if np.isfinite(e) else inner

    def __call__(self, n: Float[np.ndarray, " rows"], d: Float[np.ndarray, " rows"] | None = None) -> np.ndarray:
        """The loss (rows,) at sizes (rows,), of the chosen family."""
        return np.exp(self.log_loss(n, d)[0])

    def log_loss(self, n: object, d: object = None) -> Float[np.ndarray, "families rows"]:
        """ln L of every family."""
        first, second = self._logs(n, d)
        return log_loss(self.parameters, first, second)

    def _logs(self, n: object, d: object) -> tuple[np.ndarray, np.ndarray]:
        """The logarithms of sizes. Raises ValueError where one is missing or not positive."""
        if (d is None) != (self.variables == 1):
            raise ValueError(f"the law is of {' and '.join(self.names)}; give {self.variables} of them")
        first = np.atleast_1d(np.asarray(n, dtype=float))
        second = np.ones_like(first) if d is None else np.atleast_1d(np.asarray(d, dtype=float))
        if not ((first > 0) & (second > 0)).all():
            raise ValueError("a size is not positive; give positive numbers")
        return np.log(first), np.log(second)

    def predict(self, n: object, d: object = None, family: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The loss (rows,) of a run of these sizes, and the ends of its 90 % interval."""
        first, second = self._logs(n, d)
        centre = log_loss(self.parameters[family][None], first, second)[0]
        own = self.draws[self.drawn == family]
        half = half_width(log_loss(own, first, second), self.noise[family], self.widening[family])
        with np.errstate(over="ignore"):
            return np.exp(centre), np.exp(centre - half), np.exp(centre + half)

    def reach(self, compute: float) -> float:
        """How many times the largest compute of the runs."""
        return compute / float(self.compute.max())

    def allocations(self, compute: float | None = None, more: float = 0.01) -> Iterator[Allocation]:
        """How each family that backtests tolerate would spend `compute` (by default the budget); none for one size."""
        spent = self.budget if compute is None else compute
        if self.variables == 1 or not spent > 0:
            return
        for number in np.flatnonzero(self.tolerated):
            own = self.parameters[number][None]
            n, d = (float(value[0]) for value in compute_optimum(own, spent, self.per_token))
            if not self._is_near(n, d):
                continue
            drawn = compute_optimum(self.draws[self.drawn == number], spent, self.per_token)[0]
            drawn = drawn[np.isfinite(drawn)]
            low, high = np.quantile(drawn, [0.1, 0.9]) if len(drawn) else (np.nan, np.nan)
            flat = self._flat(own, spent, n, more)
            loss = float(np.exp(log_loss(own, np.log([n]), np.log([d])))[0, 0])
            yield Allocation(self.families[number], n, d, loss, (float(low), float(high)), flat)

    def _is_near(self, n: float, d: float, most: float = 1e6) -> bool:
        """Whether both lie within so many times the sizes of the runs: other optima are none that a run can have."""
        low, high = self.sizes.min(0) / most, self.sizes.max(0) * most
        return bool((low <= (n, d)).all() and ((n, d) <= high).all())

    def _flat(self, own: np.ndarray, spent: float, n: float, more: float) -> tuple[float, float]:
        """The range of N with at most `more` loss than the least, the compute being `spent`."""
        logs = np.linspace(np.log(n) - np.log(1e4), np.log(n) + np.log(1e4), 4001)
        losses = log_loss(own, logs, np.log(spent / self.per_token) - logs)[0]
        near = logs[losses <= losses.min() + np.log1p(more)]
        return float(np.exp(near[0])), float(np.exp(near[-1]))


def half_width(drawn: Float[np.ndarray, "draws rows"], noise: float, widening: float) -> Float[np.ndarray, " rows"]:
    """Half of the 90 % interval of ln L, from the ln L of bootstrapped laws; see `ScalingLaw`."""
    return ORDINARY * widening * spread(drawn, noise)


def spread(drawn: Float[np.ndarray, "draws rows"], noise: float) -> Float[np.ndarray, " rows"]:
    """The standard deviation of a run's ln L: that of the laws, by their quantiles, and that of runs around a law.

    >>> spread(np.zeros((5, 2)), 0.1).tolist()
    [0.1, 0.1]
    """
    low, high = np.quantile(drawn, [0.1587, 0.8413], axis=0)
    return np.sqrt(((high - low) / 2) ** 2 + noise**2)

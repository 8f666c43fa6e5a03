"""Posteriors: several formulas of one table with their weights, so that a prediction says how sure it is.

    p(y | x) = sum_i w_i N(f_i(x), g_i^T C_i g_i),   w_i = exp(-L_i) / sum exp(-L),   g_i = d f_i / d theta

L_i is the length of formula and data together in nats, theta and C_i the constants of formula i and their covariance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr
from scipy.stats import qmc

from ...algebra.expressions.text import parse
from ...core.artifact import Artifact
from .formula import Formula
from .formula_source import numpy_function

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WeighedFormula:
    """`template` over the columns and the `constants`, whose `values` have the `covariance`; its length in nats.

    `noise` says how the target scatters ("Gauss", "relative", "Student", and the first two "with gross errors"), by
    `scale`: in its unit, or as a share of it.
    """

    formula: Formula
    template: str
    constants: tuple[str, ...]
    values: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    nats: float
    noise: str
    scale: float

    def predict(self, X: Float[np.ndarray, "rows features"]) -> tuple[Array, Array]:
        """The target and its standard error from the constants, both (rows,); NaN where there is no real value."""
        value = self.formula(X)
        if not self.constants:
            return value, np.zeros(len(X))
        slopes = np.stack([self._slope(X, k) for k in range(len(self.constants))], axis=1)
        variance = np.einsum("rk,kl,rl->r", slopes, np.array(self.covariance), slopes)
        return value, np.sqrt(np.maximum(variance, 0.0))

    def noise_level(self, value: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        """The scale of the scatter where the target has this value."""
        return self.scale * (np.abs(value) if self.noise.startswith("relative") else np.ones(len(value)))

    def _slope(self, X: Array, k: int) -> Array:
        """By the constant k: a difference over a tenth of its standard error, where the formula is nearly straight."""
        error = float(np.sqrt(self.covariance[k][k]))
        step = min(0.1 * error, 1e-3 * abs(self.values[k]) or np.inf) or 1e-7 * (abs(self.values[k]) or 1.0)
        step = max(step, 1e-9 * abs(self.values[k]))
        sides = []
        for sign in (1.0, -1.0):
            moved = list(self.values)
            moved[k] += sign * step
            with np.errstate(all="ignore"):
                value = np.asarray(self._function(*X.T, *moved))
            sides.append(np.broadcast_to(value, len(X)))
        slope = (sides[0] - sides[1]) / (2 * step)
        return np.where(np.isreal(slope), np.real(slope), np.nan)

    @cached_property
    def _function(self) -> Any:
        names = (*self.formula.names, *self.constants)
        return numpy_function(parse(self.template, names), names)

    def to_dict(self) -> dict[str, Any]:
        names = ("template", "constants", "values", "covariance", "nats", "noise", "scale")
        return {"formula": self.formula.to_dict(), **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        covariance = tuple(tuple(row) for row in data["covariance"])
        constants, values = tuple(data["constants"]), tuple(data["values"])
        formula = Formula.from_dict(data["formula"], {})
        return cls(formula, data["template"], constants, values, covariance, data["nats"], data["noise"], data["scale"])


@dataclass(frozen=True, eq=False)
class Prediction:
    """The target at some rows: `value`, and between `low` and `high` with the probability that was asked for."""

    value: Float[np.ndarray, " rows"]
    low: Float[np.ndarray, " rows"]
    high: Float[np.ndarray, " rows"]


@dataclass(frozen=True)
class NextPoint:
    """Where to measure next: `x`, the `spread` of the target there, and that in `noise_levels`.

    `between` says whether the spread is that between formulas, or that of the constants of one that has all the weight.
    """

    x: tuple[float, ...]
    spread: float
    noise_levels: float
    between: bool


@dataclass(frozen=True)
class Posterior(Artifact):
    """Formulas of one table, the shortest description first; `box` is the range of each feature.

    Each of `cases` gives the features that are no quantities (categories as 0 and 1) together the values that they can
    have, None for all others.

    >>> line = WeighedFormula(Formula("2*x", ("x",)), "a*x", ("a",), (2.0,), ((0.01,),), 0.0, "Gauss", 0.5)
    >>> flat = WeighedFormula(Formula("3", ("x",)), "3", (), (), (), 0.0, "Gauss", 0.5)
    >>> posterior = Posterior((line, flat), ((0.0, 4.0),))
    >>> posterior.weights.tolist(), posterior.predict([[1.0]]).value.tolist()
    ([0.5, 0.5], [2.5])
    >>> posterior.next_point().x, posterior.next_point().noise_levels
    ((4.0,), 5.0)
    """

    entries: tuple[WeighedFormula, ...]
    box: tuple[tuple[float, float], ...]
    cases: tuple[tuple[float | None, ...], ...] = ()

    kind = "posterior"

    def __post_init__(self) -> None:
        if not self.entries:
            raise ValueError("a posterior has no formulas; give at least one")
        if len(self.box) != len(self.names):
            raise ValueError(f"box has {len(self.box)} ranges; give one for each of {list(self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        return self.entries[0].formula.names

    @property
    def target(self) -> str:
        return self.entries[0].formula.target

    @property
    def weights(self) -> Float[np.ndarray, " formulas"]:
        """How likely each formula is among these: exp(-nats), of sum 1."""
        nats = np.array([entry.nats for entry in self.entries])
        weights = np.exp(nats.min() - nats)
        return weights / weights.sum()

    def predict(self, X: ArrayLike, level: float = 0.95, *, noise: bool = False) -> Prediction:
        """The target for features X (rows, features), with an interval that holds it with probability `level`.

        With `noise` the interval is for a new measurement, else for the law itself. Formulas without a real value on a
        row have no say there; NaN where none has one.
        """
        rows = self._rows(X)
        values, errors, weights = self._parts(rows)
        if noise:
            levels = [entry.noise_level(value) for entry, value in zip(self.entries, values, strict=True)]
            errors = np.hypot(errors, np.array(levels))
        tail = (1 - level) / 2
        mean = np.where(weights.sum(0) > 0, (weights * values).sum(0), np.nan)
        low, high = (_quantile(values, errors, weights, q) for q in (tail, 1 - tail))
        return Prediction(mean, low, high)

    def disagreement(self, X: ArrayLike) -> Float[np.ndarray, "2 rows"]:
        """The spread between formulas, and that from their constants, at each row of X (rows, features)."""
        values, errors, weights = self._parts(self._rows(X))
        mean = (weights * values).sum(0)
        between = np.sqrt((weights * (values - mean) ** 2).sum(0))
        return np.stack([between, np.sqrt((weights * errors**2).sum(0))])

    def next_point(self, points: int = 2_048, little: float = 0.05) -> NextPoint:
        """The x within the box at which the formulas disagree most, in noise levels: measured there, they part.

        Where they nowhere disagree by more than `little` noise levels, the x at which the constants leave most open.
        About so many `points` of the box are looked at, its corners among them.
        """
        X = self._in_cases(_points(self.box, points))
        spreads = self.disagreement(X)
        best, value = self.entries[0], self.entries[0].formula(X)
        level = best.noise_level(value)
        relative = spreads / np.where(level > 0, level, np.nan)
        ranked = np.where(np.isfinite(relative), relative, -1.0)
        between = bool(ranked[0].max() > little)
        row = 0 if between else 1
        at = int(np.argmax(ranked[row]))
        x = tuple(float(value) for value in X[at])
        return NextPoint(x, float(spreads[row, at]), float(max(ranked[row, at], 0.0)), between)

    def openness(self, X: Float[np.ndarray, "rows features"]) -> Float[np.ndarray, " rows"]:
        """How far formulas and constants together leave the target open at each row, in noise levels; 0 without one."""
        spread = np.hypot(*self.disagreement(X))
        level = self.entries[0].noise_level(self.entries[0].formula(X))
        relative = spread / np.where(level > 0, level, np.nan)
        return np.where(np.isfinite(relative), relative, 0.0)

    def nearest_case(self, X: Float[np.ndarray, "rows features"]) -> Float[np.ndarray, "rows features"]:
        """The rows with the features that are no quantities at values that they can have, each case in its turn."""
        if not self.cases:
            return X
        cases = np.array([[np.nan if value is None else value for value in case] for case in self.cases])
        taken = cases[np.arange(len(X)) % len(cases)]
        return np.where(np.isnan(taken), X, taken)

    def _in_cases(self, X: Array) -> Array:
        """The points once for each case."""
        if not self.cases:
            return X
        cases = [np.array([np.nan if value is None else value for value in case]) for case in self.cases]
        return np.concatenate([np.where(np.isnan(case), X, case) for case in cases])

    def describe(self) -> str:
        count = len(self.entries)
        if count == 1:
            return "one formula with the covariance of its constants"
        return f"{count} formulas with weights; the likeliest has {100 * self.weights.max():.0f} %"

    def describe_next(self) -> str:
        """Where to measure next, in a sentence.

        >>> flat = WeighedFormula(Formula("3", ("x",)), "3", (), (), (), 0.0, "Gauss", 0.5)
        >>> steep = WeighedFormula(Formula("2*x", ("x",)), "2*x", (), (), (), 0.0, "Gauss", 0.5)
        >>> print(Posterior((steep, flat), ((0.0, 4.0),)).describe_next())
        measure next at x = 4: there the formulas differ most in y, by 2.5 (5 noise levels)
        """
        found = self.next_point()
        where = ", ".join(f"{name} = {value:.4g}" for name, value in zip(self.names, found.x, strict=True))
        what = "the formulas differ most" if found.between else "its constants leave most open"
        size = f"{found.spread:.2g} ({found.noise_levels:.2g} noise levels)"
        return f"measure next at {where}: there {what} in {self.target}, by {size}"

    def to_dict(self) -> dict[str, Any]:
        return {"entries": [entry.to_dict() for entry in self.entries], "box": self.box, "cases": self.cases}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        entries = tuple(WeighedFormula.from_dict(entry) for entry in data["entries"])
        box = tuple((low, high) for low, high in data["box"])
        return cls(entries, box, tuple(tuple(case) for case in data["cases"]))

    def _rows(self, X: ArrayLike) -> Array:
        rows = np.asarray(X, dtype=np.float64)
        rows = rows[:, None] if rows.ndim == 1 and len(self.names) == 1 else rows
        if rows.ndim != 2 or rows.shape[1] != len(self.names):
            raise ValueError(f"X has shape {rows.shape}; give (rows, {len(self.names)}): {', '.join(self.names)}")
        return rows

    def _parts(self, rows: Array) -> tuple[Array, Array, Array]:
        """Values, standard errors and weights, each (formulas, rows); without a value a formula has no weight."""
        values, errors = (np.array(part) for part in zip(*(entry.predict(rows) for entry in self.entries), strict=True))
        real = np.isfinite(values) & np.isfinite(errors)
        weights = np.where(real, self.weights[:, None], 0.0)
        total = weights.sum(0)
        return np.where(real, values, 0.0), np.where(real, errors, 0.0), weights / np.where(total > 0, total, 1.0)


@dataclass(frozen=True)
class SharedPoint:
    """Where to measure next for several targets at once: `x` by column, and what is open of each target there.

    `noise_levels` holds for each target how far its formulas and their constants differ there, in levels of its noise.
    """

    x: Mapping[str, float]
    noise_levels: Mapping[str, float]

    def describe(self) -> str:
        """In a sentence.

        >>> SharedPoint({"x": 4.0}, {"u": 2.5, "v": 0.5}).describe()
        'measure next at x = 4: there most is open of all targets together (noise levels: u 2.5, v 0.5)'
        """
        where = ", ".join(f"{name} = {value:.4g}" for name, value in self.x.items())
        levels = ", ".join(f"{target} {level:.2g}" for target, level in self.noise_levels.items())
        return f"measure next at {where}: there most is open of all targets together (noise levels: {levels})"


def shared_next_point(posteriors: Sequence[Posterior], points: int = 2_048) -> SharedPoint | None:
    """The x at which the formulas of several targets leave most open together: the largest sum of their squares.

    In noise levels, over formulas and constants alike; inside the box that all share, where a column has one. None
    where nothing is open.

    >>> line = WeighedFormula(Formula("2*x", ("x",)), "a*x", ("a",), (2.0,), ((0.01,),), 0.0, "Gauss", 0.5)
    >>> flat = WeighedFormula(Formula("3", ("z",), "v"), "b", ("b",), (3.0,), ((0.25,),), 0.0, "Gauss", 0.5)
    >>> print(shared_next_point([Posterior((line,), ((0.0, 4.0),)), Posterior((flat,), ((1.0, 2.0),))]).describe())
    measure next at x = 4, z = 1: there most is open of all targets together (noise levels: y 0.8, v 1)
    """
    box = _shared_box(posteriors)
    names = list(box)
    X = _points(tuple(box.values()), points)
    columns = [[names.index(name) for name in posterior.names] for posterior in posteriors]
    for posterior, own in zip(posteriors, columns, strict=True):
        X[:, own] = posterior.nearest_case(X[:, own])
    levels = [posterior.openness(X[:, own]) for posterior, own in zip(posteriors, columns, strict=True)]
    total = np.sqrt(np.sum(np.square(levels), axis=0))
    at = int(np.argmax(total))
    if not total[at] > 0:
        return None
    x = {name: float(value) for name, value in zip(names, X[at], strict=True)}
    return SharedPoint(x, {each.target: float(level[at]) for each, level in zip(posteriors, levels, strict=True)})


def _shared_box(posteriors: Sequence[Posterior]) -> dict[str, tuple[float, float]]:
    """The range of each column in which all know it; where two ranges do not meet, the first."""
    box: dict[str, tuple[float, float]] = {}
    for posterior in posteriors:
        for name, (low, high) in zip(posterior.names, posterior.box, strict=True):
            known = box.get(name, (low, high))
            shared = (max(low, known[0]), min(high, known[1]))
            box[name] = shared if shared[0] <= shared[1] else known
    return box


def _quantile(values: Array, errors: Array, weights: Array, q: float) -> Array:
    """Of the mixture of normal distributions in each row, by bisection; NaN where nothing has a weight."""
    safe = np.maximum(errors, 1e-300)
    low, high = (values - 10 * safe).min(0), (values + 10 * safe).max(0)
    for _ in range(80):
        middle = (low + high) / 2
        below = (weights * ndtr((middle - values) / safe)).sum(0)
        low, high = np.where(below < q, middle, low), np.where(below < q, high, middle)
    return np.where(weights.sum(0) > 0, (low + high) / 2, np.nan)


def _points(box: tuple[tuple[float, float], ...], count: int) -> Array:
    """Points (points, features) all over the box: a grid on a line, else a Sobol sequence and the corners."""
    low, high = np.array(box, dtype=np.float64).T
    if len(box) == 1:
        return np.linspace(low[0], high[0], count)[:, None]
    inside = qmc.Sobol(len(box), scramble=False).random_base2(max(1, round(np.log2(count))))
    corners = (np.arange(2 ** min(len(box), 6))[:, None] >> np.arange(len(box)) & 1).astype(np.float64)
    return low + (high - low) * np.concatenate([inside, corners])

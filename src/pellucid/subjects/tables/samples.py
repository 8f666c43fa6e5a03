"""Samples: a table of numbers, one column of which is to be explained by the others."""

from __future__ import annotations

import hashlib
import keyword
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Shaped
from numpy.typing import NDArray

from ...core.subject import Subject
from .identifiers import column_names
from .other_tables import arrays_to_table
from .units import Units


@dataclass(frozen=True, eq=False)
class Samples(Subject):
    """y (rows,) as a function of X (rows, features), with names and, where they are known, units.

    Raises ValueError for what cannot be explained: NaN, infinity, text, complex numbers, no rows, wrong shapes, numbers
    beyond 1e150, a feature that is the target itself, names that are none, units that do not fit.

    >>> Samples([[1.0, 2.0], [3.0, 4.0]], [3.0, 7.0]).names
    ('x0', 'x1')
    """

    made_by: ClassVar[str] = "Samples(X, y, names), Samples.from_frame(frame), or read_samples(path) for a table"

    X: NDArray[np.float64]
    y: NDArray[np.float64]
    names: tuple[str, ...] = ()
    target: str = "y"
    units: Units | None = None
    notes: tuple[str, ...] = ()
    """What was left out of the table on its way in, one sentence each."""
    weights: NDArray[np.float64] | None = None
    """How much each row counts (rows,): 1 / s^2 for a standard error s of y, up to a common factor; None: all alike."""

    def __post_init__(self) -> None:
        X, y = _table_and_target(_numbers(self.X, "X"), _numbers(self.y, "y"))
        names = tuple(self.names) or tuple(f"x{i}" for i in range(X.shape[1]))
        _refuse_names(names, self.target, X.shape[1])
        _refuse_target_among(names, X, y, self.target)
        if self.units is not None and len(self.units.features) != X.shape[1]:
            raise ValueError(f"units are given for {len(self.units.features)} features; give {X.shape[1]}")
        if self.weights is not None:
            object.__setattr__(self, "weights", _weights(self.weights, len(y)))
        X.setflags(write=False)
        y.setflags(write=False)
        for field, value in (("X", X), ("y", y), ("names", names), ("notes", tuple(self.notes))):
            object.__setattr__(self, field, value)

    @classmethod
    def from_frame(cls, frame: Any, target: str = "", features: Sequence[str] = ()) -> Samples:
        """A DataFrame (pandas, or what has its `columns` and `[name]`): `target`, by default y or else the last column
        of numbers, explained by `features`, by default every other column of numbers.

        Headers become names that can stand in a formula, without their units; columns of words are left out and told
        in `notes`. Raises ValueError as `Samples` does; rows with missing values go by `frame.dropna()`.

        >>> import pandas
        >>> frame = pandas.DataFrame({"mass (kg)": [1.0, 2.0, 3.0], "site": ["a", "b", "a"], "F (N)": [2.0, 5.0, 6.0]})
        >>> samples = Samples.from_frame(frame)
        >>> samples.names, samples.target, samples.notes
        (('mass',), 'F', ("left out 'site', which holds words",))
        """
        headers = [str(name) for name in frame.columns]
        if len(set(headers)) < len(headers):
            raise ValueError(f"columns {headers} are not all different; rename them")
        arrays = {name: np.asarray(frame[own]) for name, own in zip(headers, frame.columns, strict=True)}
        table = arrays_to_table(arrays, "give a DataFrame")
        goal = table.target(target)
        others = [column for column in table.columns.values() if column is not goal]
        chosen = [table.find(name, "feature") for name in features] or [each for each in others if each.is_number]
        if not chosen:
            raise ValueError(f"there is no column of numbers beside the target {goal.name!r}; add a feature")
        called = dict(zip(headers, column_names(headers), strict=True))
        words = [] if features else [column.name for column in others if not column.is_number]
        notes = tuple(f"left out {name!r}, which holds words" for name in words)
        X = np.stack([column.values for column in chosen], 1)
        return cls(X, goal.values, tuple(called[column.name] for column in chosen), called[goal.name], notes=notes)

    @property
    def rows(self) -> int:
        return self.X.shape[0]

    @property
    def features(self) -> int:
        return self.X.shape[1]

    @property
    def box(self) -> tuple[tuple[float, float], ...]:
        """The range of every feature: where a formula is known to hold, and not beyond.

        >>> Samples([[1.0], [2.0], [3.0]], [1.0, 4.0, 9.0]).box
        ((1.0, 3.0),)
        """
        return tuple((float(low), float(high)) for low, high in zip(self.X.min(0), self.X.max(0), strict=True))

    def select(self, rows: Shaped[np.ndarray, " rows"]) -> Samples:
        """The same columns in some `rows`.

        >>> Samples([[1.0], [2.0], [3.0]], [1.0, 4.0, 9.0]).select(np.array([0, 2])).y.tolist()
        [1.0, 9.0]
        """
        weights = None if self.weights is None else self.weights[rows]
        return replace(self, X=self.X[rows], y=self.y[rows], weights=weights)

    def select_features(self, columns: Sequence[int]) -> Samples:
        """The same rows with some of the features, by their indices. Raises ValueError as `Units.select` does.

        >>> Samples([[1.0, 7.0], [2.0, 5.0]], [1.0, 4.0]).select_features([1]).names
        ('x1',)
        """
        units = None if self.units is None else self.units.select(columns)
        names = tuple(self.names[column] for column in columns)
        return replace(self, X=self.X[:, list(columns)], names=names, units=units)

    def split(self, fraction: float, generator: np.random.Generator) -> tuple[Samples, Samples]:
        """Two disjoint parts, the second with `fraction` of the rows (at least one).

        >>> samples = Samples(np.arange(10.0)[:, None], np.arange(10.0) ** 2, ("x",))
        >>> train, held = samples.split(0.2, np.random.default_rng(0))
        >>> train.rows, held.rows
        (8, 2)
        """
        if self.rows < 2:
            raise ValueError("1 row cannot be split into a training and a held-out part; give at least 2")
        order = generator.permutation(self.rows)
        held = min(self.rows - 1, max(1, round(fraction * self.rows)))
        return self.select(np.sort(order[held:])), self.select(np.sort(order[:held]))

    def by_weight(self, generator: np.random.Generator, fewest: int = 8) -> Samples:
        """Rows drawn by their weights w, each once at most, and all of equal weight: for methods that know no weights.

            P(row i is drawn) = min(1, w_i / c),   sum_i P = (sum w)^2 / sum w^2

        The number is that of equal rows that say as much of a mean (Kish 1965, section 11.7), `fewest` at least: rows
        that weigh nothing are gone, and those above c count alike.

        >>> samples = Samples(np.arange(40.0) ** 2, np.arange(40.0), weights=np.repeat([1.0, 1e-9], 20))
        >>> float(samples.by_weight(np.random.default_rng(0)).y.max())
        19.0
        """
        if self.weights is None:
            return self
        w = self.weights / self.weights.max()
        many = min(self.rows, max(fewest, float(w.sum() ** 2 / (w @ w))))
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if np.minimum(1.0, w / middle).sum() > many else (low, middle)
        kept = generator.random(self.rows) < np.minimum(1.0, w / high)
        kept[np.argsort(-w, kind="stable")[: min(fewest, self.rows)]] = True
        return replace(self.select(np.flatnonzero(kept)), weights=None)

    def without_copies(self) -> Samples:
        """Rows that are the same in every feature, in the target and in weight, once; told in the `notes`.

        All rows where some that agree in the features differ in target or weight. Where none do, a repeated row is a
        copy, or there is no noise, and it says nothing new: counted again and again, nine rows would bear the constants
        of a formula for twenty-seven.

        >>> Samples([[1.0], [2.0], [1.0]], [1.0, 4.0, 1.0], ("x",)).without_copies().notes
        ('1 of 3 rows are copies of others and count once',)
        """
        if len(np.unique(self.y)) == self.rows:  # quick: most tables of many rows are such
            return self
        told = [self.X, self.y] if self.weights is None else [self.X, self.y, self.weights]
        _, first = np.unique(np.column_stack(told), axis=0, return_index=True)
        if len(first) == self.rows or len(np.unique(self.X, axis=0)) < len(first):
            return self
        note = f"{self.rows - len(first)} of {self.rows} rows are copies of others and count once"
        kept = self.select(np.sort(first))
        return replace(kept, notes=(*kept.notes, note))

    def fingerprint(self) -> str:
        """SHA-256 of the data, names and units."""
        digest = hashlib.sha256(repr((self.names, self.target, self.units)).encode())
        for array in (self.X, self.y, *([] if self.weights is None else [self.weights])):
            digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def _weights(weights: Any, rows: int) -> NDArray[np.float64]:
    """Raises ValueError for what does not weigh every row."""
    found = _numbers(weights, "weights")
    if found.shape != (rows,):
        raise ValueError(f"weights have shape {found.shape}; give one for each of {rows} rows")
    if not (found > 0).all():
        raise ValueError("weights hold numbers that are not positive; leave rows of weight 0 out")
    found.setflags(write=False)
    return found


def _table_and_target(
    X: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """X (rows, features) and y (rows,). Raises ValueError for other shapes."""
    X = X[:, None] if X.ndim == 1 else X
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"X has shape {X.shape}; give (rows, features), at least one of each")
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.shape != X.shape[:1]:
        raise ValueError(f"y has shape {y.shape} but X {X.shape[0]} rows; give one number for each row")
    return X, y


def _refuse_target_among(names: tuple[str, ...], X: NDArray[np.float64], y: NDArray[np.float64], target: str) -> None:
    """Raises ValueError for a feature that is the target itself, where that varies."""
    if len(y) < 2 or np.ptp(y) == 0:
        return
    for name, column in zip(names, X.T, strict=True):
        if np.array_equal(column, y):
            raise ValueError(f"feature {name!r} is the target {target!r} itself; leave it out")


def _numbers(array: Any, name: str, largest: float = 1e150) -> NDArray[np.float64]:
    """Finite numbers up to `largest`: errors are sums of squares, and double precision ends at 1.8e308."""
    array = np.asarray(array)
    if array.dtype.kind not in "iufb":
        what = "complex numbers" if array.dtype.kind == "c" else f"dtype {array.dtype}"
        raise ValueError(f"{name} holds {what}; give real numbers")
    array = np.array(array, dtype=np.float64)
    bad = np.argwhere(~np.isfinite(array))
    if bad.size:
        place = "row " + str(bad[0][0]) + (f", column {bad[0][1]}" if array.ndim > 1 else "")
        raise ValueError(
            f"{name} holds NaN or infinity in {len(bad)} places, first {place}; drop or correct those rows"
        )
    reached = np.abs(array).max(initial=0.0)
    if reached > largest:
        raise ValueError(
            f"{name} reaches {reached:.0e}, whose square is no number; give it in another unit, or drop it"
        )
    return array


def _refuse_names(names: tuple[str, ...], target: str, features: int) -> None:
    if len(names) != features:
        raise ValueError(f"names={list(names)} are {len(names)}, but X has {features} columns; name each of them")
    for name in (*names, target):
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"name {name!r} cannot stand in a formula; use letters, digits and underscores")
    if len({*names, target}) < features + 1:
        raise ValueError(f"names={[*names, target]} are not all different; rename the columns")

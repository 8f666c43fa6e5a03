"""A log: values by step for each metric, in the order in which they were written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .column_words import plain_name

Series = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Log:
    """Steps and values (entries,) of each metric, in the order of the file."""

    series: Mapping[str, Series]
    notes: tuple[str, ...] = ()

    @classmethod
    def from_entries(cls, entries: Iterable[tuple[str, float, float]], notes: Iterable[str] = ()) -> Log:
        """From (metric, step, value), one after another.

        >>> log = Log.from_entries([("loss", 0, 2.0), ("acc", 0, 0.1), ("loss", 1, 1.5)])
        >>> log.series["loss"][1].tolist()
        [2.0, 1.5]
        """
        kept: dict[str, list[tuple[float, float]]] = {}
        for name, step, value in entries:
            kept.setdefault(name, []).append((step, value))
        series = {name: np.array(pairs, dtype=float).T for name, pairs in kept.items()}
        return cls({name: (both[0], both[1]) for name, both in series.items()}, tuple(notes))

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, object]], step: str | None, notes: Iterable[str] = ()) -> Log:
        """From rows of numbers by name, of which one is the step; what a row does not have was not logged then.

        Rows are numbered where there is no step, or where a row lacks it the last step stands.
        """
        entries, last = [], 0.0
        for number, row in enumerate(rows):
            said = row.get(step) if step is not None else number
            last = float(said) if isinstance(said, int | float) and said == said else last
            for name, value in row.items():
                if name != step and isinstance(value, int | float) and not isinstance(value, bool):
                    entries.append((name, last, float(value)))
        return cls.from_entries(entries, notes)

    @property
    def names(self) -> list[str]:
        return list(self.series)

    def plus(self, *notes: str) -> Log:
        return Log(self.series, (*self.notes, *notes))


@dataclass(frozen=True)
class Cleaned:
    """One metric with steps that rise, each once, and what was done to it."""

    steps: NDArray[np.float64]
    values: NDArray[np.float64]
    notes: tuple[str, ...] = field(default=())


def clean(name: str, series: Series) -> Cleaned:
    """What a resumed run logged again replaces what it had logged before; missing values are left out.

    >>> clean("loss", (np.array([0.0, 1, 2, 1, 2, 3]), np.array([9.0, 8, 7, 5, 4, 3]))).values.tolist()
    [9.0, 5.0, 4.0, 3.0]
    """
    steps, values = series
    notes = []
    if len(steps) > 2 and (np.diff(steps) < 0).all():
        steps, values = steps[::-1], values[::-1]
        notes.append(f"the steps of {name!r} fall throughout: read from the last to the first")
    values = _no_number_at_the_end(values)
    there = np.isfinite(steps) & ~np.isnan(values)
    steps, values = steps[there], values[there]
    back = np.flatnonzero(np.diff(steps) < 0)
    kept = np.ones(len(steps), dtype=bool)
    for place in back:  # from where the steps went back, later rows replace all at or after that step
        kept[: place + 1] &= steps[: place + 1] < steps[place + 1]
    if len(back):
        first = back[0]
        times = "once" if len(back) == 1 else f"{len(back)} times"
        notes.append(
            f"the steps of {name!r} go back {times}, first from {steps[first]:g} to {steps[first + 1]:g}: "
            "taken as resumed, the later rows count"
        )
    steps, values = steps[kept], values[kept]
    twice = np.flatnonzero(np.diff(steps) == 0)
    if len(twice):
        different = int((values[twice] != values[twice + 1]).sum())
        if different > 0.2 * len(steps):
            notes.append(f"{name!r} has several values at {different} steps: two metrics or runs in one column?")
        kept = np.append(np.diff(steps) > 0, True)  # the last of each step
        steps, values = steps[kept], values[kept]
    return Cleaned(steps, values, tuple(notes))


def _no_number_at_the_end(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN from some place to the end of what was nearly always logged: a loss that broke, kept as infinite.

    >>> _no_number_at_the_end(np.array([3.0, 2.0, np.nan, np.nan])).tolist()
    [3.0, 2.0, inf, inf]
    >>> _no_number_at_the_end(np.array([3.0, np.nan, 2.0, np.nan])).tolist()
    [3.0, nan, 2.0, nan]
    """
    known = np.flatnonzero(~np.isnan(values))
    if not len(known) or np.isnan(values[: known[-1] + 1]).mean() > 0.1:
        return values
    return np.concatenate([values[: known[-1] + 1], np.full(len(values) - known[-1] - 1, np.inf)])


def without_ranges(names: Iterable[str]) -> list[str]:
    """Without the columns of minima and maxima that wandb's page adds when it exports.

    >>> without_ranges(["run1 - loss", "run1 - loss__MIN", "run1 - loss__MAX"])
    ['run1 - loss']
    """
    return [name for name in names if not name.endswith(("__MIN", "__MAX"))]


STEPS = (
    "(global_|train_|trainer_)?step|iter(ation)?s?|itr|updates?|num_updates|batch|trainer_global_step",
    "epochs?",
    "tokens?(_seen)?|train_tokens|samples?|examples?",
)
"""Names of what counts the steps, the surest first."""
NO_METRICS = "timestamp|runtime|time|wall_time|relative_time|created_at"
"""What loggers write beside the metrics."""


def step_name(name: str) -> str:
    """The name of a column as the words above know it: wandb writes _step."""
    return plain_name(name)

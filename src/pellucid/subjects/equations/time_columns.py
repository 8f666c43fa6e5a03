"""Which column of a table holds the times, and in what unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..tables.columns import Column, Table, listed


@dataclass(frozen=True)
class TimeColumns:
    """How columns of times are told, where the caller does not say."""

    times: tuple[str, ...] = ("t", "time", "times", "timestamp", "date", "datetime", "zeit", "temps", "tiempo", "tempo")
    units: tuple[str, ...] = ("second", "minute", "hour", "day", "week", "month", "year")
    """A column of times may also be called by its unit alone, in one or many, where none is called time."""
    seconds: Mapping[str, float] = field(
        default_factory=lambda: {"ms": 1e-3, "us": 1e-6, "ns": 1e-9, "s": 1.0, "sec": 1.0, "seconds": 1.0,
                                 "milliseconds": 1e-3, "msec": 1e-3}
    )  # fmt: skip
    """Units that the name of the times may end in, as in t_ms or "time [ms]"; such times are read as seconds."""
    far: float = 100.0
    """Times that start this many times their whole span after 0, as a computer's clock does, count from the first."""


TIMES = TimeColumns()


def time_column(table: Table, time: str | None) -> Column:
    """The column of times. Raises ValueError where none is named, or where it holds words."""
    if not table.has_header:
        raise ValueError("the file has no header; name the columns in its first line, the times t")
    clock = usual_column(table, time, TIMES.times, "time") or _told_by_unit(table) or _only_dates(table)
    if clock is None:
        raise ValueError(
            f"no column is called t or time among {listed(list(table.columns))}; name it t, or say which with --time"
        )
    if not clock.is_number:
        raise ValueError(f"column {clock.name!r} holds what is no number; write times as numbers or ISO dates")
    return clock


def _told_by_unit(table: Table) -> Column | None:
    """The column whose name is that of a time with a unit, such as t_ms or "Time (h)", or else a unit alone."""
    with_unit = re.compile(r"(?:t|time|timestamp) *(?:\[[^]]+\]|\([^)]+\)|/ *\w+)")
    plain = {word for unit in TIMES.units for word in (unit, f"{unit}s")}
    for tells in (_unit, lambda name: with_unit.fullmatch(name.lower()), lambda name: name.lower() in plain):
        found = [column for name, column in table.columns.items() if tells(name) and column.is_number]
        if found:
            return found[0]
    return None


def _only_dates(table: Table) -> Column | None:
    """The column that holds dates or times of day, where there is one alone, whatever it is called."""
    dated = [column for column in table.columns.values() if column.is_number and column.holds_dates]
    return dated[0] if len(dated) == 1 else None


def in_seconds(clock: Column) -> tuple[NDArray[np.float64], list[str]]:
    """The times, in seconds where the column's name says another unit of time; from the first where 0 is far away."""
    times, notes = np.asarray(clock.values, dtype=np.float64), []
    unit = _unit(clock.name)
    if unit not in (None, "s", "sec", "seconds"):
        times = times * TIMES.seconds[str(unit)]
        notes.append(f"column {clock.name!r} is read as seconds")
    span = float(np.ptp(times))
    if span > 0 and times.min() > TIMES.far * span:
        notes.append(f"column {clock.name!r} counts from its first value, {times.min():g}")
        times = times - times.min()
    return times, notes


def _unit(name: str) -> str | None:
    """The unit at the end of a name of times; None where there is none.

    >>> _unit("t_ms"), _unit("Time [ms]"), _unit("time"), _unit("items")
    ('ms', 'ms', None, None)
    """
    match = re.fullmatch(r"(?:t|time|timestamp)[ _]*[\[(/]?[ ]*([a-z]+)[\])]?", name.lower())
    return match[1] if match and match[1] in TIMES.seconds else None


def usual_column(table: Table, wanted: str | None, usual: Sequence[str], role: str) -> Column | None:
    """The column that is `wanted`, or the first whose name is a `usual` one. Raises ValueError for a name of none."""
    if wanted is not None:
        return table.find(wanted, role)
    return next((column for name, column in table.columns.items() if name.lower() in usual), None)

"""Samples from files: a column that is to be explained, and the columns that explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from .columns import Column, Table
from .identifiers import column_names
from .preparing import Missing, suspicions, with_indicators, without_missing
from .samples import Samples
from .screening import screen
from .table import SUFFIXES, naming_file, read_table
from .units import read_units

__all__ = ["SUFFIXES", "read_samples", "read_targets", "samples_of"]


def read_samples(
    path: Path | str,
    *,
    target: str = "",
    features: Sequence[str] = (),
    units: Path | str | None = None,
    missing: str = "refuse",
    error: str = "",
) -> Samples:
    """The table in `path`: column `target` (by default y, or else the last column of numbers), explained by `features`
    (by default every other column of numbers).

    Columns of few words become columns of 0 and 1. `missing` is "refuse", "drop" (rows with a missing value), or
    numbers that stand for one; `error` names the column with the standard error of the target. `units` is a TOML file
    with a table [units]. What was left out is told in the `notes` of the samples. Raises ValueError, in one line that
    names file, column, line and remedy; OSError where the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rows.csv"
    ...     _ = file.write_text("mass,energy\\n1,2\\n3,7\\n4,5\\n")
    ...     samples = read_samples(file, target="energy")
    >>> samples.names, samples.y.tolist()
    (('mass',), [2.0, 7.0, 5.0])
    """
    with naming_file(path):
        samples = samples_of(read_table(path), target, tuple(features), missing=Missing.parse(missing), error=error)
    if units is None:
        return samples
    return replace(samples, units=read_units(units, samples.names, samples.target))


def read_targets(
    path: Path | str,
    targets: Sequence[str],
    *,
    features: Sequence[str] = (),
    units: Path | str | None = None,
    missing: str = "refuse",
    errors: Sequence[str] = (),
) -> dict[str, Samples | ValueError]:
    """The table in `path` once for each of `targets`, by its name in formulas; none explains another, unless it is
    among `features`.

    `errors` names a column with the standard error for each target, in their order. A target that cannot be explained
    (cells are missing, it is constant) has its ValueError beside the samples of the others; a name that is no column,
    and a file that cannot be read, raise.
    """
    _refuse_targets(targets, errors)
    found: dict[str, Samples | ValueError] = {}
    with naming_file(path):
        table = read_table(path)
        for role, names in (("target", targets), ("error", errors)):
            for name in names:
                table.find(name, role)
    for target, error in zip(targets, errors or [""] * len(targets), strict=True):
        others = (*targets, *errors)
        try:
            with naming_file(path):
                samples = samples_of(
                    table, target, tuple(features), missing=Missing.parse(missing), error=error, apart=others
                )
            if units is not None:
                samples = replace(samples, units=read_units(units, samples.names, samples.target))
            found[samples.target] = samples
        except ValueError as fault:
            found[target] = fault
    return found


def _refuse_targets(targets: Sequence[str], errors: Sequence[str]) -> None:
    """Raises ValueError for a target that is named twice, and where not each has its error."""
    if errors and len(errors) != len(targets):
        raise ValueError(
            f"error names {len(errors)} columns for {len(targets)} targets; give one for each, in their order"
        )
    twice = [target for target in targets if targets.count(target) > 1]
    if twice:
        raise ValueError(f"target names {twice[0]!r} twice; name each column once")


def samples_of(
    table: Table,
    target: str = "",
    features: tuple[str, ...] = (),
    *,
    missing: Missing | None = None,
    error: str = "",
    apart: Sequence[str] = (),
) -> Samples:
    """The columns that are asked for, without those that can say nothing, under names that a formula can use.

    Where no `features` are named, those are all columns of numbers but the ones that stand `apart`. Missing values are
    refused where `missing` does not say what becomes of their rows.

    >>> columns = {"a": np.array([1.0, 2.0, 3.0]), "g": np.full(3, 7.0), "y": np.array([1.0, 4.0, 9.0])}
    >>> found = samples_of(Table({name: Column(name, values) for name, values in columns.items()}))
    >>> found.names, found.notes
    (('a',), ("left out 'g', which is constant (7)",))
    """
    if not table.rows:
        raise ValueError("the file holds no rows of numbers; add them below the header")
    errors = [table.find(error, "error")] if error else []
    goal = table.target(target, errors)
    usual, target = not target and goal.name != "y", target or goal.name
    _refuse_words("target", target, goal)
    table, made = with_indicators(table)
    features = _named(table, made, features)
    others = [] if features else [table.find(name, "target") for name in apart]
    chosen = _without(_chosen(table, goal, features), [*others, *errors])
    if not chosen:
        raise ValueError(f"there is no column of numbers beside the targets; add one that explains {target!r}")
    table = without_missing(table, [goal, *chosen, *errors], missing or Missing())
    goal, chosen = table.columns[goal.name], [table.columns[column.name] for column in chosen]
    _refuse(table, goal, goal, target, optional=False)
    for column in chosen:
        _refuse(table, column, goal, target, optional=not features)
    weights = _weights(table, table.columns[errors[0].name]) if errors else None
    found = replace(_screened(table, goal, chosen, made, asked_for=bool(features)), weights=weights)
    if not usual:
        return found
    return replace(
        found, notes=(f"{goal.name!r}, the last column of numbers, is explained by the others", *found.notes)
    )


def _screened(
    table: Table, goal: Column, chosen: list[Column], made: Mapping[str, Sequence[Column]], *, asked_for: bool
) -> Samples:
    """The chosen columns, without those that can say nothing; of columns that were `asked_for`, more are kept."""
    values = [np.asarray(column.values, dtype=np.float64) for column in chosen]
    y = np.asarray(goal.values, dtype=np.float64)
    kept, notes = screen(values, y, [c.name for c in chosen], **({"most": None} if asked_for else {}))
    called = dict(zip(table.columns, column_names(table.columns), strict=True))
    used = [*(chosen[j] for j in kept), goal]
    notes = [*table.notes, *(c.note for c in used if c.note), *notes, *_renamed(used, called, made), *suspicions(used)]
    if not asked_for:
        notes += _words_left_out(table)
    names = tuple(called[c.name] for c in used[:-1])
    return Samples(np.stack(values, 1)[:, kept], y, names, called[goal.name], notes=tuple(notes))


def _named(table: Table, made: Mapping[str, Sequence[Column]], features: Sequence[str]) -> tuple[str, ...]:
    """The columns that the names of features mean: those of its words, where one holds a few."""
    found: list[str] = []
    for name in features:
        found += [column.name for column in made[name]] if name in made else [table.find(name, "feature").name]
    return tuple(found)


def _without(columns: Sequence[Column], others: Sequence[Column]) -> list[Column]:
    """The columns but those that are among others."""
    return [column for column in columns if all(column is not other for other in others)]


def _weights(table: Table, errors: Column) -> Float[np.ndarray, " rows"]:
    """1 / error^2 of each row. Raises ValueError where an error is missing, or none."""
    _refuse_words("error", errors.name, errors)
    if fault := table.fault(errors):
        raise ValueError(f"{fault}; correct or remove such rows")
    values = np.asarray(errors.values, dtype=np.float64)
    bad = np.flatnonzero(values <= 0)
    if len(bad):
        where = table.where(bad.tolist())
        raise ValueError(f"error {errors.name!r}, {where}: {values[bad[0]]:g} is no error; give positive numbers")
    return 1 / np.square(values / np.median(values))


def _renamed(columns: Sequence[Column], called: Mapping[str, str], made: Mapping[str, Sequence[Column]]) -> list[str]:
    own = {column.name for each in made.values() for column in each}
    renamed = [column for column in columns if called[column.name] != column.name]
    return [f"column {c.name!r} is called {called[c.name]}" for c in renamed if c.name not in own]


def _chosen(table: Table, goal: Column, features: tuple[str, ...]) -> list[Column]:
    """The columns that are asked for, or all others that hold numbers. Raises ValueError where they cannot be."""
    if not features:
        chosen = [column for column in table.columns.values() if column is not goal and column.is_number]
    else:
        chosen = [table.find(name, "feature") for name in features]
        _refuse_choice(chosen, goal)
    if not chosen:
        raise ValueError(f"there is no column of numbers beside the target {goal.name!r}; add a feature")
    return chosen


def _refuse_choice(chosen: Sequence[Column], goal: Column) -> None:
    """Raises ValueError where a chosen feature holds words, is the target, or is named twice."""
    for column in chosen:
        _refuse_words("feature", column.name, column)
    if goal in chosen:
        raise ValueError(f"the target {goal.name!r} is among the features; leave it out")
    names = [column.name for column in chosen]
    if len(set(names)) < len(names):
        raise ValueError(f"features {', '.join(names)} name a column twice; name each once")


def _words_left_out(table: Table) -> list[str]:
    """One sentence about the columns that hold words, where there are any."""
    words = [name for name, column in table.columns.items() if not column.is_number]
    return [f"left out {', '.join(map(repr, words))}, which hold no numbers"] if words else []


def _refuse_words(role: str, name: str, column: Column) -> None:
    if not column.is_number:
        raise ValueError(f"{role} {name!r} holds words, not numbers; encode it, or choose another column")


def _refuse(table: Table, column: Column, goal: Column, target: str, *, optional: bool) -> None:
    """Raises ValueError for a column with faults, and for a feature that is the target itself."""
    if fault := table.fault(column):
        remedy = "correct or remove such rows (--missing drop leaves out those with missing cells)"
        remedy += ", or choose other features" if optional else ""
        raise ValueError(f"{fault}; {remedy}")
    y = goal.values
    if column is not goal and np.array_equal(column.values, y) and (y != y[0]).any():
        raise ValueError(f"column {column.name!r} is the target {target!r} itself; remove it, or choose other features")

"""Skill curves from a log: which of its metrics are tasks, and how often each task is trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

import numpy as np

from ..tables.columns import listed
from ..tables.table import read_table
from .column_words import find_header, plain_name
from .log import Log, clean
from .log_files import read_log
from .run_files import RATE
from .skill_curves import FEWEST, SkillCurves

TOTALS = ("loss", "acc", "accuracy", "norm", "time", "lr", "rate", "decay", "epoch", "grad", "tokens", "step", "ppl")
"""Words that the names of metrics of all tasks together are made of: losses, norms, clocks."""
BESIDE = ("train", "training", "val", "valid", "validation", "test", "eval", "dev", "total", "mean", "avg", "all")
CLOCKS = ("learning", "weight", "param", "wd", "perplexity", "seconds", "runtime", "timestamp")


def read_skill_curves(
    path: Path | str,
    *,
    columns: str | None = None,
    frequencies: str | None = None,
    accuracy: bool = False,
    chance: float | None = None,
    step: str | None = None,
) -> SkillCurves:
    """The curves of the tasks in the log `path`.

    `columns` is a pattern such as "task/*" for their metrics; without it, all metrics that are not plainly of all tasks
    together. `frequencies` is a list "9,3,1" in the order of the log, or a table or .json file of names and numbers.
    Raises ValueError, in one line that names what is wrong and the option that helps.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rows = "\\n".join(f"{i},{1 / (i + 1)},1,2.0" for i in range(12))
    ...     file = Path(folder) / "log.csv"
    ...     _ = file.write_text("step,task/add,task/mul,train_loss\\n" + rows)
    ...     read_skill_curves(file).names
    ('task/add', 'task/mul')
    """
    log = read_log(path, step)
    names = _tasks(log, columns)
    steps, values, notes = _together(log, names)
    rates = _rates(log, names, steps)
    told = [f"tasks: {len(names)} columns, {names[0]!r} to {names[-1]!r}"]
    told += ["time is counted by the learning rate, which changes"] * (rates is not None)
    weights = None if frequencies is None else read_frequencies(frequencies, names)
    kind = "accuracy" if accuracy else "loss"
    start = None if chance is None else np.full(len(names), chance)
    return SkillCurves(steps, values, tuple(names), weights, kind, start, rates, (*log.notes, *told, *notes))


def _tasks(log: Log, columns: str | None) -> list[str]:
    """The metrics that a pattern names, or all that are not of all tasks together. Raises ValueError."""
    if columns is not None:
        parts = [part.strip() for part in columns.split(",")]
        found = [name for name in log.names if any(name == part or fnmatch(name, part) for part in parts)]
        if len(found) < 2:
            raise ValueError(
                f"--columns {columns!r} names {len(found)} of the metrics {listed(log.names)}; name 2 or more"
            )
        return found
    known = {*TOTALS, *BESIDE, *CLOCKS}
    found = [name for name in log.names if not set(plain_name(name).split("_")) <= known]
    if len(found) < 2:
        raise ValueError(
            f"fewer than 2 metrics look like tasks among {listed(log.names)}; say which with --columns 'task*'"
        )
    return found


def _together(log: Log, names: list[str]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The steps at which all tasks were logged, and their values. Raises ValueError where there are few."""
    cleaned = {name: clean(name, log.series[name]) for name in names}
    steps = cleaned[names[0]].steps
    for one in cleaned.values():
        steps = np.intersect1d(steps, one.steps)
    if len(steps) < FEWEST:
        raise ValueError(
            f"all {len(names)} tasks were logged together at {len(steps)} steps, {FEWEST} are needed; "
            "name those of one evaluation with --columns"
        )
    kept = [one.values[np.isin(one.steps, steps)] for one in cleaned.values()]
    return steps, np.stack(kept, 1), list(dict.fromkeys(note for one in cleaned.values() for note in one.notes))


def _rates(log: Log, names: list[str], steps: np.ndarray) -> np.ndarray | None:
    """The learning rate at `steps`, where it is logged and changes."""
    name = find_header([one for one in log.names if one not in names], RATE, None)
    if name is None:
        return None
    one = clean(name, log.series[name])
    if len(one.steps) < 2 or np.ptp(one.values) <= 1e-9 * np.abs(one.values).max():
        return None
    return np.maximum(np.interp(steps, one.steps, one.values), 0)


def read_frequencies(text: str, names: list[str]) -> np.ndarray:
    """How often each task is trained on: numbers in their order, or a file of names and numbers. Raises ValueError.

    >>> read_frequencies("3, 1", ["a", "b"]).tolist()
    [3.0, 1.0]
    """
    if Path(text).is_file():
        known = _named(Path(text))
        missing = [name for name in names if name not in known]
        if missing:
            raise ValueError(f"--frequencies {text}: {listed(missing)} have none; give a number for each task")
        return np.array([known[name] for name in names])
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"--frequencies {text!r} is no file, and no list such as 9,3,1") from None
    if len(numbers) != len(names):
        raise ValueError(f"--frequencies has {len(numbers)} numbers, the log {len(names)} tasks; give one for each")
    return np.array(numbers)


def _named(path: Path) -> Mapping[str, float]:
    if path.suffix == ".json":
        found = json.loads(path.read_text())
        if not isinstance(found, dict) or not all(isinstance(value, int | float) for value in found.values()):
            raise ValueError(f'{path.name}: give an object of names and numbers, {{"task": 0.5}}')
        return {str(name): float(value) for name, value in found.items()}
    table = list(read_table(path).columns.values())
    words = [column for column in table if not column.is_number]
    numbers = [column for column in table if column.is_number]
    if len(words) != 1 or len(numbers) != 1:
        raise ValueError(f"{path.name}: give a table of two columns, names and numbers")
    return dict(zip(words[0].texts(), numbers[0].values.tolist(), strict=True))

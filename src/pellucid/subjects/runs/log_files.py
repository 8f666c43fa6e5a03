"""Logs of training from files that other tools wrote: the format is told by the name and by what stands in the file.

.csv, .tsv, .txt, .parquet, .npz: tables, also Lightning's metrics.csv and what wandb's page exports. .jsonl: one object
a line. trainer_state.json: Hugging Face. events.out.tfevents.*: TensorBoard. run-*.wandb: wandb offline. A folder: the
logs in it that are of one run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..tables.other_tables import json_records
from ..tables.table import SUFFIXES, naming_file, read_table
from .column_words import Role, guess_column
from .event_files import read_events
from .log import NO_METRICS, STEPS, Log, step_name, without_ranges
from .wandb_files import read_wandb

STEP = Role("step", "--step", STEPS)


def read_log(path: Path | str, step: str | None = None) -> Log:
    """Every metric in the log `path`; `step` names the column that counts the steps, which is told by its name else.

    Raises ValueError, in one line that names the file, what is wrong and what helps; OSError where it cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        return _folder(path, step)
    with naming_file(path):
        if path.stat().st_size == 0:
            raise ValueError("the file is empty; was anything logged yet?")
        if "tfevents" in path.name:
            return read_events(path)
        if path.suffix == ".wandb":
            return read_wandb(path)
        if path.suffix == ".json":
            return _json(path, step)
        if path.suffix.lower() == ".jsonl":
            return _lines(path, step)
        if path.suffix.lower() in SUFFIXES:
            return _table(path, step)
        raise ValueError(f"suffix {path.suffix!r} is unknown; give {', '.join(SUFFIXES)}, trainer_state.json, "
                         "a tfevents or .wandb file, or a folder")  # fmt: skip


def log_files(folder: Path) -> list[Path]:
    """The logs directly in a folder, or in the folders that its tools make (version_0, wandb/latest-run, files)."""
    tables = ("metrics.csv", "log.csv", "history.csv", "metrics.jsonl", "log.jsonl", "wandb-history.jsonl")
    found = [path for path in sorted(folder.iterdir()) if path.is_file() and _is_log(path, tables)]
    state = _newest_state(folder)
    if found or state is not None:
        return [*found, *([state] if state is not None and state not in found else [])]
    return sorted(path for path in folder.glob("*.csv")) + sorted(folder.glob("*.jsonl"))


def _is_log(path: Path, tables: Sequence[str]) -> bool:
    return "tfevents" in path.name or path.suffix == ".wandb" or path.name in (*tables, "trainer_state.json")


def _newest_state(folder: Path) -> Path | None:
    """trainer_state.json of the folder, or of its checkpoint with the most steps, which holds the whole history."""
    states = [*folder.glob("trainer_state.json"), *folder.glob("checkpoint-*/trainer_state.json")]
    return max(states, key=lambda path: path.stat().st_size, default=None)


def _folder(folder: Path, step: str | None) -> Log:
    """All logs of one run together. Several event files are one run that was resumed."""
    files = log_files(folder)
    if not files:
        raise ValueError(f"{folder} holds no log; give a log, or a folder with metrics.csv, tfevents, ... in it")
    kinds = {"events" if "tfevents" in path.name else path.name for path in files}
    if len(kinds) > 1 and "events" in kinds:
        files = [path for path in files if "tfevents" in path.name]  # the same metrics, logged twice
    if len(files) > 1 and kinds != {"events"} and len(kinds) > 1:
        raise ValueError(f"{folder} holds several logs ({', '.join(path.name for path in files[:6])}); name one")
    logs = [read_log(path, step) for path in files]
    entries = [
        (name, at, value) for log in logs for name, both in log.series.items() for at, value in zip(*both, strict=True)
    ]
    notes = [note for log in logs for note in log.notes]
    return Log.from_entries(entries, dict.fromkeys(notes))


def _table(path: Path, step: str | None) -> Log:
    """A table with a column of steps; cells that hold nothing were not logged then."""
    table = read_table(path)
    names = without_ranges(name for name, column in table.columns.items() if column.is_number)
    counted = step_of(names, step)
    if not set(names) - {counted}:
        raise ValueError("no column but that of the steps holds numbers; was anything logged yet?")
    columns = {name: table.columns[name] for name in names}
    empty = {
        name: {row for row, cell in one.odd.items() if cell.strip().lower() != "nan"} for name, one in columns.items()
    }
    cells = [one.values.tolist() for one in columns.values()]
    rows = [
        {name: value for name, value in zip(columns, values, strict=True) if row not in empty[name] or value == value}
        for row, values in enumerate(zip(*cells, strict=True))
    ]
    return _of_rows(rows, counted, table.notes)


def step_of(names: Sequence[str], said: str | None) -> str | None:
    """The name of the steps: what was said, or what the names tell. Raises ValueError for what is no column."""
    if said is not None:
        if said not in names:
            raise ValueError(f"--step {said!r} is no column of numbers; choose among {', '.join(names[:20])}")
        return said
    return guess_column([name for name in names if step_name(name)], STEP)


def _of_rows(rows: Sequence[Mapping[str, Any]], counted: str | None, notes: Sequence[str]) -> Log:
    log = Log.from_rows(rows, counted, notes)
    kept = {name: both for name, both in log.series.items() if not _is_clock(name)}
    told = () if counted is not None else ("no column counts the steps: rows are numbered; say which with --step",)
    return Log(kept, (*log.notes, *told))


def _is_clock(name: str) -> bool:
    import re

    return re.fullmatch(NO_METRICS, step_name(name)) is not None


def _lines(path: Path, step: str | None) -> Log:
    """One object a line, of any keys; a last line that is cut off is left out and told."""
    rows, notes = [], []
    try:
        for _, record in json_records(path):
            if isinstance(record, dict):
                rows.append(_flat(record))
    except ValueError as error:
        whole = path.read_text(encoding="utf-8", errors="replace").endswith("\n")
        if whole or not rows:
            raise
        notes.append(f"the last line is cut off ({str(error).split(';')[0]}): the run is still writing")
    if not rows:
        raise ValueError('the file holds no objects; give one a line, such as {"step": 0, "loss": 2.3}')
    names = list(dict.fromkeys(name for row in rows for name in row))
    return _of_rows(rows, step_of(names, step), notes)


def _flat(record: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Nested objects as names joined by slashes; true and false, and texts, are left to be left out."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{name}/")
        else:
            found[f"{before}{name}"] = value
    return found


def _json(path: Path, step: str | None) -> Log:
    """Hugging Face's state: its last row sums up the whole run, and is left out."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error}); give trainer_state.json, or one object a line as .jsonl") from None
    rows = state.get("log_history") if isinstance(state, dict) else state
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("the file has no log_history; give the trainer_state.json that Hugging Face writes")
    kept = [_flat(row) for row in rows if "train_runtime" not in row]
    if not kept:
        raise ValueError("log_history is empty; was anything logged yet?")
    names = list(dict.fromkeys(name for row in kept for name in row))
    return _of_rows(kept, step_of(names, step), ())

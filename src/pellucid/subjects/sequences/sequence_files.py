"""Labelled sequences from files: .csv, .tsv, .jsonl, .npz. Integers stay as they are, words become 0, 1, ... in order.

.csv, one row a step: a header with the column `sequence` (which sequence the step belongs to), if wanted `step` (its
place in it), one column for each input, and outputs named y..., out..., label... or target...; an empty output cell is
a step without a label. Sequences may differ in length.

    sequence,step,a,b,y
    0,0,1,1,0
    0,1,0,1,0

.csv, one row a sequence: a cell for each input and output, its steps separated by spaces. Two cells, inputs and
outputs, need no header; one output for many inputs labels the last step only.

    0 1 1 0, 0 1 0 0

.jsonl, one object a line; steps are numbers, words, or lists of them, and null is a step without a label. A text is its
words or, where no text of the file has a space, its characters.

    {"inputs": [[1, 1], [0, 1]], "outputs": [0, 0]}
    {"inputs": "(()", "label": "open"}

.npz: arrays `inputs` (sequences, time[, inputs]) and `outputs` (sequences, time[, outputs]) or (sequences,), and where
needed `mask` (sequences, time) and `lengths` (sequences,).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..tables.other_tables import json_records, read_arrays
from ..tables.table import TextFormat, naming_file, read_table
from .alphabet import Alphabet
from .sequence_rows import Row, Source, to_sequences
from .sequences import Sequences

__all__ = ["SUFFIXES", "read_sequences"]

Line: TypeAlias = tuple[int, tuple[str, ...]]
"""(line, cells) of a row of the file."""
Step: TypeAlias = tuple[int, int, tuple[str, ...]]
"""(place in its sequence, line, cells)."""


def read_sequences(path: Path | str, *, alphabet: Alphabet | None = None) -> Sequences:
    """The labelled sequences in `path`; `alphabet` says what inputs may be, where the file alone does not tell.

    Raises ValueError, in one line that names file, line, value and remedy, for a file that is empty, ragged or damaged,
    for values that are neither integers nor words, and for labels that contradict each other; OSError where the file
    cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "parity.csv"
    ...     _ = file.write_text("0 1 1 0, 0 1 0 0\\n1 1 1 0, 1 0 1 1\\n")
    ...     found = read_sequences(file)
    >>> found.inputs.shape, found.outputs[1, :, 0].tolist()
    ((2, 4, 1), [1, 0, 1, 1])
    """
    source = Source(Path(path))
    reader = _READERS.get(source.path.suffix.lower())
    if reader is None:
        raise source.bad(f"suffix {source.path.suffix!r} is unknown; give one of {', '.join(SUFFIXES)}")
    if source.path.stat().st_size == 0:
        raise source.bad("the file is empty; give at least two labelled sequences")
    return reader(source, alphabet)


# ---------------------------------------------------------------------------------------------------------- csv


def _read_csv(source: Source, alphabet: Alphabet | None) -> Sequences:
    # cells are lists of words, so that blanks separate no cells, and any word may stand for a symbol, # too
    rows = TextFormat(
        delimiters=",;\t", comments=False, is_header=_is_header, is_text=lambda name: True, any_encoding=False
    )
    with naming_file(source.path):
        table = read_table(source.path, rows)
    header = [name.lower() for name in table.columns]
    cells = zip(*(column.values.tolist() for column in table.columns.values()), strict=True)
    lines = list(zip(table.lines(range(table.rows)), cells, strict=True))
    if "sequence" in header:
        return to_sequences(source, _rows_of_steps(source, header, lines), alphabet)
    return to_sequences(source, _rows_of_sequences(source, header, lines, table.has_header), alphabet)


def _is_header(cells: Iterable[str]) -> bool:
    """Whether the first row names the columns: one is called `sequence`, or like an output."""
    names = [cell.lower() for cell in cells]
    return "sequence" in names or any(re.fullmatch(r"(y|outputs?|labels?|targets?)\d*", name) for name in names)


def _rows_of_steps(source: Source, header: list[str], table: list[Line]) -> list[Row]:
    """One row a step, grouped by the column `sequence` and put in order by `step`."""
    which = header.index("sequence")
    place = next((header.index(name) for name in ("step", "time", "t") if name in header), None)
    inputs, outputs = _columns(source, header, skip={which} if place is None else {which, place})
    groups: dict[str, list[Step]] = {}
    for line, cells in table:
        group = groups.setdefault(cells[which], [])
        step = len(group) if place is None else _whole(source, line, cells[place], header[place])
        group.append((step, line, cells))
    return [_row_of_steps(source, name, group, inputs, outputs) for name, group in groups.items()]


def _row_of_steps(source: Source, name: str, group: list[Step], inputs: list[int], outputs: list[int]) -> Row:
    """The sequence called `name`, its steps in order; an empty output cell is no label."""
    group.sort(key=lambda entry: entry[0])
    _refuse_gaps(source, name, group)
    steps = [[cells[j] for j in inputs] for _, _, cells in group]
    labels = [[cells[j] or None for j in outputs] for _, _, cells in group]
    return Row(steps, labels, [line for _, line, _ in group])


def _refuse_gaps(source: Source, name: str, group: list[Step]) -> None:
    """Raises ValueError where a step of a sequence is left out, or stands twice."""
    for (before, _, _), (step, line, _) in pairwise(group):
        if step != before + 1:
            found = f"step {step} twice" if step == before else f"step {step} after step {before}"
            raise source.bad(f"sequence {name!r} has {found}; number its steps one by one", line)


def _rows_of_sequences(source: Source, header: list[str], table: list[Line], named: bool) -> list[Row]:
    """One row a sequence, each cell a list of words."""
    if not named and len(header) != 2:
        remedy = "name the columns, with `sequence` for one row a step; or give two cells a row, inputs and outputs"
        raise source.bad(f"{len(header)} cells and no header; {remedy}", table[0][0])
    inputs, outputs = _columns(source, header, skip=set()) if named else ([0], [1])
    rows = []
    for line, cells in table:
        steps = _steps_of_cells(source, line, cells, inputs)
        labels = _steps_of_cells(source, line, cells, outputs)
        rows.append(Row(steps, labels, [line] * len(steps)))
    if named and len(rows) > 1 and all(len(row.inputs) == 1 for row in rows):
        raise source.bad("every row is a sequence of one step; where rows are steps, add the column `sequence`")
    return rows


def _columns(source: Source, header: list[str], skip: set[int]) -> tuple[list[int], list[int]]:
    """Which columns are inputs and which outputs, by their names."""
    outputs = [j for j, name in enumerate(header) if j not in skip and re.match("y|out|label|target", name)]
    inputs = [j for j in range(len(header)) if j not in skip and j not in outputs]
    if not inputs or not outputs:
        missing, example = ("input", "x") if outputs else ("output", "y, out, label or target")
        raise source.bad(f"columns {header} hold no {missing}; add one, its name starting with {example}")
    return inputs, outputs


def _steps_of_cells(source: Source, line: int, cells: tuple[str, ...], columns: list[int]) -> list[list[str]]:
    """The words (time, columns) in the cells of some columns. Raises ValueError where they differ in number."""
    channels = [cells[j].split() for j in columns]
    lengths = sorted({len(channel) for channel in channels})
    if lengths == [0]:
        raise source.bad("an empty cell; give each sequence its inputs and outputs", line)
    if len(lengths) > 1:
        raise source.bad(f"cells of {lengths} steps; give each cell an entry for every step", line)
    return [list(step) for step in zip(*channels, strict=True)]


def _whole(source: Source, line: int, text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise source.bad(f"{name} is {text!r}; give a whole number", line) from None


# -------------------------------------------------------------------------------------------------------- jsonl


def _read_jsonl(source: Source, alphabet: Alphabet | None) -> Sequences:
    records = [(line, *_inputs_and_outputs(source, line, record)) for line, record in _json(source)]
    parts: tuple[list[Any], list[Any]] = [inputs for _, inputs, _ in records], [outputs for _, _, outputs in records]
    spaced = [any(isinstance(value, str) and " " in value.strip() for value in part) for part in parts]
    rows = []
    for line, inputs, outputs in records:
        steps = _steps_of_json(source, line, inputs, "inputs", spaced[0])
        if not steps:
            raise source.bad("a sequence has no step; leave it out, or give it inputs", line)
        rows.append(Row(steps, _steps_of_json(source, line, outputs, "outputs", spaced[1]), [line] * len(steps)))
    return to_sequences(source, rows, alphabet)


def _inputs_and_outputs(source: Source, line: int, record: Any) -> tuple[Any, Any]:
    """What an object says of its sequence; `label` stands for one output. Raises ValueError for other keys."""
    if not isinstance(record, dict) or "inputs" not in record or not {"outputs", "label"} & set(record):
        found = f"keys {sorted(record)}" if isinstance(record, dict) else f"a {type(record).__name__}"
        raise source.bad(f'found {found}; give {{"inputs": [...], "outputs": [...]}}', line)
    return record["inputs"], record["outputs"] if "outputs" in record else [record["label"]]


def _json(source: Source) -> list[tuple[int, Any]]:
    with naming_file(source.path):
        return list(json_records(source.path))


def _steps_of_json(source: Source, line: int, value: Any, name: str, spaced: bool) -> list[list[Any]]:
    """Tokens (time, width) of one sequence as JSON holds it."""
    if isinstance(value, str):
        value = value.split() if spaced else list(value.strip())
    if name == "outputs" and not isinstance(value, list):
        value = [value]
    if not isinstance(value, list):
        raise source.bad(f"{name} is {json.dumps(value)[:40]}; give a list, one entry a step", line)
    return [step if isinstance(step, list) else [step] for step in value]


# ---------------------------------------------------------------------------------------------------------- npz


def _read_npz(source: Source, alphabet: Alphabet | None) -> Sequences:
    arrays = _arrays(source)
    inputs, outputs = (_cube(source, arrays, name) for name in ("inputs", "outputs"))
    count, length = inputs.shape[:2]
    lengths, mask = _lengths_and_mask(source, arrays, count, length)
    ends = outputs.shape[1] == 1 < length
    if len(outputs) != count or not (ends or outputs.shape[1] == length):
        shapes = f"inputs are {inputs.shape[:2]} (sequences, time) but outputs {outputs.shape[:2]}"
        raise source.bad(f"{shapes}; give one output for each input step, or one for each sequence")
    rows = []
    for i in range(count):
        steps, labels = inputs[i, : lengths[i]].tolist(), outputs[i, : lengths[i]].tolist()
        if not ends:
            labels = [label if known else [None] * len(label) for label, known in zip(labels, mask[i], strict=False)]
        rows.append(Row(steps, labels, [i] * len(steps)))
    return to_sequences(Source(source.path, "sequence"), rows, alphabet)


def _lengths_and_mask(
    source: Source, arrays: Mapping[str, NDArray[Any]], count: int, length: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The lengths (sequences,) and which steps count (sequences, time); by default all. Raises ValueError."""
    lengths = arrays.get("lengths", np.full(count, length))
    if lengths.shape != (count,) or lengths.dtype.kind not in "iu" or lengths.min() < 1 or lengths.max() > length:
        raise source.bad(f"lengths must be {count} whole numbers from 1 to {length}; correct them")
    mask = arrays.get("mask", np.ones((count, length), dtype=bool))
    if mask.shape != (count, length) or mask.dtype.kind not in "biu":
        raise source.bad(f"mask is {mask.dtype} {mask.shape}; give truth values {(count, length)}")
    return lengths, mask


def _arrays(source: Source) -> Mapping[str, NDArray[Any]]:
    with naming_file(source.path):
        arrays = read_arrays(source.path, "write it with np.savez(path, inputs=..., outputs=...)")
    for name in ("inputs", "outputs"):
        if name not in arrays:
            raise source.bad(f"found arrays {sorted(arrays)} but no {name!r}; save inputs=... and outputs=...")
    return arrays


def _cube(source: Source, arrays: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    array = arrays[name]
    if array.ndim == 1 and name == "outputs":
        array = array[:, None]  # one label for each sequence
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or 0 in array.shape or array.dtype.kind not in "biufUS":
        wanted = f"numbers or texts of shape (sequences, time, {name}), none of them empty"
        raise source.bad(f"{name} is {arrays[name].dtype} {arrays[name].shape}; give {wanted}")
    return array.astype(str) if array.dtype.kind == "S" else array


_READERS: Mapping[str, Callable[[Source, Alphabet | None], Sequences]] = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".jsonl": _read_jsonl,
    ".npz": _read_npz,
}
SUFFIXES = tuple(_READERS)

"""Event files of TensorBoard (tfevents): the scalars in them, read without tensorflow or tensorboard.

A record: u64 length, u32 checksum, payload, u32 checksum. The payload is an Event: step (field 2), summary (5), which
holds values (1) with tag (1) and simple_value (2), or a tensor (8) of one number: torch and Lightning write the first,
TensorFlow 2 the second. Checksums are not compared: what is damaged does not parse.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from .log import Log
from .wire import fields

_NUMBERS = {1: ("<f", 4), 2: ("<d", 8), 3: ("<i", 4), 9: ("<q", 8)}
"""TensorFlow's types of a tensor that one number can have: float, double, int32, int64."""
_HEAD, _TAIL = 12, 4


def read_events(path: Path | str) -> Log:
    """Every scalar by tag. A last record that is cut off, as in a run that is still writing, is left out and told.

    Raises ValueError where the file is none of event records; OSError where it cannot be read.
    """
    data = Path(path).read_bytes()
    records, cut = _records(data)
    if not records and len(data) > 0:
        raise ValueError("the file holds no event records; give an events.out.tfevents.* file")
    entries: list[tuple[str, float, float]] = []
    damaged = 0
    for record in records:
        try:
            entries.extend(_scalars(record))
        except (ValueError, struct.error, UnicodeDecodeError):
            damaged += 1
    notes = ["the last record is cut off: the run is still writing, or it was ended"] * cut
    notes += [f"{damaged} of {len(records)} records are damaged and were left out"] * bool(damaged)
    return Log.from_entries(entries, notes)


def _records(data: bytes) -> tuple[list[bytes], bool]:
    """The payloads, and whether something is left that is no whole record."""
    found, at = [], 0
    while at + _HEAD <= len(data):
        (size,) = struct.unpack_from("<Q", data, at)
        end = at + _HEAD + size + _TAIL
        if end > len(data):
            break
        found.append(data[at + _HEAD : end - _TAIL])
        at = end
    return found, at < len(data)


def _scalars(record: bytes) -> Iterator[tuple[str, float, float]]:
    """(tag, step, value) of one event."""
    step, summaries = 0, []
    for number, value in fields(record):
        if number == 2 and isinstance(value, int):
            step = value
        elif number == 5 and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, value in fields(summary):
            if number == 1 and isinstance(value, bytes):
                tag, scalar = _tagged(value)
                if scalar is not None:
                    yield tag, float(step), scalar


def _tagged(data: bytes) -> tuple[str, float | None]:
    """A tag and its number; None where it is a picture, a text or a histogram."""
    tag, scalar = "", None
    for number, value in fields(data):
        if number == 1 and isinstance(value, bytes):
            tag = value.decode()
        elif number == 2 and isinstance(value, bytes) and len(value) == 4:
            scalar = float(struct.unpack("<f", value)[0])
        elif number == 8 and isinstance(value, bytes):
            scalar = _tensor(value)
    return tag, scalar


def _tensor(data: bytes) -> float | None:
    """The one number of a tensor: its type (field 1), packed content (4), or a list (5 floats, 6 doubles)."""
    parts = dict(fields(data))
    form = _NUMBERS.get(parts.get(1, 1)) if isinstance(parts.get(1, 1), int) else None  # type: ignore[arg-type]
    raw = next((parts[place] for place in (4, 5, 6) if isinstance(parts.get(place), bytes)), None)
    if form is None or not isinstance(raw, bytes) or len(raw) != form[1]:
        return None
    return float(struct.unpack(form[0], raw)[0])

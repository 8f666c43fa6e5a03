"""Logs of Weights & Biases: the file run-*.wandb that its offline mode writes, read without the package wandb.

A file of 7 bytes of head and blocks of 32 KiB, as LevelDB's log has them: records of u32 checksum, u16 length, u8 kind
(1 whole, 2 first, 3 middle, 4 last). A record's history (field 2) has items (1) with key (1), nested key (2) and a
value as JSON (16), and a step (2).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path

from .log import Log
from .wire import fields

_BLOCK, _HEAD, _FILE_HEAD = 32768, 7, 7


def read_wandb(path: Path | str) -> Log:
    """Every number in the history by its key. What is cut off at the end is left out and told.

    Raises ValueError where the file is no such log; OSError where it cannot be read.
    """
    data = Path(path).read_bytes()
    if data[:4] != b":W&B":
        raise ValueError("the file is no log of wandb; give a run-*.wandb file")
    entries: list[tuple[str, float, float]] = []
    cut = damaged = 0
    for record in _records(data):
        if record is None:
            cut = 1
            break
        try:
            entries.extend(_history(record))
        except (ValueError, UnicodeDecodeError):
            damaged += 1
    notes = ["the last record is cut off: the run is still writing, or it was ended"] * cut
    notes += [f"{damaged} records are damaged and were left out"] * bool(damaged)
    return Log.from_entries(entries, notes)


def _records(data: bytes) -> Iterator[bytes | None]:
    """Whole records, put together from their parts; None, last, where one is cut off."""
    at, parts = _FILE_HEAD, b""
    while at < len(data):
        left = _BLOCK - at % _BLOCK
        if left < _HEAD:  # the rest of a block that has no room for a head
            at += left
            continue
        if at + _HEAD > len(data):
            yield None
            return
        _, size, kind = struct.unpack_from("<IHB", data, at)
        end = at + _HEAD + size
        if kind == 0 and size == 0:
            at += left
            continue
        if end > len(data):
            yield None
            return
        part = data[at + _HEAD : end]
        parts = part if kind in (1, 2) else parts + part
        if kind in (1, 4):
            yield parts
        at = end


def _history(record: bytes) -> Iterator[tuple[str, float, float]]:
    """(key, step, value) of the numbers in one record; none where it is of another kind."""
    for number, message in fields(record):
        if number != 2 or not isinstance(message, bytes):
            continue
        step, items = None, []
        for part, value in fields(message):
            if part == 1 and isinstance(value, bytes):
                items.append(_item(value))
            elif part == 2 and isinstance(value, bytes):
                step = next((one for place, one in fields(value) if place == 1 and isinstance(one, int)), 0)
        known = dict(items)
        step = known.get("_step", step)
        for key, value in known.items():
            if isinstance(value, int | float) and not isinstance(value, bool) and not key.startswith("_"):
                yield key, float(step or 0), float(value)


def _item(data: bytes) -> tuple[str, object]:
    """A key, nested ones joined by dots, and its value."""
    keys, text = [], "null"
    for number, value in fields(data):
        if number in (1, 2) and isinstance(value, bytes):
            keys.append(value.decode())
        elif number == 16 and isinstance(value, bytes):
            text = value.decode()
    return ".".join(keys), json.loads(text)

"""Worlds as PRISM exports them, state by state: .tra, with .lab, .sta and .srew of the same name where they are.

    model.tra   "states transitions", then "from to p"; of a decision process "states choices transitions", then
                "from choice to p [action]"; p may be an interval [0.1,0.2]
    model.lab   0="init" 1="deadlock" 2="bad", then "state: label label"
    model.sta   (x,y), then "state:(1,2)"
    model.srew  "states rewards", then "state reward"

As documented in the PRISM manual, "Explicit Model Files".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def read_prism(path: Path) -> dict[str, Any]:
    """What `algebra.markov.reading.world_from` reads, of the .tra file and those beside it. Raises ValueError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "coin.tra").write_text("3 2\\n0 1 0.5\\n0 2 0.5\\n")
    ...     read_prism(Path(folder) / "coin.tra")["transitions"]
    {'0': {'1': '0.5', '2': '0.5'}, '1': {}, '2': {}}
    """
    rows = list(_rows(path))
    head = rows[0][1] if rows else []
    if len(head) not in (2, 3) or not all(word.isdigit() for word in head):
        raise ValueError('the first line is no count; give "states transitions" or "states choices transitions"')
    count, is_process = int(head[0]), len(head) == 3
    names = _names(path.with_suffix(".sta"), count)
    transitions: dict[str, Any] = {name: {} for name in names}
    for line, words in rows[1:]:
        if len(words) < 3 + is_process:
            raise ValueError(
                f"line {line} has {len(words)} entries; give from, {'choice, ' * is_process}to, probability"
            )
        source, target = (_state(names, words[k], line) for k in (0, 1 + is_process))
        row = transitions[source]
        if is_process:
            row = row.setdefault(words[4] if len(words) > 4 else words[1], {})
        if target in row:
            raise ValueError(f"line {line}: the step from {source} to {target} is given twice; add the two up")
        row[target] = _probability(words[2 + is_process])
    found: dict[str, Any] = {"start": names[0], "transitions": transitions}
    labels = _labels(path.with_suffix(".lab"), names)
    if start := labels.pop("init", None):
        found["start"] = start[0]
    rewards = _rewards(path.with_suffix(".srew"), names)
    return {**found, **({"labels": labels} if labels else {}), **({"costs": rewards} if rewards else {})}


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The words of each line that says something, with its number."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split("#")[0].split()
        if words:
            yield number, words


def _probability(text: str) -> Any:
    interval = re.fullmatch(r"\[([^,]+),([^\]]+)\]", text)
    return [interval[1], interval[2]] if interval else text


def _state(names: list[str], text: str, line: int) -> str:
    if not text.isdigit() or int(text) >= len(names):
        raise ValueError(f"line {line}: {text!r} is no state; there are {len(names)}, counted from 0")
    return names[int(text)]


def _names(path: Path, count: int) -> list[str]:
    """The states as the .sta file writes their variables; without, their numbers."""
    if not path.is_file():
        return [str(i) for i in range(count)]
    found = dict(re.findall(r"^\s*(\d+):(\S.*?)\s*$", path.read_text(), flags=re.MULTILINE))
    if sorted(map(int, found)) != list(range(count)):
        raise ValueError(f"{path.name} names {len(found)} states, {path.stem}.tra has {count}; give files of one model")
    return [found[str(i)] for i in range(count)]


def _labels(path: Path, names: list[str]) -> dict[str, list[str]]:
    if not path.is_file():
        return {}
    text = path.read_text()
    called = dict(re.findall(r'(\d+)="([^"]+)"', text))
    held: dict[str, list[str]] = {name: [] for name in called.values()}
    for state, words in re.findall(r"^\s*(\d+):((?:\s*\d+)*)\s*$", text, flags=re.MULTILINE):
        for word in words.split():
            if word not in called or int(state) >= len(names):
                raise ValueError(f"{path.name}: state {state} has label {word}, which is not in its first line")
            held[called[word]].append(names[int(state)])
    return {name: states for name, states in held.items() if states}


def _rewards(path: Path, names: list[str]) -> dict[str, str]:
    if not path.is_file():
        return {}
    return {_state(names, words[0], line): words[1] for line, words in list(_rows(path))[1:]}

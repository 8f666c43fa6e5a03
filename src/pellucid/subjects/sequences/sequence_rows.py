"""Rows of tokens, as a file holds them, to integer `Sequences`; every fault is named with its file and line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .alphabet import Alphabet, observed_alphabet
from .sequences import Sequences


@dataclass(frozen=True)
class Source:
    """The file that rows come from, and what its places are called ("line", or "sequence" in an array)."""

    path: Path
    unit: str = "line"

    def bad(self, message: str, line: int | None = None) -> ValueError:
        """An error that says where it is; `message` ends in a remedy."""
        where = "" if line is None else f": {self.unit} {line}"
        return ValueError(f"{self.path.name}{where}: {message}")


@dataclass(frozen=True)
class Row:
    """One sequence as read: tokens (time, width), None where there is no label, with the line of each step.

    `outputs` has one entry for each input, or a single one: the label of the last step.
    """

    inputs: list[list[Any]]
    outputs: list[list[Any]]
    lines: list[int]

    def tokens(self, part: str) -> Iterator[tuple[int, list[Any]]]:
        """(line, step) for each step of `part`; a single label stands where the sequence ends."""
        steps = self.inputs if part == "inputs" else self.outputs
        return zip(self.lines[len(self.lines) - len(steps) :], steps, strict=True)


@dataclass(frozen=True)
class _Reading:
    """What tokens of one kind mean; `names` are the words for the integers from `low` up, if they are words."""

    read: Callable[[Any], int]
    names: tuple[str, ...] = ()


def to_sequences(source: Source, rows: Sequence[Row], alphabet: Alphabet | None) -> Sequences:
    """Padded integer arrays out of the tokens of every sequence. Raises ValueError for anything that does not fit."""
    width, output_width = _refuse_ragged(source, rows, alphabet)
    readings = _input_readings(source, rows, alphabet, width)
    labels = ((line, token) for row in rows for line, step in row.tokens("outputs") for token in step)
    output = _reading(source, labels, "output")
    read = [_read_inputs(row, readings) for row in rows]
    alphabet = alphabet or _alphabet_of(read, tuple(r.names for r in readings))
    for row, steps in zip(rows, read, strict=True):
        _refuse_outside(source, steps, alphabet, row)
    lengths = np.array([len(steps) for steps in read])
    outputs, mask = _labels(rows, output, (len(rows), int(lengths.max()), output_width))
    try:
        return Sequences(_padded(read, alphabet), outputs, mask, alphabet, output.names, lengths)
    except ValueError as error:
        raise source.bad(_with_lines(source, str(error), rows)) from None


def _input_readings(source: Source, rows: Sequence[Row], alphabet: Alphabet | None, width: int) -> list[_Reading]:
    """How the tokens of each input become integers."""
    symbols = alphabet.symbols if alphabet is not None and alphabet.symbols else ((),) * width
    low = (0,) * width if alphabet is None else alphabet.low
    readings = []
    for j in range(width):
        tokens = ((line, step[j]) for row in rows for line, step in row.tokens("inputs"))
        readings.append(_reading(source, tokens, f"input {j + 1}" if width > 1 else "input", symbols[j], low[j]))
    return readings


def _read_inputs(row: Row, readings: Sequence[_Reading]) -> NDArray[np.int64]:
    """The inputs (time, inputs) of a sequence as integers."""
    return np.array([[r.read(token) for r, token in zip(readings, step, strict=True)] for step in row.inputs], np.int64)


def _alphabet_of(read: Sequence[NDArray[np.int64]], names: tuple[tuple[str, ...], ...]) -> Alphabet:
    """The integers of each input that occur, in sequences of (time, inputs)."""
    return observed_alphabet(np.concatenate(read), names if any(names) else ())


def _padded(read: Sequence[NDArray[np.int64]], alphabet: Alphabet) -> NDArray[np.int64]:
    """The inputs (sequences, time, inputs), filled up with a symbol of the alphabet."""
    shape = (len(read), max(map(len, read)), alphabet.width)
    inputs = np.broadcast_to(np.array(alphabet.low), shape).copy()
    for i, steps in enumerate(read):
        inputs[i, : len(steps)] = steps
    return inputs


def _labels(
    rows: Sequence[Row], output: _Reading, shape: tuple[int, int, int]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The outputs (sequences, time, outputs), and where they are known (sequences, time)."""
    outputs, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape[:2], dtype=bool)
    for i, row in enumerate(rows):
        for t, label in enumerate(row.outputs, len(row.inputs) - len(row.outputs)):
            if label[0] is not None:
                outputs[i, t], mask[i, t] = [output.read(token) for token in label], True
    return outputs, mask


def _refuse_ragged(source: Source, rows: Sequence[Row], alphabet: Alphabet | None) -> tuple[int, int]:
    """The widths of inputs and outputs, which every step must share; and as many outputs as inputs, or one."""
    if not rows:
        raise source.bad("the file holds no sequences; give at least two")
    _refuse_lengths(source, rows)
    inputs = _width(source, rows, "inputs", 0 if alphabet is None else alphabet.width)
    outputs = _width(source, rows, "outputs", 0)
    for line, step in (each for row in rows for each in row.tokens("outputs")):
        if None in step and set(map(type, step)) != {type(None)}:
            raise source.bad("a step with only some of its outputs; give all of them, or none", line)
    if not inputs or not outputs:
        raise source.bad("the steps are empty; give at least one input and one output a step")
    return inputs, outputs


def _refuse_lengths(source: Source, rows: Sequence[Row]) -> None:
    """Raises ValueError unless every sequence has an output for each input, or every one a single output."""
    ends = any(len(row.outputs) == 1 < len(row.inputs) for row in rows)
    for row in rows:
        if not row.inputs:
            raise source.bad("a sequence has no step; leave it out, or give it inputs")
        if len(row.outputs) != (1 if ends else len(row.inputs)):
            wanted = "1, as other sequences have" if ends else f"{len(row.inputs)}, one for each input step"
            raise source.bad(f"{len(row.inputs)} inputs but {len(row.outputs)} outputs; give {wanted}", row.lines[0])


def _width(source: Source, rows: Sequence[Row], part: str, width: int) -> int:
    """How many tokens each step has; `width`, where that is known."""
    for row in rows:
        for line, step in row.tokens(part):
            width = width or len(step)
            if len(step) != width:
                raise source.bad(f"a step has {len(step)} {part}, not {width}; give each step as many", line)
    return width


def _reading(
    source: Source, tokens: Iterator[tuple[int, Any]], name: str, allowed: Sequence[str] = (), low: int = 0
) -> _Reading:
    """How the tokens of one input, or of the outputs, become integers; `allowed` are the words of the alphabet."""
    lines = _first_lines(source, tokens, name)
    if allowed:
        return _reading_of_words(source, lines, name, allowed, low)
    numbers = {token: _number(source, line, token, name) for token, line in lines.items()}
    words = sorted(token for token, number in numbers.items() if number is None)
    if not words:
        return _Reading(lambda token: numbers[token])  # type: ignore[return-value]
    if len(words) < len(numbers):
        remedy = "correct it" if name == "output" else f"correct it, or tell the alphabet: --alphabet {words[0]},..."
        raise source.bad(f"{name} {words[0]!r} among integers; {remedy}", lines[words[0]])
    return _Reading({word: i for i, word in enumerate(words)}.__getitem__, tuple(words))


def _first_lines(source: Source, tokens: Iterator[tuple[int, Any]], name: str) -> dict[Any, int]:
    """Where each token stands first; an output may be missing."""
    lines: dict[Any, int] = {}
    for line, token in tokens:
        if token is None and name == "output":
            continue
        if token is None or isinstance(token, list | dict):
            raise source.bad(f"{name} is {json.dumps(token)[:40]}; give an integer or a word", line)
        lines.setdefault(token, line)
    return lines


def _reading_of_words(source: Source, lines: dict[Any, int], name: str, allowed: Sequence[str], low: int) -> _Reading:
    for token, line in lines.items():
        if str(token) not in allowed:
            raise source.bad(f"{name} {token!r} is none of the alphabet's {list(allowed)}; correct or add it", line)
    values = {symbol: low + i for i, symbol in enumerate(allowed)}
    return _Reading(lambda token: values[str(token)], tuple(allowed))


def _number(source: Source, line: int, token: Any, name: str) -> int | None:
    """The integer that `token` is; None for a word. Raises ValueError for fractions, NaN and infinity."""
    try:
        value = float(token)
        if value == np.rint(value) and abs(value) <= 2**53:  # beyond, floating point tells no integers apart
            return int(value)
    except OverflowError:
        pass
    except ValueError:
        if token.strip():
            return None
    raise source.bad(f"{name} is {token!r}; give an integer up to 2^53 in size, or a word", line)


def _refuse_outside(source: Source, steps: NDArray[np.int64], alphabet: Alphabet, row: Row) -> None:
    outside = np.argwhere(alphabet.outside(steps))
    if len(outside):
        t, j = outside[0]
        found = f"input {j + 1} is {steps[t, j]}, outside the alphabet {alphabet}"
        raise source.bad(f"{found}; correct it, or widen the alphabet", row.lines[t])


def _with_lines(source: Source, message: str, rows: Sequence[Row]) -> str:
    """`Sequences` counts sequences from 0; people look for lines."""
    if source.unit != "line":
        return message

    def lines(match: re.Match[str]) -> str:
        return f"the sequences at lines {rows[int(match[1])].lines[0]} and {rows[int(match[2])].lines[0]}"

    return re.sub(r"^sequences (\d+) and (\d+)", lines, message)

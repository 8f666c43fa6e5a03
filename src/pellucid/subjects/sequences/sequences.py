"""Labelled sequences: what a recurrent network learns from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Shaped
from numpy.typing import NDArray

from ...core.subject import Subject
from .alphabet import Alphabet, observed_alphabet


@dataclass(frozen=True)
class Sequences(Subject):
    """Integer inputs (sequences, time, inputs) and outputs (sequences, time, outputs), aligned step by step.

    `mask` (sequences, time) is true where an output is known: False pads shorter sequences (always at the end) or
    marks steps without a label. Raises ValueError for data that cannot be learnt from: empty, ragged, not integers,
    NaN, or labels that contradict each other for the same prefix.
    """

    made_by: ClassVar[str] = "Sequences(inputs, outputs), or read_sequences(path) for a file"

    inputs: NDArray[np.int64]
    outputs: NDArray[np.int64]
    mask: NDArray[np.bool_] | None = None
    alphabet: Alphabet = field(default=None)  # type: ignore[assignment]
    output_symbols: tuple[str, ...] = ()
    lengths: NDArray[np.int64] = field(default=None)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        inputs = _integers(self.inputs, "inputs")
        outputs = _integers(self.outputs, "outputs")
        if inputs.shape[:2] != outputs.shape[:2]:
            raise ValueError(
                f"inputs are {inputs.shape[:2]} (sequences, time) but outputs {outputs.shape[:2]}; "
                "give one output for each input step"
            )
        count, length = inputs.shape[:2]
        mask = np.ones((count, length), dtype=bool) if self.mask is None else np.asarray(self.mask, dtype=bool)
        if mask.shape != (count, length) or not mask.any():
            raise ValueError(
                f"mask {mask.shape} holds {int(mask.sum())} labels; label at least one of {count * length} steps"
            )
        lengths = np.full(count, length) if self.lengths is None else np.asarray(self.lengths, dtype=np.int64)
        mask = mask & (np.arange(length) < lengths[:, None])
        for name, value in (("inputs", inputs), ("outputs", outputs), ("mask", mask), ("lengths", lengths)):
            object.__setattr__(self, name, value)
        if self.alphabet is None:
            inside = np.arange(length) < lengths[:, None]
            object.__setattr__(self, "alphabet", observed_alphabet(inputs[inside]))
        self._refuse_contradictions()

    def __len__(self) -> int:
        return self.inputs.shape[0]

    @property
    def length(self) -> int:
        """Steps of the longest sequence."""
        return self.inputs.shape[1]

    @property
    def is_complete(self) -> bool:
        """Whether every step of every sequence is labelled and all are equally long."""
        return bool(self.mask.all())  # type: ignore[union-attr]

    def select(self, rows: Shaped[np.ndarray, " rows"]) -> Sequences:
        """The sequences in `rows`, over the same alphabet."""
        assert self.mask is not None
        return Sequences(
            self.inputs[rows],
            self.outputs[rows],
            self.mask[rows],
            self.alphabet,
            self.output_symbols,
            self.lengths[rows],
        )

    def split(self, fraction: float, generator: np.random.Generator) -> tuple[Sequences, Sequences]:
        """Two disjoint parts, the second with `fraction` of the sequences (at least one)."""
        if len(self) < 2:
            raise ValueError("1 sequence cannot be split into a training and a held-out part; give at least 2")
        order = generator.permutation(len(self))
        held = max(1, int(fraction * len(self)))
        return self.select(order[held:]), self.select(order[:held])

    def fingerprint(self) -> str:
        """SHA-256 of the data."""
        digest = hashlib.sha256()
        for array in (self.inputs, self.outputs, np.packbits(self.mask)):  # type: ignore[arg-type]
            digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def _refuse_contradictions(self) -> None:
        """A deterministic recurrence gives equal prefixes equal outputs; anything else cannot be a program."""
        assert self.mask is not None
        count, length = self.inputs.shape[:2]
        prefix = np.zeros(count, dtype=np.int64)
        for t in range(length):
            columns = np.concatenate([prefix[:, None], self.inputs[:, t]], 1)
            prefix = _group(columns)
            rows = np.flatnonzero(self.mask[:, t])
            if rows.size == 0:
                continue
            first = np.full(count, -1)
            first[prefix[rows][::-1]] = rows[::-1]
            other = first[prefix[rows]]
            clash = np.flatnonzero((self.outputs[rows, t] != self.outputs[other, t]).any(1))
            if clash.size:
                a, b = int(other[clash[0]]), int(rows[clash[0]])
                raise ValueError(
                    f"sequences {a} and {b} have the same first {t + 1} inputs but outputs "
                    f"{self.outputs[a, t].tolist()} and {self.outputs[b, t].tolist()} at step {t}: the task is not "
                    "deterministic; correct the labels, or give the network the input that decides"
                )


def _integers(array: Any, name: str) -> NDArray[np.int64]:
    array = np.asarray(array)
    if array.dtype.kind not in "iubf":
        raise ValueError(f"{name} has dtype {array.dtype}; give an array of integers (sequences, time, {name})")
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}; give (sequences, time, {name}), none of them empty")
    if array.dtype.kind == "f" and not (np.isfinite(array).all() and (array == np.rint(array)).all()):
        raise ValueError(f"{name} holds NaN, infinity or fractions; programs over integers need integers")
    return array.astype(np.int64)


def _group(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each distinct row, below the number of rows."""
    order = np.lexsort(columns.T[::-1])
    ranked = columns[order]
    new = np.concatenate([[0], (ranked[1:] != ranked[:-1]).any(1).cumsum()])
    groups = np.empty(len(columns), dtype=np.int64)
    groups[order] = new
    return groups

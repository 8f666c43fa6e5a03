"""Wired networks: weights between neurons with places, most of them 0, so that it is seen what depends on what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np
from jaxtyping import Bool, Float

from ...core.artifact import Artifact


@dataclass(frozen=True, eq=False)
class WiredNetwork(Artifact):
    """Layers x -> silu(W x + b), the last without silu, between standardised columns; neuron i of n at (i + 1/2) / n.

    `weights` are all matrices one after the other, row by row, as `widths` say; `biases` likewise. `inputs` and
    `outputs` are the columns in the order of their places. Columns are standardised by `centres` and `scales`: inputs
    first, then outputs, in that order.

    >>> one = np.array([1.0, 0.0, 0.0, 2.0])
    >>> found = WiredNetwork(("a", "b"), ("y", "z"), (2, 2), one, np.zeros(2), np.zeros(4), np.ones(4))
    >>> found.describe()
    'y of a; z of b: 2 weights'
    >>> found.predict([[1.0, 3.0]]).tolist()
    [[1.0, 6.0]]
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    widths: tuple[int, ...]
    weights: Float[np.ndarray, " weights"]
    biases: Float[np.ndarray, " neurons"]
    centres: Float[np.ndarray, " columns"]
    scales: Float[np.ndarray, " columns"]

    kind = "wired-network"

    def __post_init__(self) -> None:
        pairs = list(zip(self.widths, self.widths[1:], strict=False))
        sizes = (sum(a * b for a, b in pairs), sum(b for _, b in pairs), len(self.inputs) + len(self.outputs))
        given = (len(self.weights), len(self.biases), len(self.centres))
        ends = (self.widths[0], self.widths[-1]) != (len(self.inputs), len(self.outputs))
        if sizes != given or ends or len(self.scales) != sizes[2]:
            raise ValueError(f"{given} weights, biases and centres for widths {self.widths}; give {sizes}")

    @cached_property
    def matrices(self) -> list[Float[np.ndarray, "after before"]]:
        """The weights of each layer."""
        shapes = [(b, a) for a, b in zip(self.widths, self.widths[1:], strict=False)]
        ends = np.cumsum([a * b for a, b in shapes])[:-1]
        return [part.reshape(shape) for part, shape in zip(np.split(self.weights, ends), shapes, strict=True)]

    @cached_property
    def paths(self) -> Bool[np.ndarray, "outputs inputs"]:
        """Whether there is a path of weights that are not 0 from an input to an output."""
        found = np.eye(self.widths[0], dtype=bool)
        for matrix in self.matrices:
            found = (matrix != 0).astype(int) @ found.astype(int) > 0
        return found

    @cached_property
    def parts(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """(outputs, inputs) that share paths, by their places; what no output depends on is in none."""
        left, found = set(range(len(self.outputs))), []
        while left:
            outputs, inputs = {min(left)}, set()
            while True:
                inputs = {i for o in outputs for i in np.flatnonzero(self.paths[o]).tolist()}
                more = {o for o in left if inputs & set(np.flatnonzero(self.paths[o]).tolist())} | outputs
                if more == outputs:
                    break
                outputs = more
            left -= outputs
            found.append((tuple(sorted(outputs)), tuple(sorted(inputs))))
        return found

    @property
    def count(self) -> int:
        """How many weights are not 0."""
        return int((self.weights != 0).sum())

    @property
    def wire_length(self) -> float:
        """sum |w| d / sum |w|: the mean distance that a weight bridges."""
        sizes = [np.abs(one) for one in self.matrices]
        total = sum((one * np.abs(_places(one.shape[0])[:, None] - _places(one.shape[1]))).sum() for one in sizes)
        return float(total / max(sum(one.sum() for one in sizes), 1e-300))

    def depends_on(self, output: int) -> tuple[str, ...]:
        """The inputs from which there is a path to an output."""
        return tuple(self.inputs[i] for i in np.flatnonzero(self.paths[output]))

    def independent(self) -> list[tuple[str, str]]:
        """(output, input) between which there is no path: the output is the same whatever the input."""
        return [(self.outputs[o], self.inputs[i]) for o, i in np.argwhere(~self.paths).tolist()]

    def predict(self, rows: Sequence[Sequence[float]] | Float[np.ndarray, "rows inputs"]) -> np.ndarray:
        """The outputs, for columns in the order of `inputs`."""
        count = len(self.inputs)
        x = (np.asarray(rows, np.float64) - self.centres[:count]) / self.scales[:count]
        ends = np.cumsum(self.widths[1:])[:-1]
        for number, (matrix, bias) in enumerate(zip(self.matrices, np.split(self.biases, ends), strict=True)):
            x = x @ matrix.T + bias
            if number < len(self.matrices) - 1:
                x = x / (1 + np.exp(-np.clip(x, -500, 500)))
        return x * self.scales[count:] + self.centres[count:]

    def to_dict(self) -> dict[str, Any]:
        return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in
                ((one.name, getattr(self, one.name)) for one in fields(self))}  # fmt: skip

    def files(self) -> Mapping[str, bytes]:
        """None: a certificate reads the weights where the finding states them."""
        return {}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given: dict[str, Any] = {name: tuple(data[name]) for name in ("inputs", "outputs", "widths")}
        for name in ("weights", "biases", "centres", "scales"):
            given[name] = np.array(data[name], np.float64)
        return cls(**given)

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, WiredNetwork) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def describe(self) -> str:
        said = "; ".join(
            f"{name} of {', '.join(self.depends_on(o)) or 'nothing'}" for o, name in enumerate(self.outputs[:8])
        )
        return f"{said}: {self.count} weights"


def _places(width: int) -> Float[np.ndarray, " width"]:
    return (np.arange(width) + 0.5) / width

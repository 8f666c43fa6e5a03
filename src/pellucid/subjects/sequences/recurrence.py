"""Recurrences: any system that reads one input a step, keeps a state, and gives an output."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Int, Num
from numpy.typing import NDArray

from ...core.subject import Subject
from .alphabet import Alphabet

Step = Callable[[NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any]]]
Layer = tuple[NDArray[Any], NDArray[Any]]
"""Weight (in, out) and bias (out,) of an affine map."""


@dataclass(frozen=True)
class Recurrence(Subject):
    """`step(state, inputs) -> (new state, raw outputs)`, batched: (batch, state), (batch, inputs) -> (batch, ...).

    `decode` turns raw outputs into integers (rounding, by default). `horizon` is the length it was trained for: beyond
    it, it may drift. `layers` are those of a perceptron [state, inputs] -> state and of one state -> raw outputs (ReLU
    between layers), where the recurrence is made of two.
    """

    made_by: ClassVar[str] = "read_recurrence(path, alphabet=...) for weights, or Recurrence(step, initial, alphabet)"

    step: Step
    initial: NDArray[np.float64]
    alphabet: Alphabet
    horizon: int = 10
    decode: Callable[[NDArray[Any]], NDArray[np.int64]] = field(default=None)  # type: ignore[assignment]
    source: str = "a recurrence"
    output_symbols: tuple[str, ...] = ()
    layers: tuple[tuple[Layer, ...], tuple[Layer, ...]] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "initial", np.asarray(self.initial, dtype=np.float64).reshape(-1))
        if self.decode is None:
            object.__setattr__(self, "decode", round_outputs)
        if self.horizon < 1:
            raise ValueError(f"horizon={self.horizon} is no length; give the number of steps it was trained for")
        state, output = self.step(self.initial[None], self.alphabet.sample(np.random.default_rng(0), 1, 1)[:, 0])
        state, output = np.asarray(state), np.asarray(output)
        if state.shape != (1, self.state_size) or output.ndim != 2 or output.shape[0] != 1:
            raise ValueError(
                f"step gave a state of shape {state.shape} and outputs of shape {output.shape} for a batch of one; "
                f"give (1, {self.state_size}) and (1, outputs)"
            )
        if not (np.isfinite(state).all() and np.isfinite(output).all()):
            raise ValueError("step gives NaN or infinity at its first step; check the weights")
        self._refuse_chance()

    def _refuse_chance(self) -> None:
        """The same step, taken twice, must give the same."""
        inputs = self.alphabet.sample(np.random.default_rng(0), 64, 1)[:, 0]
        first, second = (self.step(self.start(len(inputs)), inputs) for _ in range(2))
        if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True)):
            raise ValueError(
                "step gives different results for the same state and input; make it deterministic "
                "(no dropout: model.eval(); no random draws; no state of its own)"
            )

    @property
    def state_size(self) -> int:
        return self.initial.shape[0]

    def start(self, batch: int) -> Float[np.ndarray, "batch state"]:
        """The initial state, `batch` times.

        >>> counter = Recurrence(lambda s, x: (s + x, s + x), np.zeros(1), Alphabet((0,), (1,)), horizon=5)
        >>> counter.start(2).shape, counter.run(np.ones((1, 3, 1)))[0, :, 0].tolist()
        ((2, 1), [1, 2, 3])
        """
        return np.repeat(self.initial[None], batch, 0)

    def advance(
        self, state: Num[np.ndarray, "batch state"], inputs: Num[np.ndarray, "batch inputs"]
    ) -> tuple[Num[np.ndarray, "batch state"], Int[np.ndarray, "batch outputs"]]:
        """One step, its outputs decoded to integers."""
        state, raw = self.step(state, inputs)
        return np.asarray(state), self.decode(np.asarray(raw))

    def run(self, inputs: Num[np.ndarray, "sequences time inputs"]) -> Int[np.ndarray, "sequences time outputs"]:
        """Decoded outputs of every step."""
        return self.trace(inputs)[1]

    def trace(
        self, inputs: Num[np.ndarray, "sequences time inputs"]
    ) -> tuple[Float[np.ndarray, "sequences time state"], Int[np.ndarray, "sequences time outputs"]]:
        """States after each step, and decoded outputs."""
        state, states, outputs = self.start(len(inputs)), [], []
        for t in range(inputs.shape[1]):
            state, output = self.advance(state, inputs[:, t])
            states.append(state)
            outputs.append(output)
        return np.stack(states, 1), np.stack(outputs, 1)

    def fingerprint(self) -> str:
        """SHA-256 of its raw behaviour on fixed random inputs: two recurrences with the same one behave alike there."""
        inputs = self.alphabet.sample(np.random.default_rng(0), 64, self.horizon)
        states, outputs = self.trace(inputs)
        return hashlib.sha256(np.float32(states).tobytes() + outputs.tobytes()).hexdigest()

    def margin(self, inputs: Num[np.ndarray, "sequences time inputs"]) -> float:
        """The largest distance of a raw output from the nearest integer: how close rounding came to failing."""
        state, worst = self.start(len(inputs)), 0.0
        for t in range(inputs.shape[1]):
            state, raw = self.step(state, inputs[:, t])
            worst = max(worst, float(np.abs(raw - np.rint(raw)).max()))
        return worst


def round_outputs(raw: Num[np.ndarray, "batch outputs"]) -> Int[np.ndarray, "batch outputs"]:
    """The nearest integers; what is no number becomes the smallest integer, which no task uses.

    >>> round_outputs(np.array([[0.2, 1.9]])).tolist()
    [[0, 2]]
    """
    return np.where(np.isfinite(raw), np.rint(np.clip(raw, -9e15, 9e15)), np.iinfo(np.int64).min // 2).astype(np.int64)


def largest_output(raw: Num[np.ndarray, "batch classes"]) -> Int[np.ndarray, "batch 1"]:
    """The class with the largest score.

    >>> largest_output(np.array([[0.2, 1.9, 0.1]])).tolist()
    [[1]]
    """
    return np.argmax(raw, -1)[:, None]


def positive_output(raw: Num[np.ndarray, "batch outputs"]) -> Int[np.ndarray, "batch outputs"]:
    """1 where a logit is positive.

    >>> positive_output(np.array([[0.2, -1.9]])).tolist()
    [[1, 0]]
    """
    return (np.asarray(raw) > 0).astype(np.int64)

"""Observations: what a route may look at. Labelled sequences, and the network (if there is one) that learnt them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool
from numpy.typing import NDArray

from ...artifacts.programs.fold import Input
from ...artifacts.programs.program import Program
from ...subjects.sequences.alphabet import Alphabet
from ...subjects.sequences.recurrence import Recurrence
from ...subjects.sequences.sequences import Sequences


@dataclass(frozen=True)
class Observations:
    """Inputs (sequences, time, inputs) with outputs (sequences, time, outputs) where `mask` is true."""

    inputs: NDArray[np.int64]
    outputs: NDArray[np.int64]
    mask: NDArray[np.bool_]
    alphabet: Alphabet
    recurrence: Recurrence | None = None
    output_symbols: tuple[str, ...] = ()
    best_bits: float = float("inf")
    """The description length of the best program so far: a route may stop where it can only do worse."""

    @property
    def length(self) -> int:
        return self.inputs.shape[1]

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        """x for one input a step, a and b for two, x1, x2, ... for more."""
        width = self.inputs.shape[2]
        return ("x",) if width == 1 else ("a", "b") if width == 2 else tuple(f"x{i + 1}" for i in range(width))

    @cached_property
    def program_inputs(self) -> tuple[Input, ...]:
        symbols = self.alphabet.symbols or ((),) * self.alphabet.width
        ranges = zip(self.input_names, self.alphabet.low, self.alphabet.high, symbols, self.alphabet.gaps, strict=True)
        return tuple(Input(*given) for given in ranges)

    @cached_property
    def known(self) -> Bool[np.ndarray, " steps"]:
        """The mask (sequences * time,) with one row per step, all sequences behind each other."""
        return self.mask.reshape(-1)

    def rows(self, series: NDArray[np.int64]) -> NDArray[np.int64]:
        """A series (sequences, time) at the labelled steps only."""
        return series.reshape(-1)[self.known]

    def constants(self, states: int | None = None) -> tuple[int, ...]:
        """Constants that a program may hold: small ones, the ends of the alphabet, and the number of states."""
        ends = {abs(v) for v in (*self.alphabet.high, *self.alphabet.low)}
        ends |= {v + 1 for v in ends}
        extra = {v for v in ends if v <= 100} | ({states} if states else set())
        return tuple(sorted({0, 1, 2} | extra))

    def first(self, count: int) -> Observations:
        """The first `count` sequences."""
        part = slice(0, count)
        return Observations(
            self.inputs[part], self.outputs[part], self.mask[part], self.alphabet, self.recurrence, self.output_symbols
        )

    def errors(self, program: Program) -> tuple[int, int]:
        """Labelled steps that the program gets wrong, and how many there are."""
        wrong = (program.run(self.inputs) != self.outputs).any(2) & self.mask
        return int(wrong.sum()), int(self.mask.sum())


def observe(sequences: Sequences, recurrence: Recurrence | None, most: int) -> Observations:
    """The first `most` sequences of the data, with the network."""
    part = slice(0, most)
    assert sequences.mask is not None
    return Observations(
        sequences.inputs[part],
        sequences.outputs[part],
        sequences.mask[part],
        sequences.alphabet,
        recurrence,
        sequences.output_symbols,
    )


def query(recurrence: Recurrence, sequences: int, generator: np.random.Generator) -> Observations:
    """Random inputs up to the horizon, labelled by the network itself.

    >>> echo = Recurrence(lambda s, x: (s, x.astype(float)), np.zeros(1), Alphabet((0,), (3,)), horizon=5)
    >>> query(echo, 7, np.random.default_rng(0)).outputs.shape
    (7, 5, 1)
    """
    inputs = recurrence.alphabet.sample(generator, sequences, recurrence.horizon)
    outputs = recurrence.run(inputs)
    mask = np.ones(inputs.shape[:2], dtype=bool)
    return Observations(inputs, outputs, mask, recurrence.alphabet, recurrence, recurrence.output_symbols)

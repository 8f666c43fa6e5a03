"""A sequence task: an alphabet, a length, and a reference that labels any sequence step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int
from numpy.typing import NDArray

from ..artifacts.programs.fold import Input
from ..artifacts.programs.program import Program, read_program
from ..subjects.sequences.alphabet import Alphabet
from ..subjects.sequences.sequences import Sequences

Sampler = Callable[[np.random.Generator, int, int], NDArray[np.int64]]


@dataclass(frozen=True)
class SequenceTask:
    """One task. `source` is the reference as a fold in Python; no network and no method ever sees it.

    `theorem` names a declarative property that the reference has, as (family, number): what a prover can state without
    any program. `solved_by_mips` and `solved_by_gpt4` are the paper's results (arXiv 2402.05110, Table 1).
    """

    name: str
    title: str
    source: str
    low: tuple[int, ...]
    high: tuple[int, ...]
    length: int = 10
    theorem: tuple[str, int] | None = None
    solved_by_mips: bool = False
    solved_by_gpt4: bool = False
    sampler: Sampler | None = None

    @property
    def alphabet(self) -> Alphabet:
        return Alphabet(self.low, self.high)

    @cached_property
    def reference(self) -> Program:
        """The task's definition as a program, to prove against."""
        names = ("x",) if len(self.low) == 1 else ("a", "b")
        inputs = [Input(name, low, high) for name, low, high in zip(names, self.low, self.high, strict=True)]
        return read_program(self.source, inputs, description=self.title)

    def inputs(
        self, sequences: int, generator: np.random.Generator, length: int | None = None
    ) -> Int[np.ndarray, "sequences time inputs"]:
        """Random inputs: uniform, or the task's own distribution."""
        steps = length or self.length
        if self.sampler is not None:
            return self.sampler(generator, sequences, steps)
        return self.alphabet.sample(generator, sequences, steps)

    def label(self, inputs: Int[np.ndarray, "sequences time inputs"]) -> Int[np.ndarray, "sequences time outputs"]:
        """The right outputs, with integers of any size where sequences are long."""
        return self.reference.run(inputs, exact=inputs.shape[1] > 40)

    def sample(self, sequences: int, seed: int = 0, length: int | None = None) -> Sequences:
        """Labelled random sequences; the same seed gives the same ones."""
        inputs = self.inputs(sequences, np.random.default_rng(seed), length)
        return Sequences(inputs, self.label(inputs), alphabet=self.alphabet)


def with_palindromes(
    generator: np.random.Generator, sequences: int, length: int
) -> Int[np.ndarray, "sequences length 1"]:
    """Random bits in which every sequence has a prefix (of a random length) that is a palindrome.

    >>> with_palindromes(np.random.default_rng(0), 2, 5).shape
    (2, 5, 1)
    """
    inputs = generator.integers(0, 2, (sequences, length, 1))
    lengths = generator.integers(2, length + 1, sequences)
    positions = np.arange(length)
    mirror = lengths[:, None] - 1 - positions
    second_half = (positions >= (lengths[:, None] + 1) // 2) & (mirror >= 0)
    mirrored = np.take_along_axis(inputs[:, :, 0], np.clip(mirror, 0, length - 1), 1)
    inputs[:, :, 0] = np.where(second_half, mirrored, inputs[:, :, 0])
    return inputs

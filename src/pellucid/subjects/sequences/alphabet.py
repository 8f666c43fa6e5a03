"""Alphabets: what one step of a sequence may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import gt

import numpy as np
from jaxtyping import Int, Num
from numpy.typing import NDArray

LARGEST = 4096
"""Alphabets of more symbols than this are not enumerated."""


@dataclass(frozen=True)
class Alphabet:
    """Integer tuples: coordinate i ranges over low[i]..high[i]. `symbols[i]` names the values from low[i] up, if any.

    >>> Alphabet((0, 0), (1, 1)).values.tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    symbols: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if not self.low or len(self.low) != len(self.high) or any(map(gt, self.low, self.high)):
            raise ValueError(f"low={self.low}, high={self.high} is no alphabet; give low <= high for each input")

    @property
    def width(self) -> int:
        """Numbers read at each step."""
        return len(self.low)

    @property
    def size(self) -> int:
        """Number of different steps."""
        return int(np.prod([high - low + 1 for low, high in zip(self.low, self.high, strict=True)], dtype=object))

    @property
    def is_enumerable(self) -> bool:
        return self.size <= LARGEST

    @cached_property
    def values(self) -> NDArray[np.int64]:
        """Every step, shape (size, width), the last coordinate running fastest. Raises ValueError if too many."""
        if not self.is_enumerable:
            raise ValueError(
                f"the alphabet has {self.size:,} symbols, too many to enumerate (at most {LARGEST:,}); "
                "narrow the range of the inputs, or use a route that does not enumerate"
            )
        ranges = [np.arange(low, high + 1) for low, high in zip(self.low, self.high, strict=True)]
        return np.stack(np.meshgrid(*ranges, indexing="ij"), -1).reshape(-1, self.width)

    def index(self, inputs: Num[np.ndarray, "*steps width"]) -> Int[np.ndarray, "*steps"]:
        """The row of `values` for each step. Raises ValueError for a step outside.

        >>> Alphabet((0, 0), (1, 2)).index(np.array([[0, 2], [1, 0]])).tolist()
        [2, 3]
        """
        inputs = np.asarray(inputs, dtype=np.int64)
        if ((inputs < self.low) | (inputs > self.high)).any():
            raise ValueError(f"an input lies outside {self}; keep inputs inside, or widen the alphabet")
        where = np.zeros(inputs.shape[:-1], dtype=np.int64)
        for i, (low, high) in enumerate(zip(self.low, self.high, strict=True)):
            where = where * (high - low + 1) + inputs[..., i] - low
        return where

    def sample(
        self, generator: np.random.Generator, sequences: int, length: int
    ) -> Int[np.ndarray, "sequences length width"]:
        """Uniform random inputs.

        >>> Alphabet((0,), (1,)).sample(np.random.default_rng(0), 3, 5).shape
        (3, 5, 1)
        """
        return generator.integers(self.low, np.asarray(self.high) + 1, (sequences, length, self.width))

    def __str__(self) -> str:
        ranges = [f"{low}..{high}" for low, high in zip(self.low, self.high, strict=True)]
        return " x ".join(ranges)


def observed_alphabet(inputs: Num[np.ndarray, "*steps width"], symbols: Iterable[Iterable[str]] = ()) -> Alphabet:
    """The smallest alphabet that holds every step of `inputs`.

    >>> str(observed_alphabet(np.array([[0, 2], [1, 0]])))
    '0..1 x 0..2'
    """
    flat = np.asarray(inputs).reshape(-1, np.asarray(inputs).shape[-1])
    return Alphabet(
        tuple(int(v) for v in flat.min(0)), tuple(int(v) for v in flat.max(0)), tuple(tuple(s) for s in symbols)
    )

"""Alphabets: what one step of a sequence may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import gt

import numpy as np
from jaxtyping import Bool, Int, Num
from numpy.typing import NDArray

from ...core.ranges import range_text

LARGEST = 4096
"""Alphabets of more symbols than this are not enumerated."""


@dataclass(frozen=True)
class Alphabet:
    """Integer tuples: coordinate i ranges over low[i]..high[i]. `symbols[i]` names the values from low[i] up, if any.

    `missing[i]` are the values in between that no step has.

    >>> Alphabet((0, 0), (1, 1)).values.tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> Alphabet((0,), (5,), missing=((3, 4),)).values[:, 0].tolist()
    [0, 1, 2, 5]
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    symbols: tuple[tuple[str, ...], ...] = ()
    missing: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        if not self.low or len(self.low) != len(self.high) or any(map(gt, self.low, self.high)):
            raise ValueError(f"low={self.low}, high={self.high} is no alphabet; give low <= high for each input")

    @cached_property
    def _choices(self) -> list[NDArray[np.int64]]:
        """The values of each coordinate."""
        missing = self.missing or ((),) * len(self.low)
        ranges = zip(self.low, self.high, missing, strict=True)
        return [np.setdiff1d(np.arange(low, high + 1), gone) for low, high, gone in ranges]

    @property
    def gaps(self) -> tuple[tuple[int, ...], ...]:
        """The values that are missing, one tuple for each coordinate."""
        return self.missing or ((),) * len(self.low)

    @property
    def width(self) -> int:
        """Numbers read at each step."""
        return len(self.low)

    @property
    def size(self) -> int:
        """Number of different steps."""
        ranges = zip(self.low, self.high, self.gaps, strict=True)
        return int(np.prod([high - low + 1 - len(gone) for low, high, gone in ranges], dtype=object))

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
        return np.stack(np.meshgrid(*self._choices, indexing="ij"), -1).reshape(-1, self.width)

    def index(self, inputs: Num[np.ndarray, "*steps width"]) -> Int[np.ndarray, "*steps"]:
        """The row of `values` for each step. Raises ValueError for a step outside.

        >>> Alphabet((0, 0), (1, 2)).index(np.array([[0, 2], [1, 0]])).tolist()
        [2, 3]
        """
        inputs = np.asarray(inputs, dtype=np.int64)
        if self.outside(inputs).any():
            raise ValueError(f"an input lies outside {self}; keep inputs inside, or widen the alphabet")
        where = np.zeros(inputs.shape[:-1], dtype=np.int64)
        for i, (low, high, gone) in enumerate(zip(self.low, self.high, self.gaps, strict=True)):
            place = np.searchsorted(self._choices[i], inputs[..., i]) if gone else inputs[..., i] - low
            where = where * (high - low + 1 - len(gone)) + place
        return where

    def outside(self, inputs: Num[np.ndarray, "*steps width"]) -> Bool[np.ndarray, "*steps width"]:
        """Which numbers of the steps are none of this alphabet's.

        >>> Alphabet((0,), (5,), missing=((3, 4),)).outside(np.array([[2], [4], [6]]))[:, 0].tolist()
        [False, True, True]
        """
        beyond = (inputs < self.low) | (inputs > self.high)
        for i, gone in enumerate(self.gaps):
            beyond[..., i] |= np.isin(inputs[..., i], gone)
        return beyond

    def sample(
        self, generator: np.random.Generator, sequences: int, length: int
    ) -> Int[np.ndarray, "sequences length width"]:
        """Uniform random inputs.

        >>> Alphabet((0,), (1,)).sample(np.random.default_rng(0), 3, 5).shape
        (3, 5, 1)
        """
        if not any(self.gaps):
            return generator.integers(self.low, np.asarray(self.high) + 1, (sequences, length, self.width))
        return np.stack([generator.choice(values, (sequences, length)) for values in self._choices], 2)

    def __str__(self) -> str:
        ranges = zip(self.low, self.high, self.gaps, strict=True)
        return " x ".join(range_text(low, high, gone) for low, high, gone in ranges)


def missing_values(column: Num[np.ndarray, " steps"], most: int = 32) -> tuple[int, ...]:
    """The integers between the least and the largest that do not occur; none where more than `most` do.

    What takes few values takes just these; of what takes many, some are not met by chance.

    >>> missing_values(np.array([0, 1, 2, 5, 1]))
    (3, 4)
    """
    values = np.unique(column)
    if len(values) > most or values[-1] - values[0] > LARGEST:
        return ()
    return tuple(np.setdiff1d(np.arange(values[0], values[-1] + 1), values).tolist())


def observed_alphabet(inputs: Num[np.ndarray, "*steps width"], symbols: Iterable[Iterable[str]] = ()) -> Alphabet:
    """The smallest alphabet that holds every step of `inputs`.

    >>> str(observed_alphabet(np.array([[0, 2], [1, 0]])))
    '0..1 x {0, 2}'
    """
    flat = np.asarray(inputs).reshape(-1, np.asarray(inputs).shape[-1])
    names = tuple(tuple(s) for s in symbols)
    missing = tuple(missing_values(column) for column in flat.T) if not any(names) else ()
    return Alphabet(tuple(flat.min(0).tolist()), tuple(flat.max(0).tolist()), names, missing if any(missing) else ())

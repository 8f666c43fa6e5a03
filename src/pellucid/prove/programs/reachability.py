"""Running two programs side by side: every reachable pair of states where they are few, samples where they are not.

A difference found here is the cheapest refutation there is; the states met are what invariants are guessed from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .product import Product, letters_of, sequences_of
from .settings import SEARCH, SearchSettings


@dataclass(frozen=True)
class Reach:
    """What breadth-first search met: pairs of states (n, registers), and whether these are all there are.

    `difference` is a shortest sequence of inputs (time, inputs) whose last outputs differ, `undefined` one after which
    a program has no value (a divisor that is not positive, an index outside its table).
    """

    states: NDArray[np.int64]
    closed: bool
    difference: NDArray[np.int64] | None = None
    undefined: NDArray[np.int64] | None = None


@dataclass
class _Met:
    """The states that were met (registers,), and how each was first met: from which state, by which letter."""

    states: list[NDArray[np.int64]]
    arrivals: list[tuple[int, int]]
    seen: set[bytes]

    @classmethod
    def at(cls, start: NDArray[np.int64]) -> _Met:
        """The first state alone."""
        return cls([start], [(0, 0)], {start.tobytes()})

    def add(self, after: NDArray[np.int64], origins: NDArray[np.int64], letters: NDArray[np.int64]) -> None:
        """Those of the states `after` (n, registers) that are new; each came from a state of `origins` (n,)."""
        for row in np.sort(np.unique(after, axis=0, return_index=True)[1]).tolist():
            key = after[row].tobytes()
            if key not in self.seen:
                self.seen.add(key)
                self.states.append(after[row])
                self.arrivals.append((int(origins[row]), int(letters[row])))

    def path(self, state: int, letter: int) -> list[int]:
        """The letters that lead to `state`, and `letter`."""
        word = [letter]
        while state:
            state, letter = self.arrivals[state]
            word.append(letter)
        return word[::-1]


def reach(product: Product, generator: np.random.Generator, settings: SearchSettings = SEARCH) -> Reach:
    """Breadth-first search from the initial states, until every pair is met or a limit is reached."""
    letters, complete = letters_of(product, settings.letters, generator)
    if max(map(abs, product.initial), default=0) >= settings.large:
        return Reach(np.zeros((0, len(product.initial)), dtype=np.int64), False)
    met = _Met.at(np.array(product.initial, dtype=np.int64))
    chunk = max(1, settings.chunk // len(letters))
    depth, level, begin = 0, 1, 0
    while begin < len(met.states):
        if begin == level:
            depth, level = depth + 1, len(met.states)
        end = min(begin + chunk, level)
        if end * len(letters) > settings.steps or len(met.states) > settings.pairs or depth > settings.depth:
            return Reach(np.stack(met.states), False)
        which, letter = np.divmod(np.arange((end - begin) * len(letters)), len(letters))
        after, fine, differs = _step(product, np.stack(met.states[begin:end])[which], letters[letter])
        if (bad := ~fine | differs).any():
            row = int(bad.argmax())
            word = letters[met.path(begin + int(which[row]), int(letter[row]))]
            return Reach(np.stack(met.states), False, **{"difference" if fine[row] else "undefined": word})
        if abs(after).max(initial=0) >= settings.large:
            return Reach(np.stack(met.states), False)
        met.add(after, begin + which, letter)
        begin = end
    return Reach(np.stack(met.states), complete)


def _step(
    product: Product, states: NDArray[np.int64], inputs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """The states after a step, which rows have a value, and which differ in their outputs."""
    try:
        taken = product.step(states, inputs)
    except IndexError:  # an index outside its table: find the rows
        fine = np.array([_has_value(product, s, i) for s, i in zip(states, inputs, strict=True)])
        return states, fine, np.zeros(len(states), dtype=bool)
    return taken.states, taken.defined, taken.differs & taken.defined


def _has_value(product: Product, state: NDArray[Any], inputs: NDArray[Any]) -> bool:
    try:
        return bool(product.step(state[None], inputs[None]).defined.all())
    except IndexError:
        return False


def trace(product: Product, sequences: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_]]:
    """States before each step (n, time, registers), whether outputs differ there, and whether the step has a value."""
    count, length = sequences.shape[:2]
    states = np.empty((count, length, len(product.registers)), dtype=sequences.dtype)
    differs, defined = np.zeros((count, length), dtype=bool), np.ones((count, length), dtype=bool)
    current = np.empty((count, len(product.registers)), dtype=sequences.dtype)
    current[:] = np.array(product.initial, dtype=sequences.dtype)
    for t in range(length):
        states[:, t] = current
        taken = product.step(current, sequences[:, t])
        current, differs[:, t], defined[:, t] = taken.states, taken.differs, taken.defined
    return states, differs, defined


def random_difference(
    product: Product, generator: np.random.Generator, count: int = 2000, length: int = 30
) -> NDArray[np.int64] | None:
    """A random sequence whose last outputs differ, cut after the first difference; None where none was found."""
    sequences = sequences_of(product, generator, count, length)
    try:
        _, differs, defined = trace(product, sequences)
    except IndexError:
        return None
    differs &= np.logical_and.accumulate(defined, 1)
    if not differs.any():
        return None
    first = np.where(differs.any(1), differs.argmax(1), length)
    row = int(first.argmin())
    return sequences[row, : first[row] + 1]


def samples(product: Product, generator: np.random.Generator, count: int = 48, length: int = 14) -> NDArray[Any]:
    """Reachable pairs of states as Python integers (n, registers): many short runs and some long ones."""
    found = []
    for n, steps in ((count, length), (8, 60)):
        states, _, defined = trace(product, sequences_of(product, generator, n, steps).astype(object))
        fine = np.logical_and.accumulate(defined, 1)
        fine = np.concatenate([np.ones((n, 1), dtype=bool), fine[:, :-1]], 1)
        found.append(states[fine])
    return np.concatenate(found)


def differs_on(product: Product, sequence: NDArray[Any]) -> bool:
    """Whether the outputs differ at the last step of `sequence` (time, inputs), in exact arithmetic."""
    return bool(len(sequence)) and bool(trace(product, np.asarray(sequence)[None].astype(object))[1][0, -1])


def shortened(product: Product, sequence: NDArray[Any]) -> NDArray[Any]:
    """`sequence` with every step removed that the difference does not need, and small inputs where they do as well."""
    sequence = _cut(product, np.asarray(sequence))
    step = 0
    while step < len(sequence) and len(sequence) <= 400:
        shorter = np.delete(sequence, step, 0)
        if trace(product, shorter[None].astype(object))[1].any() if len(shorter) else False:
            sequence, step = _cut(product, shorter), 0
        else:
            step += 1
    for t in range(len(sequence)):
        for k in range(len(product.inputs)):
            sequence = _with_a_smaller_input(product, sequence, t, k)
    return sequence


def _with_a_smaller_input(product: Product, sequence: NDArray[Any], t: int, k: int) -> NDArray[Any]:
    """`sequence` with a number nearer to 0 as input k of step t, where the difference stays."""
    values = product.inputs[k].values
    for value in {int(min(values, key=abs)), int(sequence[t, k]) // 2, int(sequence[t, k]) - 1}:
        smaller = sequence.copy()
        smaller[t, k] = value
        if value in values and abs(value) < abs(sequence[t, k]) and differs_on(product, smaller):
            sequence = smaller
    return sequence


def _cut(product: Product, sequence: NDArray[Any]) -> NDArray[Any]:
    """`sequence` up to its first difference."""
    differs = trace(product, sequence[None].astype(object))[1][0]
    return sequence[: int(differs.argmax()) + 1] if differs.any() else sequence

"""Running every sequence up to a length through two systems, step by step, a whole level of the prefix tree at a time.

The hot path is one batched step of each system: O(letters^length) steps in all (a prefix is run once, not once for each
sequence it begins), in chunks that bound the memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.program import Program
from ...core.claim import Exhausted, Refuted
from ...core.reporter import SILENT, Reporter
from ...subjects.sequences.recurrence import Recurrence
from .settings import SEARCH

Step = Callable[[NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any]]]


@dataclass(frozen=True)
class Stepwise:
    """`step(states (n, size), inputs (n, inputs)) -> (states, outputs (n, outputs))`, from `initial` (size,)."""

    initial: NDArray[Any]
    step: Step
    name: str = "system"


def stepwise(system: Program | Automaton | Recurrence, name: str = "") -> Stepwise:
    """A program, automaton or network as a stepwise system; outputs of networks are decoded to integers."""
    if isinstance(system, Program):
        initial = np.array([register.initial for register in system.registers], dtype=object)
        if max(map(abs, initial), default=0) < SEARCH.exact:
            initial = initial.astype(np.int64)
        return Stepwise(initial, _program_step(system), name or system.name)
    if isinstance(system, Automaton):
        return Stepwise(np.zeros(1, dtype=np.int64), _automaton_step(system), name or "automaton")
    return Stepwise(system.initial, system.advance, name or "network")


def exhaust(
    left: Stepwise,
    right: Stepwise,
    letters: NDArray[np.int64],
    length: int,
    *,
    statement: str | None = None,
    domain: str | None = None,
    reporter: Reporter = SILENT,
    rows: int = 1 << 18,
) -> Exhausted | Refuted:
    """Compare outputs on all sequences of up to `length` steps from `letters` (n, inputs).

    About `rows` sequences are run at once. Refuted comes with a shortest difference. Raises ValueError where there is
    nothing to run, or outputs do not match.
    """
    letters = np.asarray(letters, dtype=np.int64)
    if letters.ndim != 2 or len(letters) == 0 or length < 1:
        raise ValueError(
            f"letters {letters.shape} and length={length} hold no case; give (n, inputs) letters, length >= 1"
        )
    if len(letters) ** length >= 2**62:
        raise ValueError(f"{len(letters)}^{length} sequences are too many to run; choose the length with choose_length")
    statement = statement or f"{left.name} = {right.name}"
    reporter.start(f"all sequences of {length} steps", len(letters))
    try:
        word = _first_difference(left, right, letters, length, reporter, rows)
    finally:
        reporter.finish()
    if word is not None:
        return Refuted(statement, _counterexample(left, right, letters[word]))
    described = domain or f"all sequences of up to {length} steps from an alphabet of {len(letters)}"
    return Exhausted(statement, described, cases=len(letters) ** length)


def choose_length(alphabet_size: int, cases_limit: int = 1_000_000, longest: int = 64) -> int:
    """The largest length whose sequences number at most `cases_limit`; 0 where even one step has more.

    >>> choose_length(4, 1_100_000)
    10
    """
    if alphabet_size < 1:
        raise ValueError(f"alphabet_size={alphabet_size}; give at least one symbol")
    length = 0
    while length < longest and alphabet_size ** (length + 1) <= cases_limit:
        length += 1
    return length


def _first_difference(
    left: Stepwise, right: Stepwise, letters: NDArray[np.int64], length: int, reporter: Reporter, rows: int
) -> list[int] | None:
    """The letters of a shortest sequence on which outputs differ."""
    size, best = len(letters), None
    rows = max(1, rows // size)
    start = (left.initial[None], right.initial[None], np.zeros(1, dtype=np.int64), 0)
    pending: list[tuple[NDArray[Any], NDArray[Any], NDArray[np.int64], int]] = [start]
    while pending:
        mine, other, words, depth = pending.pop()
        if depth >= (length if best is None else len(best) - 1):
            continue
        if len(words) > rows:
            pending += [
                (mine[i : i + rows], other[i : i + rows], words[i : i + rows], depth)
                for i in range(0, len(words), rows)
            ]
            continue
        which, letter = np.divmod(np.arange(len(words) * size), size)
        mine, outputs = left.step(mine[which], letters[letter])
        other, expected = right.step(other[which], letters[letter])
        words = words[which] * size + letter
        if np.shape(outputs) != np.shape(expected):
            raise ValueError(
                f"{left.name} gives outputs of shape {np.shape(outputs)} and {right.name} {np.shape(expected)}; "
                "compare systems with the same outputs"
            )
        differs = np.flatnonzero(np.asarray(outputs != expected).any(1))
        if len(differs):
            best = _digits(int(words[differs[0]]), size, depth + 1)
            continue  # whatever lies below is longer
        pending.append((mine, other, words, depth + 1))
        if depth == 0:
            reporter.advance(size)
    return best


def _digits(word: int, base: int, length: int) -> list[int]:
    digits = []
    for _ in range(length):
        word, digit = divmod(word, base)
        digits.append(digit)
    return digits[::-1]


def _counterexample(left: Stepwise, right: Stepwise, sequence: NDArray[np.int64]) -> str:
    from .equivalence import sequence_text

    given = []
    for system in (left, right):
        state = system.initial[None]
        output = np.zeros((1, 0))
        for inputs in sequence:
            state, output = system.step(state, inputs[None])
        given.append(f"{system.name} gives {', '.join(str(int(v)) for v in np.asarray(output)[0])}")
    return f"inputs {sequence_text(sequence)}: {', '.join(given)} at step {len(sequence)}"


def _program_step(program: Program) -> Step:
    def step(states: NDArray[Any], inputs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        if states.dtype != object and abs(states).max(initial=0) >= SEARCH.exact:
            states = states.astype(object)
        inputs = inputs.astype(states.dtype)
        new, outputs = program.step(tuple(states.T), tuple(inputs.T))
        return _columns(new, states), _columns(outputs, states)

    return step


def _automaton_step(automaton: Automaton) -> Step:
    index = {tuple(symbol): k for k, symbol in enumerate(automaton.symbols.tolist())}

    def step(states: NDArray[Any], inputs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        unique, inverse = np.unique(inputs, axis=0, return_inverse=True)
        symbol = np.array([index[tuple(row)] for row in unique.tolist()])[inverse.reshape(-1)]
        return automaton.transitions[states[:, 0], symbol][:, None], automaton.outputs[states[:, 0], symbol]

    return step


def _columns(values: tuple[Any, ...], like: NDArray[Any]) -> NDArray[Any]:
    columns = np.empty((len(like), len(values)), dtype=like.dtype)
    for k, value in enumerate(values):
        columns[:, k] = value
    return columns

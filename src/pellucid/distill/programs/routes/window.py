"""The window route: outputs that depend on the last few inputs alone, kept in a line of delays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from numpy.typing import NDArray

from ....artifacts.programs.expression import Expression, Lookup, Name, apply
from ....artifacts.programs.fold import Register
from ....artifacts.programs.program import Program
from ..candidates import Candidate
from ..observations import Observations
from ..synthesis.synthesiser import Synthesiser, affine_expression, distinct_rows, is_functional


@dataclass(frozen=True)
class Window:
    """Propose y_t = e(x_t, x_{t-1}, ..., x_{t-k}) for the smallest k that the data allow; what lies before is 0."""

    longest: int = 8
    largest_table: int = 64

    def propose(self, observations: Observations, generator: np.random.Generator) -> list[Candidate]:
        targets = [observations.rows(observations.outputs[:, :, j]) for j in range(observations.outputs.shape[2])]
        for depth in range(min(self.longest, observations.length - 1) + 1):
            columns = delayed(observations, depth)
            sufficient = [_sufficient(columns, target) for target in targets]
            if not all(sufficient):
                continue
            expressions = [self._expression(columns, target, observations) for target in targets]
            if all(expression is not None for expression in expressions):
                program = _with_delays(observations, depth, tuple(e for e in expressions if e is not None))
                return [Candidate(program, "window", None, {"window": float(depth + 1)})]
        return []

    def _expression(
        self, columns: dict[str, NDArray[np.int64]], target: NDArray[np.int64], observations: Observations
    ) -> Expression | None:
        rows, values = distinct_rows(columns, target)
        constants = {*observations.constants(), *_exceptions(rows, values)}
        found = Synthesiser(constants=tuple(sorted(constants))).find(rows, values)
        return found or self._table(rows, values, observations)

    def _table(
        self, rows: dict[str, NDArray[np.int64]], values: NDArray[np.int64], observations: Observations
    ) -> Expression | None:
        """A table over the window, if it is small and every cell was seen."""
        lows, lengths = [], []
        for column in rows.values():
            lows.append(int(column.min()))
            lengths.append(int(column.max()) - lows[-1] + 1)
        cells = int(np.prod(lengths))
        if cells > self.largest_table or cells != len(values):
            return None
        order = np.lexsort([*rows.values()][::-1])
        at = tuple(Name(n) if low == 0 else apply("-", Name(n), low) for n, low in zip(rows, lows, strict=True))
        return Lookup(tuple(int(v) for v in values[order]), tuple(lengths), at)


def delayed(observations: Observations, depth: int) -> dict[str, Int[np.ndarray, " labelled"]]:
    """Columns for the inputs now and up to `depth` steps back, at the labelled steps; 0 before the first step."""
    columns: dict[str, NDArray[np.int64]] = {}
    for back in range(depth + 1):
        shifted = np.zeros_like(observations.inputs)
        shifted[:, back:] = observations.inputs[:, : observations.length - back]
        for i, name in enumerate(observations.input_names):
            columns[delay_name(name, back)] = observations.rows(shifted[:, :, i])
    return columns


def delay_name(name: str, back: int) -> str:
    """What the input `name` is called so many steps back.

    >>> [delay_name("x", back) for back in range(3)]
    ['x', 'previous', 'previous_2']
    """
    if back == 0:
        return name
    stem = "previous" if name == "x" else f"previous_{name}"
    return stem if back == 1 else f"{stem}_{back}"


def _exceptions(rows: dict[str, NDArray[np.int64]], values: NDArray[np.int64]) -> list[int]:
    """Inputs at which a function of one input differs from what it mostly is, where they are few."""
    if len(rows) > 1:
        return []
    seen, times = np.unique(values, return_counts=True)
    (column,) = rows.values()
    odd = column[values != seen[times.argmax()]]
    return odd.tolist() if len(odd) <= 6 else []


def _sufficient(columns: dict[str, NDArray[np.int64]], target: NDArray[np.int64]) -> bool:
    """Whether the target follows from the columns; where rows hardly repeat, chance agreement is no evidence."""
    functional, different = is_functional(columns, target)
    if not functional:
        return False
    return different <= 0.7 * len(target) or affine_expression(columns, target) is not None or len(columns) <= 3


def _with_delays(observations: Observations, depth: int, outputs: tuple[Expression, ...]) -> Program:
    """Registers for the delays that the outputs need (and those that feed them)."""
    read = set().union(*(output.names for output in outputs))
    registers = []
    for name in observations.input_names:
        deepest = max((b for b in range(1, depth + 1) if delay_name(name, b) in read), default=0)
        registers += [
            Register(delay_name(name, back), 0, Name(delay_name(name, back - 1))) for back in range(1, deepest + 1)
        ]
    return Program(observations.program_inputs, tuple(registers), outputs)

"""Programs: folds that can be run, printed and saved. The readable form of a recurrence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Integer
from numpy.typing import NDArray

from ...core.artifact import Artifact
from .expression import OPERATORS, Expression, Lookup, Number, Operation, evaluate
from .fold import Fold, Input
from .fold_reader import read_fold
from .fold_text import function_text, script_text
from .schedule import schedule


@dataclass(frozen=True)
class Program(Fold, Artifact):
    """A program that reads one tuple of inputs a step and gives one tuple of outputs.

    >>> from pellucid.artifacts import read_program
    >>> parity = read_program("def parity(bits):\\n  p = 0\\n  for x in bits:\\n    p = p ^ x\\n    yield p", [(0, 1)])
    >>> parity.run(np.array([[[1], [1], [0], [1]]]))[0, :, 0]
    array([1, 0, 0, 1])
    """

    kind = "program"
    largest_int64: ClassVar[int] = 2**40
    """Beyond this, registers are kept as integers of any size, so that no product of two overflows unseen."""

    @property
    def description_length(self) -> float:
        """Bits to write the program down as it is printed: which operator, name or table at each node, and all digits.

        A constant n costs 2 log2(|n| + 1) + 1 bits, an entry of a table 3 + log2(largest - smallest + 1).
        """
        choices = np.log2(12 + len(self.inputs) + len(self.registers))
        bits = 2.0 * sum(_number_bits(register.initial) for register in self.registers)
        for expression in schedule(self).expressions:
            for node in expression.walk():
                bits += choices * _weight(node)
                bits += _content_bits(node)
        return float(bits)

    def step(self, state: Sequence[Any], inputs: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """One step on integers or arrays that broadcast: (new state, outputs).

        >>> total = read_program("def f(steps):\\n  s = 0\\n  for x in steps:\\n    s = s + x\\n    yield s", [(0, 9)])
        >>> [[int(value) for value in part] for part in total.step((3,), (4,))]
        [[7], [7]]
        """
        values: dict[str, Any] = dict(zip((r.name for r in self.registers), state, strict=True))
        values.update(zip((i.name for i in self.inputs), inputs, strict=True))
        new = tuple(evaluate(register.update, values) for register in self.registers)
        return new, tuple(evaluate(output, values) for output in self.outputs)

    def run(
        self, inputs: Integer[np.ndarray, "sequences time inputs"], *, exact: bool = False
    ) -> Integer[np.ndarray, "sequences time outputs"]:
        """Outputs (sequences, time, outputs) for inputs (sequences, time, inputs), all starting afresh.

        Registers are int64, and Python integers of any size (dtype object) from the step on at which one grows beyond
        `largest_int64`, or from the start with `exact`. Raises ValueError for inputs of another shape.

        >>> total = read_program("def total(xs):\\n  t = 0\\n  for x in xs:\\n    t = t + x\\n    yield t", [(0, 9)])
        >>> total.run(np.array([[[1], [2], [3]]]))[0, :, 0].tolist()
        [1, 3, 6]
        """
        return self.trace(inputs, exact=exact)[1]

    def trace(
        self, inputs: Integer[np.ndarray, "sequences time inputs"], *, exact: bool = False
    ) -> tuple[Integer[np.ndarray, "sequences times registers"], Integer[np.ndarray, "sequences time outputs"]]:
        """Registers before each step and after the last (sequences, time + 1, registers), and the outputs.

        >>> total = read_program("def total(xs):\\n  t = 0\\n  for x in xs:\\n    t = t + x\\n    yield t", [(0, 9)])
        >>> registers, outputs = total.trace(np.array([[[1], [2]]]))
        >>> registers[0, :, 0].tolist(), outputs[0, :, 0].tolist()
        ([0, 1, 3], [1, 3])
        """
        inputs = np.asarray(inputs)
        if inputs.ndim != 3 or inputs.shape[2] != len(self.inputs):
            raise ValueError(
                f"inputs has shape {inputs.shape}; give (sequences, time, {len(self.inputs)}) for {self.name}"
            )
        count = len(inputs)
        state = tuple(np.full(count, register.initial, dtype=np.int64) for register in self.registers)
        states, outputs = [state], []
        for t in range(inputs.shape[1]):
            exact = exact or any(self._is_large(column) for column in state)
            now = _all_integers(inputs[:, t].T, count, exact)
            after, output = self.step(_all_integers(state, count, exact), now)
            state = _all_integers(after, count, exact)
            states.append(state)
            outputs.append(_all_integers(output, count, exact))
        return _stacked(states, count), _stacked(outputs, count)

    def _is_large(self, column: NDArray[Any]) -> bool:
        return column.dtype == object or np.abs(column).max(initial=0) > self.largest_int64

    def to_python(self) -> str:
        """The program as a Python generator function.

        >>> total = read_program("def total(xs):\\n  t = 0\\n  for x in xs:\\n    t = t + x\\n    yield t", [(0, 9)])
        >>> print(total.to_python().splitlines()[-2].strip())
        t = t + x
        """
        return function_text(self)

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.description,
            "inputs": [
                {"name": i.name, "low": i.low, "high": i.high, "symbols": list(i.symbols), **i.gaps}
                for i in self.inputs
            ],
            "output_symbols": list(self.output_symbols),
            "source": self._as_read().to_python(),
        }

    def files(self) -> Mapping[str, bytes]:
        return {"program.py": script_text(self._as_read()).encode()}

    def _as_read(self) -> Self:
        """What its own text says (a register that never changes is a constant there): saved, it stays as it is."""
        fold = read_fold(self.to_python(), self.inputs, description=self.description)
        return replace(self, registers=fold.registers, outputs=fold.outputs)

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        inputs = tuple(
            Input(i["name"], i["low"], i["high"], tuple(i["symbols"]), tuple(i.get("missing", ())))
            for i in data["inputs"]
        )
        fold = read_fold(data["source"], inputs, description=data["description"])
        symbols = tuple(data["output_symbols"])
        return cls(inputs, fold.registers, fold.outputs, data["name"], data["description"], symbols)


def read_program(
    source: str,
    inputs: Sequence[Input] | Sequence[tuple[int, int]],
    *,
    function: str | None = None,
    description: str = "",
) -> Program:
    """The program that the generator function in `source` (the one called `function`, or the last) spells out.

    `inputs` says, for each variable of the loop, which integers it ranges over; `fold_reader` says what is read.
    Raises `NotAFold` (a ValueError) where the text is not a fold, SyntaxError where it is not Python.

    >>> total = read_program("def total(xs):\\n  t = 0\\n  for x in xs:\\n    t = t + x\\n    yield t", [(0, 9)])
    >>> [register.name for register in total.registers], total.inputs[0].values
    (['t'], range(0, 10))
    """
    fold = read_fold(source, inputs, function=function, description=description)
    return Program(fold.inputs, fold.registers, fold.outputs, fold.name, fold.description)


def _integers(column: Any, count: int, exact: bool) -> NDArray[Any]:
    kind = object if exact else np.int64
    return np.broadcast_to(np.asarray(column), (count,)).astype(kind)


def _all_integers(columns: Iterable[Any], count: int, exact: bool) -> tuple[NDArray[Any], ...]:
    return tuple(_integers(column, count, exact) for column in columns)


def _stacked(steps: list[tuple[NDArray[Any], ...]], count: int) -> NDArray[Any]:
    """(count, steps, columns)."""
    if not steps or not steps[0]:
        return np.zeros((count, len(steps), 0), dtype=np.int64)
    return np.stack([np.stack(columns, 1) for columns in steps], 1)


def _weight(node: Expression) -> int:
    """For how many nodes it counts."""
    return OPERATORS[node.operator].size if isinstance(node, Operation) else 1


def _content_bits(node: Expression) -> float:
    """Bits for the digits of a number, or for the entries of a table."""
    if isinstance(node, Number):
        return _number_bits(node.value)
    if isinstance(node, Lookup):
        return len(node.table) * (3 + float(np.log2(max(node.table) - min(node.table) + 1)))
    return 0.0


def _number_bits(value: int) -> float:
    return 2 * float(np.log2(abs(value) + 1)) + 1

"""Programs: integer registers, updated and read once a step. The readable form of a recurrence.

    (s_1, ..., s_k) <- (u_1(s, x), ..., u_k(s, x))      y_j = o_j(s, x)      s = initial at the start

Updates and outputs both read the registers as they were before the step, and are computed at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from .expression import OPERATOR_SIZE, Expression, Lookup, Number, Operation, evaluate

LARGE = 2**40
"""Beyond this, registers are kept as integers of any size, so that no product of two overflows unseen."""


@dataclass(frozen=True)
class Input:
    """An input of each step, an integer in low..high; `symbols` are what people call its values, from `low` up."""

    name: str
    low: int
    high: int
    symbols: tuple[str, ...] = ()

    @property
    def values(self) -> range:
        return range(self.low, self.high + 1)


@dataclass(frozen=True)
class Register:
    """An integer kept from step to step."""

    name: str
    initial: int
    update: Expression


@dataclass(frozen=True)
class Program(Artifact):
    """A program that reads one tuple of inputs a step and gives one tuple of outputs.

    >>> from pellucid.artifacts import read_program
    >>> parity = read_program("def parity(bits):\\n  p = 0\\n  for x in bits:\\n    p = p ^ x\\n    yield p", [(0, 1)])
    >>> parity.run(np.array([[[1], [1], [0], [1]]]))[0, :, 0]
    array([1, 0, 0, 1])
    """

    inputs: tuple[Input, ...]
    registers: tuple[Register, ...]
    outputs: tuple[Expression, ...]
    name: str = "program"
    description: str = ""
    output_symbols: tuple[str, ...] = field(default=())
    """What people call the output values 0, 1, ...; empty where outputs are just integers."""

    kind = "program"

    def __post_init__(self) -> None:
        known = {i.name for i in self.inputs} | {r.name for r in self.registers}
        if len(known) != len(self.inputs) + len(self.registers):
            raise ValueError("two inputs or registers share a name; give each its own")
        for expression in self.expressions:
            if unknown := sorted(expression.names - known):
                raise ValueError(
                    f"the program reads {unknown}, which is no input or register; known are {sorted(known)}"
                )

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (*(register.update for register in self.registers), *self.outputs)

    @property
    def size(self) -> int:
        """Number of nodes in all updates and outputs."""
        return sum(expression.size for expression in self.expressions)

    @property
    def description_length(self) -> float:
        """Bits to write the program down as it is printed: which operator, name or table at each node, and all digits.

        A constant n costs 2 log2(|n| + 1) + 1 bits, an entry of a table 3 + log2(largest - smallest + 1).
        """
        from .program_text import written_expressions

        choices = np.log2(12 + len(self.inputs) + len(self.registers))
        bits = 2.0 * sum(_number_bits(register.initial) for register in self.registers)
        for expression in written_expressions(self):
            for node in expression.walk():
                bits += choices * _weight(node)
                if isinstance(node, Number):
                    bits += _number_bits(node.value)
                if isinstance(node, Lookup):
                    spread = max(node.table) - min(node.table) + 1
                    bits += len(node.table) * (3 + float(np.log2(spread)))
        return float(bits)

    def step(self, state: Sequence[Any], inputs: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """One step on integers or arrays that broadcast: (new state, outputs)."""
        values: dict[str, Any] = dict(zip((r.name for r in self.registers), state, strict=True))
        values.update(zip((i.name for i in self.inputs), inputs, strict=True))
        new = tuple(evaluate(register.update, values) for register in self.registers)
        return new, tuple(evaluate(output, values) for output in self.outputs)

    def run(self, inputs: NDArray[Any], *, exact: bool = False) -> NDArray[Any]:
        """Outputs (sequences, time, outputs) for inputs (sequences, time, inputs), all starting afresh.

        Registers are int64, and Python integers of any size (dtype object) from the step on at which one grows beyond
        2^40, or from the start with `exact`.
        """
        return self.trace(inputs, exact=exact)[1]

    def trace(self, inputs: NDArray[Any], *, exact: bool = False) -> tuple[NDArray[Any], NDArray[Any]]:
        """Registers before each step and after the last (sequences, time + 1, registers), and the outputs."""
        inputs = np.asarray(inputs)
        if inputs.ndim != 3 or inputs.shape[2] != len(self.inputs):
            raise ValueError(
                f"inputs has shape {inputs.shape}; give (sequences, time, {len(self.inputs)}) for {self.name}"
            )
        count = len(inputs)
        state = tuple(np.full(count, register.initial, dtype=np.int64) for register in self.registers)
        states, outputs = [state], []
        for t in range(inputs.shape[1]):
            exact = exact or any(column.dtype == object or np.abs(column).max(initial=0) > LARGE for column in state)
            now = tuple(_integers(inputs[:, t, i], count, exact) for i in range(inputs.shape[2]))
            after, output = self.step(tuple(_integers(column, count, exact) for column in state), now)
            state = tuple(_integers(column, count, exact) for column in after)
            states.append(state)
            outputs.append(tuple(_integers(column, count, exact) for column in output))
        return _stacked(states, count), _stacked(outputs, count)

    def to_python(self) -> str:
        """The program as a Python generator function."""
        from .program_text import function_text

        return function_text(self)

    def describe(self) -> str:
        return (
            self.description or f"{len(self.registers)} register{'s' * (len(self.registers) != 1)}, {self.size} symbols"
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.description,
            "inputs": [{"name": i.name, "low": i.low, "high": i.high, "symbols": list(i.symbols)} for i in self.inputs],
            "output_symbols": list(self.output_symbols),
            "source": self.to_python(),
        }

    def files(self) -> Mapping[str, bytes]:
        from .program_text import script_text

        return {"program.py": script_text(self).encode()}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        from .program_reader import read_program

        inputs = tuple(Input(i["name"], i["low"], i["high"], tuple(i["symbols"])) for i in data["inputs"])
        program = read_program(data["source"], inputs, description=data["description"])
        return cls(
            inputs,
            program.registers,
            program.outputs,
            data["name"],
            data["description"],
            tuple(data["output_symbols"]),
        )


def _integers(column: Any, count: int, exact: bool) -> NDArray[Any]:
    kind = object if exact else np.int64
    return np.broadcast_to(np.asarray(column), (count,)).astype(kind)


def _stacked(steps: list[tuple[NDArray[Any], ...]], count: int) -> NDArray[Any]:
    """(count, steps, columns)."""
    if not steps or not steps[0]:
        return np.zeros((count, len(steps), 0), dtype=np.int64)
    return np.stack([np.stack(columns, 1) for columns in steps], 1)


def _weight(node: Expression) -> int:
    return OPERATOR_SIZE.get(node.operator, 1) if isinstance(node, Operation) else 1


def _number_bits(value: int) -> float:
    return 2 * float(np.log2(abs(value) + 1)) + 1

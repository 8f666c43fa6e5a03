"""Folds: what a program is made of. Integer registers, updated and read once a step.

    (s_1, ..., s_k) <- (u_1(s, x), ..., u_k(s, x))      y_j = o_j(s, x)      s = initial at the start

Updates and outputs both read the registers as they were before the step, and are computed at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .expression import Expression


@dataclass(frozen=True)
class Input:
    """An input of each step, an integer in low..high; `symbols` are what people call its values, from `low` up.

    >>> list(Input("x", -1, 1).values)
    [-1, 0, 1]
    """

    name: str
    low: int
    high: int
    symbols: tuple[str, ...] = ()

    @property
    def values(self) -> range:
        """The integers that a step may hold.

        >>> Input("x", 0, 3).values
        range(0, 4)
        """
        return range(self.low, self.high + 1)


@dataclass(frozen=True)
class Register:
    """An integer kept from step to step."""

    name: str
    initial: int
    update: Expression


@dataclass(frozen=True)
class Fold:
    """Inputs, registers and outputs, and what they are called. `Program` is a fold that can be run, saved and printed.

    Raises ValueError where two names are the same, or an expression reads what is no input or register.
    """

    inputs: tuple[Input, ...]
    registers: tuple[Register, ...]
    outputs: tuple[Expression, ...]
    name: str = "program"
    description: str = ""
    output_symbols: tuple[str, ...] = field(default=())
    """What people call the output values 0, 1, ...; empty where outputs are just integers."""

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
        """All updates, then all outputs."""
        return (*(register.update for register in self.registers), *self.outputs)

    @property
    def size(self) -> int:
        """Number of nodes in all updates and outputs."""
        return sum(expression.size for expression in self.expressions)

    def describe(self) -> str:
        """The description, or else how large it is.

        >>> Fold((Input("x", 0, 1),), (), ()).describe()
        '0 registers, 0 symbols'
        """
        if self.description:
            return self.description
        return f"{len(self.registers)} register{'s' * (len(self.registers) != 1)}, {self.size} symbols"

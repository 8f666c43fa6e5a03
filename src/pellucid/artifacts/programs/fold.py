"""Folds: what a program is made of. Integer registers, updated and read once a step.

    (s_1, ..., s_k) <- (u_1(s, x), ..., u_k(s, x))      y_j = o_j(s, x)      s = initial at the start

Updates and outputs both read the registers as they were before the step, and are computed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...core.ranges import range_text
from .expression import Expression


@dataclass(frozen=True)
class Input:
    """An input of each step, an integer in low..high; `symbols` are what people call its values, from `low` up.

    `missing` are the integers in between that no step holds.

    >>> list(Input("x", -1, 1).values), list(Input("x", 0, 5, missing=(3, 4)).values)
    ([-1, 0, 1], [0, 1, 2, 5])
    """

    name: str
    low: int
    high: int
    symbols: tuple[str, ...] = ()
    missing: tuple[int, ...] = ()

    @property
    def values(self) -> Sequence[int]:
        """The integers that a step may hold.

        >>> Input("x", 0, 3).values
        range(0, 4)
        """
        span = range(self.low, self.high + 1)
        return span if not self.missing else tuple(value for value in span if value not in self.missing)

    @property
    def domain(self) -> str:
        """The values in words.

        >>> Input("x", 0, 5, missing=(3, 4)).domain
        'x in {0..2, 5}'
        """
        return f"{self.name} in {range_text(self.low, self.high, self.missing)}"

    @property
    def gaps(self) -> dict[str, list[int]]:
        """What a saved input says beside its range: nothing, or what is missing of it."""
        return {"missing": list(self.missing)} if self.missing else {}


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

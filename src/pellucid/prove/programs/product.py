"""Two programs side by side, reading the same inputs: the system whose invariants prove that their outputs agree."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.expression import Expression, conjunction, evaluate, obligations, rename
from ...artifacts.programs.fold import Input
from ...artifacts.programs.program import Program, read_program
from ...core.ranges import range_text


@dataclass(frozen=True)
class Half:
    """One program of a product, over names that are unique in it: `left_...` or `right_...`, and `in_...`."""

    registers: tuple[str, ...]
    initial: tuple[int, ...]
    updates: tuple[Expression, ...]
    outputs: tuple[Expression, ...]

    @cached_property
    def defined(self) -> tuple[Expression, ...]:
        """What must hold for a step to have a value."""
        return tuple(dict.fromkeys(o for e in (*self.updates, *self.outputs) for o in obligations(e)))


@dataclass(frozen=True)
class Product:
    """Both halves and the inputs they share, with the left program's domain."""

    left: Half
    right: Half
    inputs: tuple[Input, ...]

    @property
    def halves(self) -> tuple[tuple[str, Half], tuple[str, Half]]:
        return (("left", self.left), ("right", self.right))

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(i.name for i in self.inputs)

    @property
    def registers(self) -> tuple[str, ...]:
        """All registers: those of the left program, then those of the right one."""
        return (*self.left.registers, *self.right.registers)

    @property
    def initial(self) -> tuple[int, ...]:
        return (*self.left.initial, *self.right.initial)

    @property
    def letters(self) -> int:
        """How many different inputs a step may have."""
        return int(np.prod([len(i.values) for i in self.inputs], dtype=object))

    def step(self, states: NDArray, inputs: NDArray) -> Steps:
        """All rows of `states` (n, registers) and `inputs` (n, inputs), one step on."""
        values = {name: states[:, k] for k, name in enumerate(self.registers)}
        values |= {name: inputs[:, k] for k, name in enumerate(self.input_names)}

        def columns(expressions: tuple[Expression, ...]) -> NDArray:
            rows = np.empty((len(states), len(expressions)), dtype=states.dtype)
            for k, expression in enumerate(expressions):
                rows[:, k] = evaluate(expression, values)
            return rows

        with np.errstate(all="ignore"):
            condition = conjunction(*self.left.defined, *self.right.defined)
            defined = np.broadcast_to(np.asarray(evaluate(condition, values), dtype=bool), len(states))
            return Steps(
                columns((*self.left.updates, *self.right.updates)),
                defined,
                columns(self.left.outputs),
                columns(self.right.outputs),
            )


@dataclass(frozen=True)
class Steps:
    """The registers after a step, whether the step had a value, and both programs' outputs; one row each."""

    states: NDArray
    defined: NDArray
    left: NDArray
    right: NDArray

    @property
    def differs(self) -> NDArray:
        return np.asarray(self.left != self.right).any(axis=1).reshape(-1)


def product_of(left: Program, right: Program) -> Product:
    """The product of both programs; raises ValueError where their inputs or outputs do not match by position."""
    if len(left.inputs) != len(right.inputs):
        raise ValueError(
            f"{left.name} reads {len(left.inputs)} inputs a step and {right.name} {len(right.inputs)}; "
            "compare programs that read the same"
        )
    if len(left.outputs) != len(right.outputs):
        raise ValueError(
            f"{left.name} gives {len(left.outputs)} outputs a step and {right.name} {len(right.outputs)}; "
            "compare programs that give the same"
        )
    for a, b in zip(left.inputs, right.inputs, strict=True):
        if a.low < b.low or a.high > b.high or set(b.missing) & set(a.values):
            mine, other = (range_text(i.low, i.high, i.missing) for i in (a, b))
            raise ValueError(
                f"input {a.name} of {left.name} ranges over {mine}, beyond {other} of {right.name}; "
                "give both the same range"
            )
    inputs = tuple(replace(i, name=f"in_{safe(i.name)}") for i in left.inputs)
    return Product(half_of(left, "left", inputs), half_of(right, "right", inputs), inputs)


def half_of(program: Program, side: str, inputs: tuple[Input, ...]) -> Half:
    """`program` over the names of a product; its inputs are matched by position."""
    names = {r.name: f"{side}_{safe(r.name)}" for r in program.registers}
    names |= {old.name: new.name for old, new in zip(program.inputs, inputs, strict=True)}
    return Half(
        tuple(names[r.name] for r in program.registers),
        tuple(r.initial for r in program.registers),
        tuple(rename(r.update, names) for r in program.registers),
        tuple(rename(o, names) for o in program.outputs),
    )


def as_printed(program: Program) -> Program:
    """`program` as its own Python text reads: what a proof is about is the text that people see."""
    return read_program(program.to_python(), program.inputs, function=program.name, description=program.description)


def signature(program: Program) -> dict[str, Any]:
    """What its text does not say: the function's name, and the range of each input."""
    inputs = [{"name": i.name, "low": i.low, "high": i.high, **i.gaps} for i in program.inputs]
    return {"function": program.name, "inputs": inputs}


def safe(name: str) -> str:
    """`name` in letters that SMT-LIB and Dafny both take.

    >>> safe("x'"), safe("carry")
    ('x_u27_', 'carry')
    """
    return re.sub(r"[^A-Za-z0-9_]", lambda match: f"_u{ord(match[0]):x}_", name)


def domain_text(product_or_program: Product | Program) -> str:
    """The domain in words."""
    ranges = [i.domain.removeprefix("in_") for i in product_or_program.inputs]
    return f"sequences of any length with {', '.join(ranges)} at each step; integers of any size"


def letters_of(product: Product, limit: int, generator: np.random.Generator) -> tuple[NDArray[np.int64], bool]:
    """Inputs of a step (n, inputs), and whether they are all there are: at most `limit`, the extreme ones first."""
    if product.letters <= limit:
        ranges = [np.array(list(i.values)) for i in product.inputs]
        return np.stack(np.meshgrid(*ranges, indexing="ij"), -1).reshape(-1, len(ranges)), True
    special = [sorted({i.low, i.high, *(v for v in (-1, 0, 1) if v in i.values)}) for i in product.inputs]
    corners = np.stack(np.meshgrid(*special, indexing="ij"), -1).reshape(-1, len(special))[:limit]
    random = _drawn(product, generator, (max(1, limit - len(corners)),))
    return np.unique(np.concatenate([corners, random]), axis=0), False


def _drawn(product: Product, generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Uniform inputs (*shape, inputs)."""
    if not any(i.missing for i in product.inputs):
        low, high = np.array([i.low for i in product.inputs]), np.array([i.high for i in product.inputs])
        return generator.integers(low, high + 1, (*shape, len(product.inputs)))
    return np.stack([generator.choice(np.array(list(i.values)), shape) for i in product.inputs], -1)


def sequences_of(product: Product, generator: np.random.Generator, count: int, length: int) -> NDArray[np.int64]:
    """Inputs (count, length, inputs) of several kinds: uniform, of few letters, extreme, palindromes."""
    letters, _ = letters_of(product, 64, generator)
    uniform = _drawn(product, generator, (count, length))
    few = letters[generator.integers(0, len(letters), (count, 2))]
    which = generator.random((count, length)) < generator.random((count, 1))
    two = np.where(which[:, :, None], few[:, :1], few[:, 1:])
    kinds = np.arange(count) % 4
    chosen = np.where((kinds == 1)[:, None, None], two, uniform)
    chosen = np.where(
        (kinds == 2)[:, None, None], letters[generator.integers(0, len(letters), (count, length))], chosen
    )
    mirrored = np.concatenate([uniform[:, : (length + 1) // 2], uniform[:, : length // 2][:, ::-1]], 1)
    return np.where((kinds == 3)[:, None, None], mirrored, chosen)

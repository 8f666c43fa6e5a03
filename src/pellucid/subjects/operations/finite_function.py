"""Finite functions: all that a network, a head or a small circuit says on every case of a finite domain."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Int

from ...core.subject import Subject

LARGEST = 4096
"""Cases: as many as the search for a program looks at in full."""


@dataclass(frozen=True, eq=False)
class FiniteFunction(Subject):
    """`outputs[i]` is what is computed for `inputs[i]`, every case there is; `names` are those of the inputs.

    `symbols` are words for the values of each input, and `output_symbols` for those of the outputs, where 0, 1, ...
    stand for words. `others` (parts, cases) are what other parts of the same network compute on the same cases, such as
    its other heads. Raises ValueError for shapes that do not fit, a case that is there twice, and more than 4,096.

    >>> FiniteFunction([[0], [1], [2]], [1, 2, 0], ("n",)).cases
    3
    """

    made_by: ClassVar[str] = "FiniteFunction(inputs, outputs, names), or function_of(module, ranges) of subjects"

    inputs: Int[np.ndarray, "cases columns"]
    outputs: Int[np.ndarray, " cases"]
    names: tuple[str, ...]
    symbols: tuple[tuple[str, ...], ...] = ()
    output_symbols: tuple[str, ...] = ()
    others: Int[np.ndarray, "parts cases"] | None = None
    selected: bool = False
    """Whether this part was chosen among the others because it looked best: then so do the controls choose."""
    title: str = "the circuit"

    def __post_init__(self) -> None:
        inputs, outputs = np.asarray(self.inputs, np.int64), np.asarray(self.outputs, np.int64)
        if inputs.ndim != 2 or outputs.shape != (len(inputs),) or inputs.shape[1] != len(self.names):
            raise ValueError(
                f"inputs are {inputs.shape}, outputs {outputs.shape}, names {list(self.names)}; give (cases, names) "
                "and (cases,)"
            )
        if not 2 <= len(inputs) <= LARGEST:
            raise ValueError(f"{len(inputs)} cases cannot be searched; give 2 to {LARGEST}")
        if len(np.unique(inputs, axis=0)) < len(inputs):
            raise ValueError("a case is there twice; give each input once")
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "outputs", outputs)
        if self.others is not None:
            others = np.asarray(self.others, np.int64)
            if others.ndim != 2 or others.shape[1] != len(inputs):
                raise ValueError(f"others are {others.shape}; give (parts, {len(inputs)})")
            object.__setattr__(self, "others", others)

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return len(self.inputs)

    def fingerprint(self) -> str:
        """SHA-256 of cases, answers and names."""
        digest = hashlib.sha256(repr((self.names, self.symbols, self.output_symbols, self.selected)).encode())
        for array in (self.inputs, self.outputs, self.others):
            if array is not None:
                digest.update(f"{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def function_of(module: Any, ranges: Mapping[str, Sequence[int]], *, title: str = "the network") -> FiniteFunction:
    """What a torch module answers on every combination of the inputs' values.

    It is given float32 (cases, inputs); of several outputs (cases, classes) the largest is the answer, one (cases,) or
    (cases, 1) is rounded. Raises ValueError for a module that fails, or answers otherwise when asked again.

    >>> import torch
    >>> function_of(lambda x: x.sum(1), {"a": range(3), "b": range(2)}).outputs.tolist()
    [0, 1, 1, 2, 2, 3]
    """
    import torch

    cases = np.array(list(product(*(list(values) for values in ranges.values()))), np.int64)
    if len(cases) > LARGEST:
        raise ValueError(f"ranges hold {len(cases)} cases; give at most {LARGEST}")
    given = torch.from_numpy(cases).float()

    def ask() -> np.ndarray:
        with torch.no_grad():
            out = module(given)
        if not isinstance(out, torch.Tensor) or out.ndim not in (1, 2) or len(out) != len(cases):
            raise ValueError("the module should give (cases,) or (cases, classes) for (cases, inputs)")
        flat = out.float().reshape(len(cases), -1)
        return (flat[:, 0].round().long() if flat.shape[1] == 1 else flat.argmax(1)).numpy()

    answers = ask()
    if not np.array_equal(answers, ask()):
        raise ValueError("the module answers differently when it is asked again; call eval(), remove its random parts")
    return FiniteFunction(cases, answers, tuple(ranges), title=title)

"""One optimiser step for the rows of a matrix that something fired for; the others are not even read.

With a first moment every row would go on moving after it fired. Adam without it (beta1 = 0, as in arXiv 2407.14435 and
2408.05147) leaves a row with no gradient where it is, so that touching only the rows that fired is exact: the second
moment of a row that comes back after s steps has decayed by beta^s.

    v <- beta^s v + (1 - beta) g^2,    w <- w - rate clip(sqrt(1 - beta^t) g / sqrt(v + eps^2))
    rows of unit norm: g loses its part along w, and w is scaled back

Cost: O(entries · width + touched · width). On the CPU a compiled loop sums a row's gradient and applies it at once
(`row_update.c`; PELLUCID_ROW_KERNEL=off, no compiler, other devices and formats: torch's operations).
"""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ..run.compiled import compiled
from .kernels import ByLatent, latent_sums
from .large_pages import on_large_pages
from .parts import in_parts

_ROWS_PER_THREAD = 512
Kernel = Callable[..., None]


@dataclass
class Rows:
    """A matrix, its second moments, and where wanted a copy in bfloat16 that is kept up to date."""

    weight: Float[Tensor, "n width"]
    square: Float[Tensor, "n width"]
    bfloat16: Tensor | None = None
    unit: bool = False

    @classmethod
    def of(cls, weight: Float[Tensor, "n width"], *, bfloat16: bool = False, unit: bool = False) -> Rows:
        """Rows that never moved."""
        copy = on_large_pages(weight.bfloat16()) if bfloat16 else None
        return cls(on_large_pages(weight), on_large_pages(torch.zeros_like(weight)), copy, unit)

    def put(
        self,
        latents: Int[Tensor, " rows"],
        values: Float[Tensor, "rows width"],
        square: Float[Tensor, " width"] | float = 0.0,
    ) -> None:
        """Other values and second moments for some rows; with moments of 0 their next step would be a leap."""
        self.weight[latents] = values
        self.square[latents] = square
        if self.bfloat16 is not None:
            self.bfloat16[latents] = values.to(self.bfloat16.dtype)


@dataclass(frozen=True)
class Step:
    """What is the same for all rows: number (from 1), rate, beta; `decay` (touched,): beta^s after s steps."""

    number: int
    rate: float
    beta: float
    decay: Float[Tensor, " touched"]

    eps: ClassVar[float] = 1e-8
    """Keeps the step finite where nothing has moved, as in Adam."""
    most: ClassVar[float] = 3.0
    """No number moves further in a step than this many times the rate. One row far from all others moves what fires for
    it up to 1 / sqrt(1 - beta) times the rate otherwise (8,192 latents, 505 steps, one seed: the error went from 0.24
    to 4.1 within 25 steps and ended at 0.245; with this at 0.172)."""

    @classmethod
    def of(cls, number: int, rate: float, beta: float, waited: Int[Tensor, " touched"], kind: torch.dtype) -> Step:
        """`waited`: how many steps ago each row was touched."""
        return cls(number, rate, beta, torch.pow(torch.tensor(beta, dtype=kind, device=waited.device), waited))

    @property
    def correction(self) -> float:
        return math.sqrt(1 - self.beta**self.number)


def update_rows(
    rows: Rows,
    values: Float[Tensor, " entry"],
    sources: Int[Tensor, " entry"],
    groups: ByLatent,
    matrix: Float[Tensor, "batch width"],
    step: Step,
) -> None:
    """Move the touched rows against sum_e values_e matrix[sources_e], in place."""
    if not len(groups.touched):
        return
    kernel = _kernel() if _fits(rows, values, matrix) else None
    if kernel is None:
        apply_gradient(rows, latent_sums(values, sources, groups, matrix), groups.touched, step)
        return
    ends = groups.offsets.new_tensor([len(values)])
    whole = torch.cat([groups.offsets, ends])
    values, sources, matrix = values.contiguous(), sources.contiguous(), matrix.contiguous()
    given = (groups.touched, whole, groups.order, sources, values, matrix)
    arrays = (*given, rows.weight, rows.square, rows.bfloat16, step.decay)
    addresses = [None if array is None else array.data_ptr() for array in arrays]
    width = matrix.shape[1]
    correction = step.correction
    numbers = (step.rate * correction, step.beta, step.eps * correction, step.most / correction, int(rows.unit))

    def part(begin: int, end: int) -> None:
        room = torch.empty(width)
        kernel(begin, end, width, *addresses, *numbers, room.data_ptr())

    in_parts(part, len(groups.touched), _ROWS_PER_THREAD)


def apply_gradient(rows: Rows, gradient: Float[Tensor, "touched width"], touched: Tensor, step: Step) -> None:
    """The same with a gradient that is there already, by torch's operations."""
    weight = rows.weight[touched]
    if rows.unit:
        gradient = gradient - (gradient * weight).sum(1, keepdim=True) * weight
    square = rows.square[touched] * step.decay[:, None] + (1 - step.beta) * gradient * gradient
    eps, most = step.eps * step.correction, step.most / step.correction
    weight = weight - step.rate * step.correction * (gradient / (square + eps * eps).sqrt()).clamp(-most, most)
    if rows.unit:
        weight = weight / torch.linalg.vector_norm(weight, dim=1, keepdim=True)
    rows.weight[touched] = weight
    rows.square[touched] = square
    if rows.bfloat16 is not None:
        rows.bfloat16[touched] = weight.to(rows.bfloat16.dtype)


def _fits(rows: Rows, *others: Tensor) -> bool:
    tensors = (rows.weight, rows.square, *others)
    return all(tensor.dtype == torch.float32 and tensor.device.type == "cpu" for tensor in tensors)


@functools.cache
def _kernel() -> Kernel | None:
    library = compiled(Path(__file__).with_suffix(".c"), "PELLUCID_ROW_KERNEL")
    if library is None:
        return None
    function = library.row_update
    size, address, number = ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_float
    function.argtypes = [size] * 3 + [address] * 10 + [number] * 4 + [ctypes.c_int, address]
    function.restype = None
    return function

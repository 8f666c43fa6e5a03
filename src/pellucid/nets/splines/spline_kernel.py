"""The compiled spline layer: `spline_kernel.c`, built once per machine by its own C compiler, where there is one.

No compiler, or PELLUCID_SPLINE_KERNEL=off: `library()` is None, and layers compute by matrix products instead.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

from ...run.compiled import compiled
from .spline_basis import limit

__all__ = ["DTYPES", "Library", "library"]

DTYPES = {torch.float32: "float", torch.float64: "double"}
"""The number formats that the compiled layer has, by their names in C."""

Given = tuple[Tensor, Tensor | None, Tensor, Tensor, Tensor, Tensor | None]


class Library:
    """The functions of the compiled file; tensors must be contiguous, on the CPU and of one of `DTYPES`."""

    def __init__(self, built: ctypes.CDLL) -> None:
        sizes = [ctypes.c_ssize_t, ctypes.c_ssize_t, ctypes.c_int, ctypes.c_int, ctypes.c_double]
        self._forward, self._backward, self._all_one = {}, {}, {}
        self._most = {dtype: limit(dtype) for dtype in DTYPES}
        for dtype, name in DTYPES.items():
            self._forward[dtype] = _declared(built, f"spline_forward_{name}", [*sizes, *[ctypes.c_void_p] * 7])
            self._backward[dtype] = _declared(built, f"spline_backward_{name}", [*sizes, *[ctypes.c_void_p] * 10])
            all_one = _declared(built, f"spline_all_one_{name}", [ctypes.c_ssize_t, ctypes.c_void_p])
            all_one.restype = ctypes.c_int
            self._all_one[dtype] = all_one

    def all_one(self, values: Tensor) -> bool:
        """Whether every number is 1."""
        values = values.contiguous()
        return bool(self._all_one[values.dtype](values.numel(), values.data_ptr()))

    def forward(
        self, x: Tensor, gate: Tensor | None, low: Tensor, high: Tensor, coefficients: Tensor, base: Tensor | None
    ) -> Tensor:
        """The layer's outputs (rows, out); `gate` is sigmoid(x), and None without `base`."""
        function, most = self._forward[x.dtype], self._most[x.dtype]
        inputs, splines, outputs = coefficients.shape
        results = x.new_empty(x.shape[0], outputs)
        shared = (low.data_ptr(), high.data_ptr(), coefficients.data_ptr(), _address(base))

        def part(start: int, stop: int, _: int) -> None:
            rows = (_address(x, start), _address(gate, start), *shared, _address(results, start))
            function(stop - start, inputs, outputs, splines - 3, most, *rows)

        _in_parts(part, x.shape[0], _threads(x, outputs))
        return results

    def backward(
        self, gradient: Tensor, given: Given, wanted: tuple[bool, bool, bool]
    ) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        """The gradients by x, coefficients and base, where `wanted`; `given` is what `forward` took."""
        x, gate, low, high, coefficients, base = given
        function, most = self._backward[x.dtype], self._most[x.dtype]
        inputs, splines, outputs = coefficients.shape
        threads = _threads(x, outputs)
        by_x = torch.empty_like(x) if wanted[0] else None
        by_coefficients = by_base = None
        if wanted[1] or wanted[2]:  # each thread adds to sums of its own
            by_coefficients = coefficients.new_zeros(threads, *coefficients.shape)
            by_base = None if base is None else base.new_zeros(threads, *base.shape)
        shared = (low.data_ptr(), high.data_ptr(), coefficients.data_ptr(), _address(base))

        def part(start: int, stop: int, thread: int) -> None:
            rows = (
                _address(x, start),
                _address(gate, start),
                *shared,
                _address(gradient, start),
                _address(by_x, start),
            )
            sums = (_address(by_coefficients, thread), _address(by_base, thread))
            function(stop - start, inputs, outputs, splines - 3, most, *rows, *sums)

        _in_parts(part, x.shape[0], threads)
        return by_x, _total(by_coefficients), _total(by_base)


@functools.cache
def library() -> Library | None:
    """The compiled file, built if it has to be; None where that is not possible or not wanted."""
    built = compiled(Path(__file__).with_suffix(".c"), "PELLUCID_SPLINE_KERNEL")
    return None if built is None else Library(built)


def _declared(built: ctypes.CDLL, name: str, types: list[type]) -> ctypes._NamedFuncPointer:  # pyright: ignore
    function = getattr(built, name)
    function.argtypes, function.restype = types, None
    return function


def _address(tensor: Tensor | None, row: int = 0) -> int | None:
    if tensor is None:
        return None
    return tensor.data_ptr() + row * tensor.stride(0) * tensor.element_size() if row else tensor.data_ptr()


def _total(parts: Tensor | None) -> Tensor | None:
    return None if parts is None else parts[0] if parts.shape[0] == 1 else parts.sum(0)


def _threads(x: Tensor, outputs: int, worthwhile: int = 2_000_000) -> int:
    """One for each `worthwhile` products batch x in x out, which take a few milliseconds."""
    return max(1, min(torch.get_num_threads(), x.numel() * outputs // worthwhile, x.shape[0]))


def _in_parts(part: Callable[[int, int, int], None], rows: int, threads: int) -> None:
    """All rows, each thread a part of them: while it computes, a compiled function leaves Python to the others."""
    if threads == 1:
        part(0, rows, 0)
        return
    borders = [rows * number // threads for number in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(part, borders[:-1], borders[1:], range(threads)))

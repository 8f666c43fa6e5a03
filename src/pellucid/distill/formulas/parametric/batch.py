"""Fits batches of forms: the face of the compiled loops (forms.c), and the same in numpy where there is no compiler.

The hot path of the room: some 70,000 starts a CPU second at 60 rows compiled, about a hundred times fewer in numpy.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ....run.compiled import compiled
from .form import Form, count_constants, program
from .nodes import MOST_CONSTANTS
from .numpy_forms import evaluate, fit_one

Array = NDArray[np.float64]
SCALE_FREE, OFFSET_FREE = 1, 2
"""Modes of y = a + b f: which of b and a are free (else b = 1, a = 0)."""


@dataclass(frozen=True)
class Data:
    """Rows to fit: columns (columns, rows), contiguous, y and weights (rows,). `nu`: Student's degrees of freedom, 0
    for Gauss. `stop`: a sum of squares small enough."""

    X: Float[np.ndarray, "columns rows"]
    y: Float[np.ndarray, " rows"]
    weights: Float[np.ndarray, " rows"]
    nu: float = 0.0
    stop: float = 0.0

    @property
    def columns(self) -> int:
        return len(self.X)

    @property
    def rows(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Fits:
    """For each form: the objective (sum of squares, or Student's), its constants (forms, 8), and a, b (forms, 2)."""

    objective: Float[np.ndarray, " forms"]
    theta: Float[np.ndarray, "forms constants"]
    linear: Float[np.ndarray, "forms 2"]


def fit_batch(
    forms: Sequence[Form],
    starts: Sequence[Array],
    data: Data,
    *,
    mode: int = SCALE_FREE | OFFSET_FREE,
    steps: int = 8,
    more: int = 0,
    is_free: Array | None = None,
) -> Fits:
    """Every form from each of its starts (starts, 8), `steps` steps each, `more` for the best of them.

    `is_free` (forms, 8): False holds a constant where it starts. A form that has no value on some row keeps an infinite
    objective.
    """
    count = len(forms)
    fits = Fits(np.full(count, np.inf), np.zeros((count, MOST_CONSTANTS)), np.zeros((count, 2)))
    free = np.ones((count, MOST_CONSTANTS), np.uint8) if is_free is None else np.ascontiguousarray(is_free, np.uint8)
    kernel = _kernel()
    if count and kernel is not None:
        _compiled(kernel, forms, starts, data, mode, steps, more, free, fits)
        return fits
    with np.errstate(all="ignore"):  # forms without a value somewhere are sorted out by their infinite objective
        for i, form in enumerate(forms):
            found = fit_one(program(form), starts[i], free[i], data.X, data.y, data.weights, mode, steps, more, data.nu)
            fits.objective[i], fits.theta[i], fits.linear[i] = found
    return fits


def derivatives(
    form: Form, theta: Float[np.ndarray, " constants"], X: Float[np.ndarray, "columns rows"]
) -> Float[np.ndarray, "parts rows"] | None:
    """The value of f (first) and its derivative by each constant (the others); None where a row has no value.

    >>> derivatives(("exp", 0), np.array([2.0]), np.array([[0.0, 0.5]])).round(3).tolist()
    [[1.0, 2.718], [0.0, 1.359]]
    """
    code, constants = program(form), count_constants(form, len(X))
    padded = np.zeros(MOST_CONSTANTS)
    padded[:constants] = theta[:constants]
    kernel = _kernel()
    if kernel is None:
        with np.errstate(all="ignore"):
            return evaluate(code, padded, X)
    out = np.empty((1 + MOST_CONSTANTS, X.shape[1]))
    codes, X = np.array(code, np.uint8), np.ascontiguousarray(X)
    failed = kernel.derivatives(
        _at(codes), len(codes), constants, _at(padded), _at(X), len(X), X.shape[1], _at(out)
    )  # fmt: skip
    return None if failed else out[: 1 + constants]


def _compiled(
    kernel: ctypes.CDLL,
    forms: Sequence[Form],
    starts: Sequence[Array],
    data: Data,
    mode: int,
    steps: int,
    more: int,
    free: NDArray[np.uint8],
    fits: Fits,
) -> None:
    programs = [program(form) for form in forms]
    code = np.array([byte for one in programs for byte in one], np.uint8)
    code_at = np.cumsum([0, *map(len, programs)]).astype(np.int32)
    constants = np.array([count_constants(form, data.columns) for form in forms], np.int32)
    starts_at = np.cumsum([0, *map(len, starts)]).astype(np.int32)
    rows = np.ascontiguousarray(np.concatenate(starts))
    modes = np.full(len(forms), mode, np.uint8)
    failed = kernel.fit_forms(
        len(forms), _at(code), _at(code_at), _at(constants), _at(free), _at(modes), _at(rows), _at(starts_at),
        _at(data.X), data.columns, _at(data.y), _at(data.weights), data.rows, steps, more,
        ctypes.c_double(data.nu), ctypes.c_double(data.stop), _at(fits.objective), _at(fits.theta), _at(fits.linear),
    )  # fmt: skip
    if failed:
        raise MemoryError(f"no room for the derivatives on {data.rows:,} rows; fit fewer rows")


def _at(array: NDArray[np.generic]) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)


@functools.cache
def _kernel() -> ctypes.CDLL | None:
    return compiled(Path(__file__).with_name("forms.c"), "PELLUCID_FORMS_KERNEL")

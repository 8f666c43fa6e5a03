"""Errors in proportion: over several decades a measurement is as good as its share of the value, not as its size.

A table of one sign can be described either way, and the shorter way counts:

    additive        n/2 log2 mean (y - f)^2 / scale^2
    proportional    n/2 log2 mean (log y/f)^2 + sum log2 |y| / scale          (the sum is the Jacobian of the logarithm)

Additive errors let the largest rows alone decide over a constant; proportional ones let each decade have its say.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .description import FLOOR, data_bits, formula_bits, relative_precision
from .snapping import snap

Array = NDArray[np.float64]
WIDE = 30.0
"""The largest |y| must be this many times the smallest for errors to be looked at in proportion."""


def description_length(expression: sympy.Expr, values: Array, y: Array) -> float:
    """Bits of the formula and of y (rows,) given its `values` (rows,), with the kind of error that suits them better.

    >>> x, y = sympy.Symbol("x", real=True), np.array([1.0, 10.0, 100.0])
    >>> description_length(x, y * [1.01, 0.99, 1.01], y) < description_length(x, y + [1.0, -1.0, 1.0], y)
    True
    """
    rows, scale = len(y), float(np.sqrt(np.mean(y**2))) or 1.0
    error = float(np.sqrt(np.mean((y - values) ** 2))) if np.isfinite(values).all() else np.inf
    bits = formula_bits(expression, relative_precision(error, rows, scale)) + data_bits(error**2, rows, scale)
    spread = proportional_error(values, y)
    if spread is None:
        return bits
    spread = max(spread, FLOOR)
    data = data_bits(spread**2, rows, 1.0) + float(np.log2(np.abs(y) / scale).sum())
    return min(bits, formula_bits(expression, relative_precision(spread, rows, 1.0)) + data)


def proportional_error(values: Array, y: Array) -> float | None:
    """The root mean square of log y / value; None where the signs differ, or y does not span a wide range."""
    sizes = np.abs(y)
    if not ((y > 0).all() or (y < 0).all()) or sizes.max() < WIDE * sizes.min():
        return None
    with np.errstate(all="ignore"):
        logs = np.log(values / y)
    return float(np.sqrt(np.mean(logs**2))) if np.isfinite(logs).all() else None


def snap_constants(expression: sympy.Expr, values: Array, y: Array) -> sympy.Expr | None:
    """The expression with constants as exact as errors in proportion leave them; None where none changes."""
    spread = proportional_error(values, y)
    if spread is None:
        return None
    exact = {number: snap(float(number), 2 * spread * abs(float(number))) for number in expression.atoms(sympy.Float)}
    found = {number: value for number, value in exact.items() if value is not None}
    changed: Any = expression.xreplace(found)
    return changed if found else None

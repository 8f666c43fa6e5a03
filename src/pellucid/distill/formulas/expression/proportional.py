"""Constants made exact where errors are in proportion to the target, which spans several decades."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .description import proportional_error
from .snapping import snap

Array = NDArray[np.float64]


def snap_constants(expression: sympy.Expr, values: Array, y: Array) -> sympy.Expr | None:
    """The expression with constants as exact as errors in proportion leave them, `values` (rows,) being its own at y.

    None where none changes, and where what comes out has no real value (a constant of 0 may have been divided by).

    >>> x, y = sympy.Symbol("x", real=True), np.array([1.0, 10.0, 100.0])
    >>> snap_constants(1.0001 * x, 1.0001 * y, y * [1.01, 1.0, 0.99])
    x
    """
    spread = proportional_error(values, y)
    if spread is None:
        return None
    exact = {number: snap(float(number), 2 * spread * abs(float(number))) for number in expression.atoms(sympy.Float)}
    found = {number: value for number, value in exact.items() if value is not None}
    changed: Any = expression.xreplace(found)
    return changed if found and not changed.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I) else None

"""How far a formula misses the rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....artifacts.formulas.formula import Formula, make_formula
from ....subjects.tables.samples import Samples

Array = NDArray[np.float64]


def formula_or_none(
    expression: Any, names: tuple[str, ...], target: str = "y", box: tuple[tuple[float, float], ...] = ()
) -> Formula | None:
    """The formula of a sympy expression; None where a constant in it is no finite real number, as an engine may write.

    >>> import sympy
    >>> formula_or_none(sympy.zoo * sympy.Symbol("x", real=True), ("x",)) is None
    True
    """
    try:
        return make_formula(expression, names, target, box)
    except ValueError:
        return None


def values_of(formula: Formula, X: Array) -> Array | None:
    """The formula at the rows of X (rows, features); None where it is not a finite real number on every one.

    >>> values_of(Formula("1/x", ("x",)), np.array([[1.0], [0.0]])) is None
    True
    """
    try:
        with np.errstate(all="ignore"):
            values = formula(X)
    except Exception:  # printers and compiled code raise all kinds over an infinite, complex or enormous constant
        return None
    return values if np.isfinite(values).all() else None


def error_of(formula: Formula, samples: Samples) -> float:
    """The root mean square of formula - y over the rows; infinite where the formula has no real value on some row.

    >>> error_of(Formula("sqrt(x)", ("x",)), Samples([[1.0], [-1.0]], [1.0, 1.0], ("x",)))
    inf
    """
    values = values_of(formula, samples.X)
    if values is None:
        return np.inf
    with np.errstate(over="ignore"):
        error = float(np.sqrt(np.mean((values - samples.y) ** 2)))
    return error if np.isfinite(error) else np.inf


def size_of(samples: Samples) -> float:
    """The root mean square of the target, 1 where that is 0: what errors are relative to.

    >>> size_of(Samples([[1.0], [2.0]], [3.0, -3.0]))
    3.0
    """
    return float(np.sqrt(np.mean(samples.y**2))) or 1.0

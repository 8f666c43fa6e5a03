"""Powers with an exponent near 0, as the logarithm that they stand for:  b^e = 1 + e ln b + O((e ln b)^2).

A form that has powers but no logarithm comes to this: c (x^e - 1) with a tiny e and a huge c, which no one would write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..expression.tape import CannotCompile, compile_expression


def with_logarithms(expression: Any, X: NDArray[np.float64], names: Sequence[str], near: float = 0.02) -> Any:
    """The expression with each power b^e, of a floating e, as 1 + e ln b where |e ln b| < `near` on all rows of X.

    What is left out is then below near^2 / 2, far less than a constant of noisy rows is known to; fitted anew, the form
    competes with the one that it is from.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> tiny = sympy.Float("1e-5")
    >>> with_logarithms(sympy.exp(1e5 * y * (x**tiny - 1)), np.array([[2.0, 1.0], [9.0, 2.0]]), ["x", "y"])
    exp(1.0*y*log(x))
    """
    powers = [e for e in expression.atoms(sympy.Pow) if e.exp.is_Float and e.free_symbols and abs(e.exp) < near]
    for power in powers:
        try:
            base = compile_expression(power.base, names)(X)
        except CannotCompile:
            continue
        with np.errstate(all="ignore"):
            logarithm = np.log(base)
        if np.isfinite(logarithm).all() and np.abs(float(power.exp) * logarithm).max() < near:
            expression = expression.xreplace({power: 1 + power.exp * sympy.log(power.base)})
    return expression

"""Lenses: functions of the target that may be simpler than the target itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Lens:
    """How values of the target are seen, `look` (any shape), and how what is found is written `back` in a formula."""

    look: Callable[[Values], Values]
    back: Callable[[sympy.Expr], sympy.Expr]


LENSES = {
    "plain": Lens(lambda y: y, lambda e: e),
    "square": Lens(np.square, sympy.sqrt),
    "log": Lens(np.log, sympy.exp),
    "inverse": Lens(lambda y: 1 / y, lambda e: 1 / e),
    "sine": Lens(np.sin, sympy.asin),
    "cosine": Lens(np.cos, sympy.acos),
}
"""By name. The search looks through all of them, a surrogate through the first three."""

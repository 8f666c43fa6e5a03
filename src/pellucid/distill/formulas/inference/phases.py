"""The ways to write a wave: c cos(u + p) = -c cos(u + p + pi) = c sin(u + p + pi/2), its phase within a half turn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import sympy

from ..expression.parametrised import parametrise
from .estimate import Estimate, Rows, estimate


def with_phases(found: Estimate, rows: Rows, many_digits: float = 12.0) -> Iterator[Estimate]:
    """The estimate, and the same with its one wave written otherwise, where a phase is known well enough to matter.

    From `many_digits` nats of constants on another phase may be a short number; below, all phases are as long.
    """
    expression: Any = found.expression()
    waves = expression.atoms(sympy.cos, sympy.sin)
    yield found
    if len(waves) != 1 or found.digits() < many_digits:
        return
    (wave,) = waves
    for written in _written(wave):
        other = estimate(parametrise(expression.xreplace({wave: written})), rows, found.noise)
        if other is not None:
            yield other


def _written(wave: Any) -> list[sympy.Expr]:
    """Four ways: sine and cosine, with either sign, the phase in (-pi, pi]."""
    angle: Any = wave.args[0] if isinstance(wave, sympy.cos) else wave.args[0] - sympy.Float(math.pi / 2)
    phase, rest = angle.as_coeff_Add()
    turned = float(phase)
    return [
        sign * kind(rest + sympy.Float(math.remainder(turned + turn, 2 * math.pi), 17))
        for kind, sign, turn in (
            (sympy.cos, 1, 0.0),
            (sympy.cos, -1, math.pi),
            (sympy.sin, 1, math.pi / 2),
            (sympy.sin, -1, -math.pi / 2),
        )
    ]

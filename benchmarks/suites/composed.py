"""Curves and finite functions that were planted, in halves by their names: what was put in must come back.

Half of the curves hold circles, the others none (noise, a line, a bent line, steps). Half of the functions have a rule
of few nodes, the others are drawn at random or always give one answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CurveCase:
    """Numbers 0, 1, ... on circles of `periods` and along `bend`, in 40 dimensions with noise."""

    name: str
    periods: tuple[float, ...] = ()
    bend: Callable[[Array], Array] | None = None
    noise: float = 0.8
    count: int = 80

    def make(self, generator: np.random.Generator) -> tuple[Array, Array]:
        """Activations (rows, 40) and numbers, each number three times."""
        n = np.repeat(np.arange(float(self.count)), 3)
        columns = [np.zeros_like(n)] if self.bend is None else [self.bend(n)]
        for period in self.periods:
            columns += [np.cos(2 * np.pi * n / period), np.sin(2 * np.pi * n / period)]
        x = np.stack(columns, 1) @ generator.normal(size=(len(columns), 40))
        return x + self.noise * generator.normal(size=x.shape), n


@dataclass(frozen=True)
class FunctionCase:
    """A function of two digits; `rule` where it has one of few nodes."""

    name: str
    rule: Callable[[Array, Array], Array] | None


CURVES = (
    CurveCase("clock", (12.0,)),
    CurveCase("week", (7.0,), noise=1.2),
    CurveCase("decade", (10.0,), np.sqrt),
    CurveCase("leap", (4.0,)),
    CurveCase("tide", (12.42,), count=100),
    CurveCase("golden", (5.236,), noise=0.5),
    CurveCase("lunar", (29.5,), count=100),
    CurveCase("fortnight", (14.0,), lambda n: n / 40),
    CurveCase("static", ()),
    CurveCase("hiss", (), noise=2.0),
    CurveCase("ramp", (), lambda n: n / 20),
    CurveCase("logarithm", (), np.log1p),
    CurveCase("step", (), lambda n: 2.0 * (n > 30)),
    CurveCase("root", (), np.sqrt),
    CurveCase("murmur", (), count=40),
    CurveCase("ledge", (), lambda n: 1.5 * (n > 55)),
)
FUNCTIONS = (
    FunctionCase("copies the second", lambda a, b: b),
    FunctionCase("the larger", np.maximum),
    FunctionCase("the smaller", np.minimum),
    FunctionCase("successor of the first", lambda a, b: (a + 1) % 10),
    FunctionCase("distance", lambda a, b: np.abs(a - b)),
    FunctionCase("equal", lambda a, b: a == b),
    FunctionCase("at least", lambda a, b: a >= b),
    FunctionCase("carry", lambda a, b: (a + b) // 10),
    FunctionCase("last digit of a product", lambda a, b: a * b % 10),
    FunctionCase("parity of the sum", lambda a, b: (a + b) % 2),
    *(FunctionCase(f"drawn {i}", None) for i in range(10)),
)

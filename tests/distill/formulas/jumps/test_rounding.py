"""Targets that are whole multiples of one step, and the roundings that give them."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.distill.formulas.jumps.rounding import rounded, steps_of
from pellucid.subjects.tables.samples import Samples


def test_rounded_values_and_steps():
    draw = np.random.default_rng(1)
    x = draw.uniform(0, 30, 80)
    samples = Samples(x, np.floor(0.7 * x + 1.2), ("x",))
    steps = steps_of(samples.y)
    assert steps is not None
    assert steps.height == 1
    symbol = sympy.Symbol("x", real=True)
    (found,) = rounded([sympy.Float(0.69) * symbol + sympy.Float(1.3)], samples, steps)
    values = sympy.lambdify(symbol, found, "numpy")(x)
    assert (values == samples.y).all()
    assert steps_of(draw.normal(size=50)) is None
    noisy = steps_of(samples.y * 2.5 + 0.02 * draw.normal(size=80))
    assert noisy is not None
    assert float(noisy.height) == pytest.approx(2.5, abs=0.02)

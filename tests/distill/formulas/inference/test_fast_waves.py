"""Waves that few rows cannot tell from any values."""

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.distill.formulas.expression.parametrised import parametrise
from pellucid.distill.formulas.inference.estimate import Rows
from pellucid.distill.formulas.inference.fast_waves import is_too_fast
from pellucid.distill.formulas.inference.noise import GAUSS
from pellucid.distill.formulas.inference.weigh import estimated, weigh_formulas

X = sympy.Symbol("x", real=True)


def rows(count: int, seed: int = 0) -> Rows:
    draw = np.random.default_rng(seed)
    return Rows(draw.uniform(0, 1, (count, 1)), draw.normal(size=count), np.ones(count), ("x",), 1e-15)


@given(st.integers(5, 60), st.floats(0.1, 900), st.integers(0, 9))
def test_a_wave_below_half_a_cycle_a_row_is_never_too_fast_nor_one_with_rows_to_spare(count, frequency, seed):
    some = rows(count, seed)
    form = parametrise(1.1 + 2.3 * sympy.cos(frequency * X + 0.3))
    slow = frequency * float(np.ptp(some.X)) <= np.pi * (count - 1)
    assert is_too_fast(form, some) == (not slow and count < 4 * len(form.symbols))


def test_the_wave_within_a_wave_counts_by_its_values():
    few = rows(9)
    bent = 1 + 0.7 * sympy.cos(503.26 * X + 1.5) * sympy.cos(2.5 * sympy.exp(0.3 * X) - 0.2)
    assert is_too_fast(parametrise(bent), few)
    assert not is_too_fast(parametrise(sympy.exp(-0.3 * X) * 2.5), few)


@pytest.mark.parametrize("seed", range(5))
def test_few_rows_of_noise_are_not_met_by_a_fast_wave(seed):
    few = rows(9, seed)
    wave = 0.4 + 1.3 * sympy.cos(611.7 * X + 0.3)
    assert estimated(wave, few, [GAUSS]) == []
    mean = weigh_formulas([sympy.Float(0.2), wave], few, [GAUSS])
    assert not mean[0].expression.has(sympy.cos)

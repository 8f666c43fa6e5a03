"""Given forms are fitted from nowhere: starts, noise models, linear constants."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.given.fit import fit_form, linear_constants
from pellucid.distill.formulas.given.form_text import read_form
from pellucid.distill.formulas.inference.weigh import rows_of
from pellucid.subjects.tables.samples import Samples

TIMES = np.linspace(0.1, 10, 120)


def fitted(text, x, y, name="t", seed=0):
    table = Samples(x, y, (name,))
    found = fit_form(read_form(text, (name,)).parametrised(), rows_of(table), seed)
    return dict(zip((symbol.name for symbol in found.form.symbols), map(float, found.theta), strict=True)), found


@settings(max_examples=6, deadline=None)
@given(st.integers(-12, 12), st.integers(-12, 12), st.floats(0.2, 2.0))
def test_units_do_not_matter(column, target, rate):
    """A decay whose constants have any powers of ten is found from its form alone."""
    x = TIMES * 10.0**column
    values, _ = fitted("a*exp(-b*t) + c", x, 10.0**target * (3 * np.exp(-rate * TIMES) + 1))
    assert values["b"] * 10.0**column == pytest.approx(rate, rel=1e-6)
    assert values["a"] / 10.0**target == pytest.approx(3, rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.floats(1.0, 30.0), st.floats(-3.0, 3.0))
def test_a_wave_is_found_at_any_frequency_below_the_sampling(frequency, phase):
    values, found = fitted("a*cos(w*t + p)", TIMES, 2 * np.cos(frequency * TIMES + phase))
    assert abs(values["w"]) == pytest.approx(frequency, rel=1e-6)
    assert np.abs(found.values - 2 * np.cos(frequency * TIMES + phase)).max() < 1e-6


def test_the_noise_model_is_chosen():
    draw = np.random.default_rng(0)
    clean = 4e6 * np.exp(-5000 / (300 + 10 * TIMES))
    _, relative = fitted("A*exp(-E/t)", 300 + 10 * TIMES, clean * (1 + 0.02 * draw.normal(size=120)))
    noisy = 2 * np.exp(-0.3 * TIMES) + 0.01 * draw.normal(size=120)
    _, even = fitted("a*exp(-b*t)", TIMES, noisy)
    noisy[7] += 3
    values, heavy = fitted("a*exp(-b*t)", TIMES, noisy)
    assert [found.noise.name for found in (relative, even, heavy)] == ["relative", "Gauss", "Gauss with gross errors"]
    assert values["b"] == pytest.approx(0.3, abs=0.01)


def test_products_of_constants_are_not_linear_together():
    a, b, x = sympy.symbols("a b x", real=True)
    assert linear_constants(a * b * x, [a, b]) == {a}
    assert linear_constants(a * x + b, [a, b]) == {a, b}


def test_many_rows_are_fitted_from_few():
    x = np.linspace(0, 10, 5000)
    draw = np.random.default_rng(1)
    values, found = fitted("K/(1 + exp(-b*(t - m)))", x, 62 / (1 + np.exp(-0.8 * (x - 4))) + draw.normal(size=5000))
    assert values["m"] == pytest.approx(4, abs=0.05)
    assert len(found.values) == 5000


def test_a_form_without_a_value_names_the_row():
    with pytest.raises(ValueError, match=r"not finite on row 3 \(t = -2\)"):
        fitted("a*sqrt(t)", np.array([1.0, 2.0, -2.0, 3.0]), np.array([1.0, 2.0, 3.0, 4.0]))

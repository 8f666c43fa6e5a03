import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.distill.formulas.algebra.algebraic import Algebraic
from pellucid.distill.formulas.inference.factors import factors
from pellucid.subjects.tables.samples import Samples
from pellucid.subjects.tables.units import units_of


def signed(draw, rows, power):
    """Two decades around 10^power, of either sign."""
    return 10 ** draw.uniform(power - 1, power + 1, rows) * draw.choice([-1, 1], rows)


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=4), st.integers(-32, 32), st.integers(0, 99))
def test_exponents_of_factors_are_found_whatever_their_scale(halves, power, seed):
    draw = np.random.default_rng(seed)
    X = np.column_stack([10 ** draw.uniform(power - 1, power + 1, 400) for _ in halves])
    v = draw.uniform(1, 3, 400)
    found = factors(np.column_stack([X, v]), np.prod((X / 10.0**power) ** (np.array(halves) / 2), axis=1) * (1 + v**2))
    assert found is not None
    assert [2 * exponent for exponent in found.exponents] == [*halves, 0]
    assert found.rest == (len(halves),)


def test_what_is_left_is_the_rest_and_goes_back():
    draw = np.random.default_rng(1)
    q, idle, v = signed(draw, 600, -10), signed(draw, 600, 20), draw.uniform(0.1, 0.9, 600)
    samples = Samples(np.column_stack([q, idle, v]), q**3 / np.sqrt(1 - v**2), ("q", "idle", "v"))
    found = factors(samples.X, samples.y)
    assert found is not None
    assert found.rest == (2,)
    reduced = found.reduced(samples)
    assert reduced.names == ("v",)
    assert np.allclose(reduced.y, 1 / np.sqrt(1 - v**2))
    v_, q_ = sympy.symbols("v q", real=True)
    assert found.restored(1 + v_, samples.names) == q_**3 * (1 + v_)


def test_columns_that_act_only_together_are_no_idle_ones():
    a, b, c = np.random.default_rng(2).uniform(0, 2 * np.pi, (3, 2000))
    found = factors(np.column_stack([a, b, c]), 3 + np.cos(a - b))
    assert found is not None
    assert found.rest == (0, 1)


def test_units_go_along():
    draw = np.random.default_rng(3)
    m, v, c = draw.uniform(1, 5, 400), draw.uniform(1, 2, 400), draw.uniform(3, 9, 400)
    units = units_of({"m": "kg", "v": "m/s", "c": "m/s"}, "kg m/s", ("m", "v", "c"))
    samples = Samples(np.column_stack([m, v, c]), m * v / np.sqrt(1 - v**2 / c**2), ("m", "v", "c"), units=units)
    found = factors(samples.X, samples.y)
    assert found is not None
    assert found.rest == (1, 2)
    left = found.reduced(samples).units
    assert left is not None
    assert left.text(left.target) == "m/s"


@pytest.mark.parametrize("rows", [3, 39])
def test_few_rows_tell_nothing(rows):
    X = np.random.default_rng(4).uniform(1, 2, (rows, 2))
    assert factors(X, X[:, 0]) is None


def test_targets_of_zero_and_noise_tell_nothing_false():
    draw = np.random.default_rng(5)
    X = draw.uniform(1, 2, (300, 2))
    assert factors(X, np.zeros(300)) is None
    found = factors(X, draw.normal(size=300))
    assert found is None or all(exponent == 0 for exponent in found.exponents)


@pytest.mark.parametrize("law", ["q1*q2/r**2", "q1/(m*(w**2 - v**2))"])
def test_algebra_reads_laws_in_si_units_beside_idle_columns(law):
    draw = np.random.default_rng(6)
    names = ("q1", "idle0", "q2", "m", "idle1", "r", "w", "v")
    X = np.column_stack([signed(draw, 600, power) for power in (-10, 15, -10, -27, -20, -3, 10, 10)])
    y = sympy.lambdify(names, sympy.sympify(law) * sympy.Float("8.98755e9"))(*X.T)
    finding = Algebraic(refits=0).explain(Samples(X, y, names))
    error = finding.measured("error")
    assert error is not None
    assert error < 1e-12
    assert set(map(str, finding.artifact.sympy().free_symbols)) == set(map(str, sympy.sympify(law).free_symbols))

import numpy as np
import pytest
import scipy.special as special
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts.formulas.formula import make_formula
from pellucid.distill.formulas.algebra.sums import exact_sums, weights_of, with_one_phase

x, y = sympy.symbols("x y", real=True)
whole = st.integers(-9, 9).filter(bool).map(lambda k: sympy.Rational(k, 2))
arguments = st.sampled_from([x, y, x**2, x * y, x + y, x - y, x + x**2])
functions = st.sampled_from([sympy.sin, sympy.cos, sympy.exp])
factors = st.builds(lambda function, argument: function(argument), functions, arguments)
terms = st.one_of(factors, st.builds(lambda monomial, factor: monomial * factor, st.sampled_from([x, y]), factors))
polynomials = st.builds(
    lambda numbers: sum(number * m for number, m in zip(numbers, (1, x, y, x**2, x * y), strict=True)),
    st.tuples(*[st.one_of(st.just(sympy.Integer(0)), whole)] * 5),
)


def found_in(law, rows=40, seed=0):
    X = np.random.default_rng(seed).uniform(-1.5, 1.5, (rows, 2))
    return exact_sums(X, make_formula(law, ("x", "y"))(X), ("x", "y"))


def assert_is(expression, law):
    X = np.random.default_rng(9).uniform(-2, 2, (200, 2))
    truth = make_formula(law, ("x", "y"))(X)
    assert np.allclose(make_formula(expression, ("x", "y"))(X), truth, rtol=0, atol=1e-7 * np.abs(truth).max())


@settings(max_examples=3)
@given(polynomials, whole, terms)
def test_a_polynomial_and_a_term_are_found(polynomial, number, term):
    law = polynomial + number * term
    assert_is(found_in(law)[0].expression, law)


@pytest.mark.slow
@settings(max_examples=5)
@given(whole, factors, whole, factors)
def test_two_functions_are_found(a, one, b, other):
    law = a * one + b * other + 1
    assert_is(found_in(law)[0].expression, law)


@pytest.mark.slow
@settings(max_examples=5)
@given(st.lists(whole, min_size=3, max_size=6))
def test_a_quotient_of_polynomials_is_found(numbers):
    a, b, *rest = numbers
    law = (x**3 + a * x * y + sum(rest)) / (3 + x**2 + b**2 * y**2)
    assert_is(found_in(law, rows=60)[0].expression, law)


@settings(max_examples=3)
@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(-3, 3), whole)
def test_a_wave_of_a_shifted_product_is_found_with_its_phase(p, q, phase, size):
    law = x * y + size * sympy.sin((x + p) * (y + q) + phase)
    expression = found_in(law)[0].expression
    assert_is(expression, law)
    assert not expression.has(sympy.Float)


def test_products_of_functions_of_four_columns_are_found_beside_a_constant():
    X = np.random.default_rng(0).uniform(0.5, 3, (100, 4))
    a, b, c, d = X.T
    found = exact_sums(X, 7 - 2 * np.tan(a) / np.sqrt(b) * np.log(c) * np.exp(-d), "abcd")[0].expression
    assert str(sympy.expand(found)) == "7 - 2*exp(-d)*log(c)*tan(a)/sqrt(b)"


def test_a_factor_in_common_is_found_where_the_target_spans_many_sizes():
    X = np.random.default_rng(0).uniform(-30, 30, (300, 3))
    a, b, c = X.T
    found = exact_sums(X, 12 - 6 * np.exp(-b) * (np.tan(a) - np.cos(c)), "abc")[0].expression
    assert sympy.expand(found) == sympy.expand(
        sympy.sympify("12 - 6*exp(-b)*(tan(a) - cos(c))").xreplace(
            {sympy.Symbol(n): sympy.Symbol(n, real=True) for n in "abc"}
        )
    )


@pytest.mark.parametrize(
    "law",
    [
        sympy.exp(-((x - 1) ** 2)) / (sympy.Rational(6, 5) + (y - 2) ** 2),
        x**2 * sympy.exp(-x) * sympy.sin(x) ** 2 * sympy.cos(x) * (y + 3),
        sympy.sin(x) / (2 + sympy.cos(y)),
    ],
)
def test_a_function_times_a_polynomial_or_harmonics_is_found(law):
    assert_is(found_in(law)[0].expression, law)


STRANGE = {
    "j0": special.j0,
    "airy": lambda u: special.airy(u)[0],
    "dawson": special.dawsn,
    "erf": special.erf,
    "lambert": lambda u: special.lambertw(u + 3).real,
    "elliptic": lambda u: special.ellipk((u + 2) / 5),
    "gamma": lambda u: special.gamma(u + 3),
    "zeta": lambda u: special.zeta(u + 4),
}


@pytest.mark.parametrize("rows", [20, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", STRANGE)
def test_a_function_that_no_sum_is_is_not_called_one(name, rows):
    """Smooth functions are followed ever closer by many terms: none is exact, whatever the rows."""
    X = np.sort(np.random.default_rng(rows).uniform(-1.5, 1.5, rows))[:, None]
    assert not exact_sums(X, STRANGE[name](X[:, 0]), ("x",))


@pytest.mark.parametrize("names", [("exp", "sin"), ("lambda", "pi"), ("my column", "b-c"), ("E", "I")])
def test_columns_may_be_called_anything(names):
    X = np.random.default_rng(0).uniform(0.5, 2, (30, 2))
    (found,) = exact_sums(X, 1 + 2 * X[:, 0] ** 2 + 3 * np.sin(X[:, 1]), names)[:1]
    first, second = (sympy.Symbol(name, real=True) for name in names)
    assert found.expression.xreplace({second: x}) == (1 + 2 * first**2 + 3 * sympy.sin(x))


@pytest.mark.parametrize("scale", [0.0, 1e-200, 1e200])
def test_columns_of_any_size_are_looked_at(scale):
    X = np.random.default_rng(0).uniform(0.5, 2, (30, 2)) * [scale, 1]
    assert str(exact_sums(X, X[:, 1] ** 2 + 1, ("a", "b"))[0].expression) == "b**2 + 1"


def test_noise_holds_no_sum():
    draw = np.random.default_rng(0)
    X = draw.uniform(-1, 1, (30, 2))
    assert not exact_sums(X, X[:, 0] + 1e-6 * draw.normal(size=30), ("x", "y"))


def test_a_phase_that_is_no_short_number_stays_in_two_waves():
    two = sympy.Float(0.3, 17) * sympy.sin(x) + sympy.Float(0.71, 17) * sympy.cos(x)
    assert with_one_phase(two) == two


def test_rows_are_weighed_where_the_target_spans_many_sizes():
    assert weights_of(np.array([1.0, 1.0, 1e9])).tolist() == pytest.approx([0.5, 0.5, 1e-9])

import math

import numpy as np
import pytest
import sympy

pytest.importorskip("flint")

from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.prove.formulas.arb_functions import NotBounded, series_function
from pellucid.prove.formulas.network_bound import Layer, X, _carried, _multiplied, bound_network
from pellucid.prove.formulas.spline_edges import SplineEdge, _least, slope_bound, sup, value_range


def basis(t, cells):
    """The cubic B-splines at t (in cells), continued in a straight line outside: an independent formulation."""
    cell = np.clip(np.floor(t), 0, cells - 1).astype(int)
    f = np.clip(t - cell, 0, 1)
    beyond = (t - cell - f)[:, None]
    values = np.stack([(1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3], 1) / 6
    slopes = np.stack([-((1 - f) ** 2), 3 * f**2 - 4 * f, -3 * f**2 + 2 * f + 1, f**2], 1) / 2
    matrix = np.zeros((len(t), cells + 3))
    for k in range(4):
        matrix[np.arange(len(t)), cell + k] = (values + beyond * slopes)[:, k]
    return matrix


def fitted(function, low, high, cells):
    x = np.linspace(low, high, 50 * cells)
    return np.linalg.lstsq(basis((x - low) / (high - low) * cells, cells), function(x), rcond=None)[0]


def layer(functions, low, high, cells=8, sums=None, noise=0.0):
    """functions[i][o], each fitted on [low[i], high[i]]."""
    generator = np.random.default_rng(0)
    rows = [[fitted(f, a, b, cells) for f in row] for row, a, b in zip(functions, low, high, strict=True)]
    coefficients = np.array(rows).transpose(0, 2, 1)
    coefficients = coefficients + noise * generator.normal(size=coefficients.shape)
    inputs, _, outputs = coefficients.shape
    return Layer(
        coefficients,
        np.array(low, float),
        np.array(high, float),
        None,
        np.ones((inputs, outputs)),
        outputs if sums is None else sums,
    )


def run(layers, x):
    for one in layers:
        cells = one.coefficients.shape[1] - 3
        total = 0.0
        for i in range(x.shape[1]):
            t = (x[:, i] - one.low[i]) / (one.high[i] - one.low[i]) * cells
            total = total + basis(t, cells) @ (one.coefficients[i] * one.mask[i])
        pairs = total[:, one.sums :]
        x = np.concatenate([total[:, : one.sums], pairs[:, 0::2] * pairs[:, 1::2]], 1)
    return x


EDGES = [
    (sympy.sin(sympy.pi * X), -1, 1),
    (sympy.exp(X / 2), -1, 2),
    (X**2, -1, 1),
    (1 / X, 0.3, 2),
    (sympy.sqrt(X), 0.2, 3),
    (sympy.tanh(3 * X), -1, 1),
    (sympy.log(X + 2) / 3, -1, 1),
    (sympy.atan(X) * sympy.Float(0.1), -2, 2),
]


@pytest.mark.parametrize("cells", [3, 12])
@pytest.mark.parametrize(("formula", "low", "high"), EDGES)
@pytest.mark.parametrize("beyond", [0.0, 0.1])
def test_the_bound_holds_and_is_tight(formula, low, high, cells, beyond):
    function = sympy.lambdify(X, formula)
    coefficients = fitted(function, low, high, cells)
    a, b = low - beyond, high + beyond
    bound, _ = sup(SplineEdge(coefficients.tolist(), low, high).pieces(a, b), series_function(formula, X))
    x = np.linspace(a, b, 5001)
    spline = basis((x - low) / (high - low) * cells, cells) @ coefficients
    seen = np.abs(spline - function(x)).max()
    assert seen - 1e-14 <= bound <= 1.2 * seen + 1e-13


def test_ranges_and_slopes_enclose():
    edge = SplineEdge(np.random.default_rng(0).normal(size=9).tolist(), -1.0, 2.0, base=0.7)
    x = np.linspace(-1.5, 2.5, 4001)
    values = basis((x + 1) / 3 * 6, 6) @ np.array(edge.coefficients) + 0.7 * x / (1 + np.exp(-x))
    low, high = value_range(edge.pieces(-1.5, 2.5))
    assert low <= values.min()
    assert values.max() <= high
    assert high - low < 2 * np.ptp(values)
    assert 1.0 <= slope_bound(series_function(sympy.sin(X), X), -1, 1) < 1.01


def test_a_network_is_bounded_through_its_layers():
    layers = [
        layer([[lambda x: np.sin(np.pi * x)], [lambda x: x**2]], [-1, -1], [1, 1], noise=1e-4),
        layer([[np.exp]], [-1.2], [2.2], cells=20),
    ]
    edges = {(0, 0, 0): sympy.sin(sympy.pi * X), (0, 1, 0): X**2, (1, 0, 0): sympy.exp(X)}
    bound = bound_network(layers, edges, [(-1, 1), (-1, 1)])
    x = np.random.default_rng(1).uniform(-1, 1, (100_000, 2))
    seen = np.abs(run(layers, x)[:, 0] - np.exp(np.sin(np.pi * x[:, 0]) + x[:, 1] ** 2)).max()
    assert seen <= bound.errors[0] < 4 * seen


def test_products_are_bounded():
    layers = [layer([[lambda x: x, np.zeros_like], [np.zeros_like, lambda x: x]], [0, 0], [2, 3], sums=0, noise=1e-5)]
    edges = {(0, 0, 0): X, (0, 1, 1): X}
    bound = bound_network(layers, edges, [(0, 2), (0, 3)])
    x = np.random.default_rng(1).uniform((0, 0), (2, 3), (100_000, 2))
    seen = np.abs(run(layers, x)[:, 0] - x.prod(1)).max()
    assert seen <= bound.errors[0] < 4 * seen


def test_a_wrong_formula_gets_a_large_bound():
    layers = [layer([[np.sin]], [-1], [1])]
    assert bound_network(layers, {(0, 0, 0): sympy.cos(X)}, [(-1, 1)]).errors[0] > 1
    assert bound_network(layers, {}, [(-1, 1)]).errors[0] > 0.8  # no formula is the formula 0


def test_a_singular_formula_has_no_bound():
    layers = [layer([[np.sin]], [-1], [1])]
    assert math.isinf(bound_network(layers, {(0, 0, 0): 1 / X}, [(-1, 1)]).errors[0])


@pytest.mark.parametrize("formula", [sympy.gamma(X), sympy.Symbol("z"), sympy.zoo])
def test_says_what_it_cannot_enclose(formula):
    with pytest.raises(NotBounded):
        series_function(formula, X)


@pytest.mark.parametrize(
    "formula",
    [
        sympy.sinh(X), sympy.cosh(X), sympy.asinh(X), sympy.acosh(X + 1), sympy.atanh(X / 2), sympy.asin(X / 2),
        sympy.acos(X / 2), sympy.tan(X), sympy.erf(X), sympy.Abs(X - 3), X ** sympy.Rational(-3, 2), X ** sympy.pi,
        X**-2, sympy.E * X + sympy.Float(0.1), sympy.sqrt(X), sympy.Integer(3),
    ],
)  # fmt: skip
def test_balls_hold_the_value(formula):
    with ctx.workprec(128):
        value = series_function(formula, X)(arb(0.75))
        assert abs(float(value.mid()) - float(formula.subs(X, 0.75))) < 1e-14
        assert float(value.rad()) < 1e-30


def test_the_box_must_fit():
    with pytest.raises(ValueError, match="give 1"):
        bound_network([layer([[np.sin]], [-1], [1])], {}, [(-1, 1), (0, 1)])


SPAN = st.tuples(st.integers(-20, 20), st.integers(-20, 20)).map(sorted)


@given(SPAN, SPAN, st.integers(0, 8), st.integers(0, 8))
@settings(max_examples=80, deadline=None)
def test_products_of_nodes_are_enclosed(first, second, first_error, second_error):
    """Ranges and errors of a and b against all corners of (a, b, a', b')."""
    spans, errors = _multiplied([(0.0, 1.0), tuple(first), tuple(second)], [0.5, first_error, second_error], 1)
    assert spans[0] == (0.0, 1.0)
    assert errors[0] == 0.5
    corners = [a * b for a in first for b in second]
    low, high = spans[1]
    assert low <= min(corners)
    assert max(corners) <= high
    assert high - low <= max(corners) - min(corners) + 1e-12
    far = [
        abs(a * b - (a + s * first_error) * (b + t * second_error))
        for a in first
        for b in second
        for s in (-1, 1)
        for t in (-1, 1)
    ]
    largest = max(map(abs, first)), max(map(abs, second))
    assert max(far) <= errors[1] <= largest[0] * second_error + (largest[1] + second_error) * first_error + 1e-9


@pytest.mark.parametrize("span", [(-1.0, 0.0), (0.0, 1.0)])
def test_an_error_is_carried_by_the_steepest_slope_that_it_can_reach(span):
    square = series_function(X**2, X)
    carried = _carried(square, span, 0.5)
    assert 0.5 * 3 <= carried <= 0.5 * 3.1
    assert _carried(square, span, 0.0) == 0
    assert math.isinf(_carried(square, span, math.inf))


def test_no_point_of_an_interval_is_missed():
    """Of a steep line, one rounding beside an end counts."""
    low, step = 1.0, 2.0**-52
    zero = series_function(sympy.Integer(0), X)
    with ctx.workprec(128):
        for line in (series_function((X - 2) * 2**80, X), series_function((X - 0.5) * 2**80, X)):
            bound, count = sup([(low, low + 4 * step, line)], zero)
            true = max(abs(float(line(arb(x)).mid())) for x in (low, low + 4 * step))
            assert true <= bound <= true * (1 + 8 * step)
            assert count >= 1
    assert sup([], zero) == (0.0, 0)


def test_what_a_value_surely_reaches():
    assert _least(arb(-3)) == 3
    assert _least(arb(1.5, 0.5)) <= 1
    assert _least(arb(0, 1)) <= 0
    assert _least(arb.nan()) == 0


def test_the_absolute_value_is_smooth_on_either_side_of_0():
    absolute = series_function(sympy.Abs(X), X)
    for low, high in ((0.5, 1.0), (-1.0, -0.5)):
        assert 1 <= slope_bound(absolute, low, high, parts=1) < 1.01
    assert math.isinf(slope_bound(absolute, -1.0, 1.0, parts=1))
    assert sup([(0.5, 1.0, absolute)], series_function(sympy.Integer(0), X))[0] >= 1


SINGULAR = [1 / X, sympy.log(X), sympy.sqrt(X), sympy.Abs(X) * X, 1 / X**2 + X, sympy.tan(2 * X), X**sympy.pi]


@pytest.mark.parametrize("formula", SINGULAR)
def test_where_nothing_is_known_there_is_no_bound(formula):
    """The interval is no multiple of a power of 2 on either side of 0, so that no midpoint meets the singular point."""
    function, zero = series_function(formula, X), series_function(sympy.Integer(0), X)
    for low, high in ((-1.0, 1.5), (-0.3, 1.7)):
        assert math.isinf(slope_bound(function, low, high, parts=1))
        assert math.isinf(slope_bound(function, low, high))
        assert math.isinf(sup([(low, high, zero)], function, most=200)[0])
        assert math.isinf(_carried(function, (low, high), 0.1))


def test_bisection_stops_where_it_is_good_enough():
    bound, count = sup([(-1.0, 1.0, series_function(sympy.sin(X), X))], series_function(sympy.Integer(0), X))
    assert math.sin(1) <= bound < 1.06 * math.sin(1)
    assert count < 100


def test_a_mask_is_there_or_not():
    one = layer([[np.sin]], [-1], [1])
    half = Layer(one.coefficients, one.low, one.high, None, one.mask / 2, 1)
    with pytest.raises(ValueError, match=r"mask\[0, 0\] is 0.5"):
        bound_network([half], {}, [(-1, 1)])
    none = Layer(one.coefficients, one.low, one.high, None, 0 * one.mask, 1)
    assert bound_network([none], {}, [(-1, 1)]).errors[0] == 0
    assert bound_network([none], {(0, 0, 0): X}, [(-1, 1)]).errors[0] >= 1

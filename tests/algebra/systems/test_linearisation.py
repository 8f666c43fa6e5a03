import pytest

pytest.importorskip("flint")

import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.algebra.systems.linearisation import is_linearisable

T, X, V = sympy.symbols("t x v", real=True)


@pytest.mark.parametrize(
    ("text", "linear"),
    [
        ("0", True), ("-x", True), ("-3*x*v - x**3", True), ("v**2", True), ("v**3", True), ("x*v**3", True),
        ("t*v**3", True), ("v**2/x", True), ("-v/3 - 2*x", True), ("exp(t)*x + v*sin(t)", True),
        ("-v - exp(x)*v**2", True),
        ("x**2", False), ("x**(-3)", False), ("exp(x)", False), ("v**4", False), ("-x*v - x**3", False),
        ("-2*v/t - x**5", False), ("(1 - x**2)*v - x", False), ("sin(x)", False), ("1/v", False),
    ],
)  # fmt: skip
def test_what_the_literature_says(text, linear):
    assert is_linearisable(parse(text, ("t", "x", "v")), T, X, V) is linear


@pytest.mark.parametrize(
    "change", [("t + x**2", "x"), ("t", "x + t*x**2"), ("t*x", "x + t"), ("t + x", "t - x**3/3"), ("x", "exp(t)*x")]
)
def test_whatever_comes_from_a_straight_line_goes_back(change):
    """Y'' = 0 in Y = psi(t, x), Z = phi(t, x), written as an equation for x(t)."""
    phi, psi = (parse(text, ("t", "x")) for text in change)

    def along(e):
        return sympy.diff(e, T) + V * sympy.diff(e, X)

    slope = along(psi) / along(phi)
    a = sympy.Symbol("a")
    total = sympy.together(along(slope) + a * sympy.diff(slope, V))
    (acceleration,) = sympy.solve(sympy.numer(total), a)
    assert is_linearisable(sympy.cancel(acceleration), T, X, V)
    assert not is_linearisable(sympy.cancel(acceleration) + X**7, T, X, V)


def test_parameters_stay_symbols():
    k = sympy.Symbol("k", real=True)
    assert is_linearisable(-3 * k * X * V - k**2 * X**3, T, X, V, [k])
    assert not is_linearisable(-3 * k * X * V - k * X**3, T, X, V, [k])

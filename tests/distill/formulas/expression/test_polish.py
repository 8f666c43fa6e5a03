"""A right structure with wrong constants becomes the law; a wrong structure stays wrong, and says so by its error."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.distill.formulas.expression.polish import evaluate_candidate, polish
from pellucid.distill.formulas.expression.tape import CannotCompile, compile_expression

LAWS = {
    "coulomb": ("q1*q2/(4*pi*epsilon*r**2)", (1, 5), "0.08*q1*q2/(epsilon*r**2.05)"),
    "gauss": ("exp(-(theta/sigma)**2/2)/(sqrt(2*pi)*sigma)", (1, 3), "0.38*exp(-0.53*(theta/sigma)**2)/sigma"),
    "relativity": ("m*c**2/sqrt(1-v**2/c**2)", ((1, 5), (3, 10), (1, 2)), "1.05*m*c**2/sqrt(1.02-0.97*v**2/c**2)"),
    "mean": ("(m1*r1+m2*r2)/(m1+m2)", (1, 5), "(1.1*m1*r1+1.2*m2*r2)/(1.15*m1+1.05*m2)"),
    "cosine": ("-p*E1*cos(theta)", (1, 5), "1.03*p*E1*sin(theta-1.5)"),
    "self_energy": ("3*q**2/(20*pi*epsilon*d)", (1, 5), "0.05*q**2/(epsilon*d)+0.001"),
}


def symbols_of(text: str) -> dict[str, sympy.Symbol]:
    names = sorted({str(s) for s in sympy.parse_expr(text, {"E1": sympy.Symbol("E1")}).free_symbols})
    return {name: sympy.Symbol(name, real=True) for name in names}


def read(text: str, known: dict[str, sympy.Symbol]) -> sympy.Expr:
    return sympy.parse_expr(text, dict(known))


def rows_of(law: str, noise: float, seed: int = 0):
    text, ranges, start = LAWS[law]
    known = symbols_of(text)
    generator = np.random.default_rng(seed)
    order = {"relativity": ["m", "c", "v"]}.get(law, list(known))
    pairs = ranges if isinstance(ranges[0], tuple) else [ranges] * len(order)
    X = np.column_stack([generator.uniform(low, high, 1000) for low, high in pairs])
    truth = read(text, known)
    y = np.asarray(compile_expression(truth, order)(X))
    y = y + noise * np.sqrt(np.mean(y**2)) * generator.standard_normal(len(y))
    return truth, read(start, known), X, y, order


@pytest.mark.parametrize("law", sorted(LAWS))
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_the_law_comes_back_exactly(law, noise):
    truth, start, X, y, names = rows_of(law, noise)
    found = polish(start, X, y, names)
    assert found is not None
    assert sympy.simplify(found.expression - truth) == 0


@pytest.mark.parametrize("law", ["coulomb", "relativity", "mean", "cosine"])
def test_the_law_comes_back_under_ten_percent_noise(law):
    truth, start, X, y, names = rows_of(law, 0.1)
    found = polish(start, X, y, names)
    assert found is not None
    assert sympy.simplify(found.expression - truth) == 0


def test_a_wrong_structure_does_not_pass_for_the_law():
    _, _, X, y, names = rows_of("gauss", 0.0)
    theta, sigma = sympy.Symbol("theta", real=True), sympy.Symbol("sigma", real=True)
    found = polish(1.1 / (sigma + 0.5 * theta**2 / sigma + 0.3 * theta), X, y, names)
    assert found is not None
    assert found.error > 1e-4


def test_constants_of_nature_stay_free():
    x = sympy.Symbol("x", real=True)
    X = np.random.default_rng(0).uniform(1, 2, (200, 1))
    found = polish(2.0 * x**2, X, 1.234567891234 * X[:, 0] ** 2, ["x"])
    assert found is not None
    assert float(found.expression.coeff(x**2)) == pytest.approx(1.234567891234, rel=1e-13)
    assert polish(2.0 * x, X, 3 * X[:, 0], ["x"], snap=False).expression.has(sympy.Float)  # pyright: ignore


def test_terms_that_are_not_there_are_dropped():
    x = sympy.Symbol("x", real=True)
    X = np.random.default_rng(0).uniform(1, 2, (500, 1))
    y = X[:, 0] ** 2 + 0.01 * np.random.default_rng(1).standard_normal(500)
    assert polish(0.9 * x**2 + 0.1 * sympy.sin(x) + 0.05, X, y, ["x"]).expression == x**2  # pyright: ignore


def test_the_same_rows_give_the_same_formula():
    _, start, X, y, names = rows_of("mean", 0.1)
    assert polish(start, X, y, names) == polish(start, X, y, names)


def test_what_is_not_real_on_every_row_is_no_candidate():
    x = sympy.Symbol("x", real=True)
    X = np.linspace(-1, 1, 50)[:, None]
    assert polish(2.0 * sympy.log(x), X, X[:, 0], ["x"]) is None
    assert evaluate_candidate(sympy.sqrt(x), X, X[:, 0], ["x"]) is None


def test_negative_bases_keep_whole_exponents():
    x = sympy.Symbol("x", real=True)
    X = np.linspace(-1, 1, 51)[:, None]
    assert polish(0.7 * x**2.2, X, X[:, 0] ** 2 / 2, ["x"]).expression == x**2 / 2  # pyright: ignore


def test_unknown_symbols_and_functions_are_refused():
    x, z = sympy.symbols("x z", real=True)
    X = np.ones((5, 1))
    with pytest.raises(CannotCompile, match="'z'"):
        polish(2.0 * z, X, X[:, 0], ["x"])
    with pytest.raises(CannotCompile, match="gamma"):
        polish(2.0 * sympy.gamma(x), X, X[:, 0], ["x"])
    with pytest.raises(CannotCompile, match="not real"):
        polish(sympy.I * x + 2.0, X, X[:, 0], ["x"])


def test_the_jacobian_is_the_derivative():
    x, y, a, b, c = sympy.symbols("x y a b c", real=True)
    for e in (a * sympy.exp(b * x) / (1 + c * y), (a + x) ** b + sympy.atan(c * x * y), sympy.sqrt(a * x + b**2) ** c):
        X, values = np.random.default_rng(0).uniform(1, 2, (7, 2)), np.array([1.1, 0.7, 1.3])
        _, J = compile_expression(e, ["x", "y"], [a, b, c]).bind(X).jacobian(values)
        for k, constant in enumerate((a, b, c)):
            slope = compile_expression(e.diff(constant), ["x", "y"], [a, b, c])(X, values.tolist())
            assert np.allclose(J[:, k], slope, rtol=1e-12)

"""Formulas as networks: their structure, how near they are, and what cannot be compiled."""

import numpy as np
import pytest
import sympy
import torch

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts import SplineNetwork, make_formula
from pellucid.core import Proved
from pellucid.distill.formulas.spline.kanpiler import compile_formula

BOXES = {
    "exp(sin(pi*x) + y**2)": ("xy", -1, 1),
    "x*y": ("xy", -1, 1),
    "x*y*z": ("xyz", -1, 2),
    "(u + v)/(1 + u*v)": ("uv", -0.8, 0.8),
    "sqrt(x**2 + y**2)*cos(z)": ("xyz", 0.5, 2),
    "2*a*b*sin(pi*(c + d))*(a + d)": ("abcd", 0.5, 1.5),
    "tanh(5*(x**4 + y**4 + z**4 - 1))": ("xyz", -1, 1),
    "x**y + 3": ("xy", 0.5, 2),
    "1/(x**2 + y**2 - x*y)": ("xy", 0.5, 2),
    "sin(x)": ("xy", -1, 1),
}


def formula_of(text):
    names, low, high = BOXES[text]
    return make_formula(parse(text, names), tuple(names), "f", ((low, high),) * len(names))


@pytest.mark.parametrize("text", BOXES)
def test_the_network_is_the_formula(text):
    formula = formula_of(text)
    compiled = compile_formula(formula)
    X = np.random.default_rng(1).uniform(*np.array(formula.box).T, (1000, len(formula.names)))
    y = formula(X)
    with torch.no_grad():
        found = compiled.network(torch.from_numpy(X)).numpy()[:, 0]
    assert np.abs(found - y).max() <= 1e-6 * np.abs(y).max()
    on = {(k, int(i), int(o)) for k, layer in enumerate(compiled.network.layers) for i, o in layer.mask.nonzero()}
    assert on == set(compiled.edges) == set(compiled.errors)


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("exp(sin(pi*x) + y**2)", [2, 1, 1]),
        ("x*y", [2, (0, 1), 1]),
        ("x*y*z", [3, (1, 1), (0, 1), 1]),
        ("(u + v)/(1 + u*v)", [2, (2, 1), (0, 1), 1]),
        ("sqrt(x**2 + y**2)*cos(z)", [3, 2, (0, 1), 1]),
        ("sin(x)", [2, 1]),
    ],
)
def test_the_structure_is_the_formulas(text, widths):
    assert compile_formula(formula_of(text)).network.widths == widths


@pytest.mark.parametrize("text", ["exp(sin(pi*x) + y**2)", "x*y*z", "sqrt(x**2 + y**2)*cos(z)"])
def test_network_and_formula_are_proved_to_be_close(text):
    pytest.importorskip("flint")
    from pellucid.prove.formulas.bound_certificate import prove_bound

    formula = formula_of(text)
    compiled = compile_formula(formula, grid_size=40, tolerance=1e-5)
    weights = {name: tensor.numpy() for name, tensor in compiled.network.state_dict().items()}
    proof = prove_bound(SplineNetwork(weights, compiled.network.spec()), formula, compiled.edges)
    assert isinstance(proof.claim, Proved), proof.claim
    assert float(proof.claim.statement.split("<= ")[1]) < 1e-3


def test_expressions_need_names_and_a_box():
    x, t = sympy.symbols("x t")
    compiled = compile_formula(t * sympy.exp(x), ["x", "t"], [(0, 1), (-1, 1)], grid_size=50)
    with torch.no_grad():
        assert compiled.network(torch.tensor([[0.5, 0.5]], dtype=torch.float64)).item() == pytest.approx(
            0.5 * np.exp(0.5), rel=1e-6
        )
    assert compile_formula(sympy.Integer(3), ["x"], [(0, 1)]).network(torch.zeros(1, 1).double()).item() == (
        pytest.approx(3)
    )


X, Y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    ("expression", "box", "message"),
    [
        (sympy.Function("f")(X) + Y, [(0, 1)] * 2, "cannot be compiled"),
        (sympy.atan2(X, Y), [(1, 2)] * 2, "several variables"),
        (1 / (X - Y), [(0, 1)] * 2, "finite real"),
        (1 / (X - sympy.Rational(713, 997) * Y), [(0, 1)] * 2, "singular"),
        (sympy.log(X) * Y, [(-1, 1)] * 2, "finite real"),
        (sympy.sqrt(X) + Y, [(0, 1)] * 2, "singular"),
        (sympy.Symbol("z") + X, [(0, 1)] * 2, "none of names"),
        (X + Y, [(0, 1)], "one for each"),
        (X + Y, [(0, 1), (1, 1)], "lower one first"),
    ],
)
def test_what_cannot_be_compiled_is_refused(expression, box, message):
    with pytest.raises(ValueError, match=message):
        compile_formula(expression, ["x", "y"], box)

"""Formulas: every way to compute one agrees, and its file runs by itself."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import sympy
import torch

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts import Formula, make_formula

GAUSS = Formula("exp(-theta**2/2)/sqrt(2*pi)", ("theta",), "f", ((1, 3),))
MIXED = Formula("0.1*asin(a)*b**3 + tanh(a/b)*Abs(a - b) - log(b)/3", ("a", "b"))


def test_every_way_to_compute_it_agrees():
    X = np.random.default_rng(0).uniform(0.1, 0.9, (50, 2))
    expected = 0.1 * np.arcsin(X[:, 0]) * X[:, 1] ** 3 + np.tanh(X[:, 0] / X[:, 1]) * np.abs(X[:, 0] - X[:, 1])
    expected -= np.log(X[:, 1]) / 3
    np.testing.assert_allclose(MIXED(X), expected, rtol=1e-13)
    np.testing.assert_allclose(MIXED.numpy()(*X.T), expected, rtol=1e-13)
    np.testing.assert_allclose(MIXED.torch()(*torch.tensor(X).T), expected, rtol=1e-13)
    space: dict[str, Any] = {}
    exec(MIXED.to_python(), space)
    assert space["y"](*X[0]) == pytest.approx(expected[0], rel=1e-13)


def test_torch_is_differentiable():
    theta = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    GAUSS.torch()(theta).sum().backward()
    assert theta.grad is not None
    np.testing.assert_allclose(theta.grad.numpy(), [-GAUSS([[1.0]])[0], -2 * GAUSS([[2.0]])[0]], rtol=1e-12)


def test_has_no_value_where_it_is_not_real():
    assert np.isnan(Formula("sqrt(x)", ("x",))([[-1.0]])).all()
    assert np.isnan(Formula("log(x)", ("x",))([[-1.0]])).all()
    assert Formula("3", ("x",))([[1.0], [2.0]]).tolist() == [3, 3]


def test_the_file_runs_by_itself(tmp_path):
    formula = Formula("math*line + 1/3", ("math", "line"), "sys", ((0, 1), (0, 1)))
    (tmp_path / "formula.py").write_text(formula.to_python())
    done = subprocess.run(
        [sys.executable, "-I", "formula.py"], cwd=tmp_path, input="3, 2\n1 1\n", capture_output=True, text=True
    )
    assert [float(line) for line in done.stdout.split()] == pytest.approx([6 + 1 / 3, 1 + 1 / 3])


def test_floats_are_kept_to_the_last_digit():
    value = float(np.nextafter(0.1, 1))
    x = sympy.Symbol("x")
    assert Formula(make_formula(value * x, ("x",)).expression, ("x",))([[1.0]])[0] == value


def test_features_win_over_constants():
    assert Formula("E*pi", ("E",))([[2.0]])[0] == pytest.approx(2 * np.pi)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z + 1", "no feature"), ("__import__('os')", "formula calls"), ("x.real", "Attribute"), ("x +", "underst"),
        ("[x]", "List"), ("sin()", "sin"), ("x if x else 1", "IfExp"), ("'a'", "Constant"), ("(" * 9 + "x", "underst"),
        ("True", "Constant"), ("x" * 30_000, "too long"),
    ],
)  # fmt: skip
def test_refuses_what_is_no_formula(text, message):
    with pytest.raises(ValueError, match=message):
        parse(text, ["x"])


def test_refuses_a_table_of_another_width():
    with pytest.raises(ValueError, match="a, b"):
        MIXED(np.ones((3, 3)))


@pytest.mark.parametrize(
    "text",
    ["exp(-a)*cos(3*b)", "3", "a", "Min(a, b, 2)", "Max(a, 1.5)", "erf(a) + Abs(b)", "a**0.3/(1 + b**2)", "sign(a)*b"],
)
def test_the_file_computes_arrays_as_it_does_numbers(text):
    """Numbers without numpy; arrays, lists of numbers and a number beside an array with it."""
    formula, space = Formula(text, ("a", "b"), "y"), {}
    exec(formula.to_python().replace("__main__", "nowhere"), space)
    y, a, b = space["y"], np.linspace(0.1, 2, 7), np.linspace(-1, 1, 7)
    one_by_one = [y(float(p), float(q)) for p, q in zip(a, b, strict=True)]
    assert y(a, b) == pytest.approx(one_by_one)
    assert y(a.tolist(), b.tolist()) == pytest.approx(one_by_one)
    assert y(a[:, None], b).shape == (7, 7)
    assert y(a, 0.5) == pytest.approx([y(float(p), 0.5) for p in a])
    assert one_by_one == pytest.approx(formula(np.column_stack([a, b])))


def test_jax_functions_can_be_differentiated():
    jax = pytest.importorskip("jax")
    formula = Formula("Min(a**2, 3, b) + erf(a)*exp(-b)", ("a", "b"), "y")
    assert float(formula.jax()(1.0, 2.0)) == pytest.approx(formula([[1.0, 2.0]])[0], rel=1e-5)
    slope = 2 + 2 / np.sqrt(np.pi) * np.exp(-1) * np.exp(-2)
    assert float(jax.grad(formula.jax())(1.0, 2.0)) == pytest.approx(slope, rel=1e-5)


def test_without_jax_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    monkeypatch.setitem(sys.modules, "jax.numpy", None)
    with pytest.raises(ImportError, match="pip install jax, or use numpy\\(\\) or torch\\(\\)"):
        Formula("a", ("a",)).jax()


def test_torch_takes_the_least_of_many():
    values = Formula("Min(a, 3, 2*a - 1)", ("a",)).torch()(torch.tensor([0.5, 4.0]))
    assert values.tolist() == pytest.approx([0.0, 3.0])


@pytest.mark.parametrize("text", ["8*exp(-0.4*Mod(x, 6))", "1.5 - 0.3*Mod(x + 0.8, 2.5)**2", "-0.7*x*Mod(0.2*x, 3)"])
def test_a_modulus_keeps_its_brackets_in_a_product(text):
    formula, x = Formula(text, ("x",)), np.linspace(-9, 17, 60)
    expected = [eval(text, {"exp": np.exp, "Mod": np.mod, "x": value}) for value in x]
    namespace: dict[str, Any] = {}
    exec(formula.to_python(), namespace)
    assert formula(x[:, None]) == pytest.approx(expected)
    assert [namespace["y"](value) for value in x.tolist()] == pytest.approx(expected)
    assert namespace["y"](x) == pytest.approx(expected)
    assert formula.torch()(torch.tensor(x)).numpy() == pytest.approx(expected)

import subprocess
import sys

import numpy as np
import pytest
import sympy
import torch

from pellucid.algebra.text import parse
from pellucid.artifacts import Formula, Front, make_formula
from pellucid.core import Finding, Provenance, load_finding

GAUSS = Formula("exp(-theta**2/2)/sqrt(2*pi)", ("theta",), "f", ((1, 3),))
MIXED = Formula("0.1*asin(a)*b**3 + tanh(a/b)*Abs(a - b) - log(b)/3", ("a", "b"))


def test_every_way_to_compute_it_agrees():
    X = np.random.default_rng(0).uniform(0.1, 0.9, (50, 2))
    expected = 0.1 * np.arcsin(X[:, 0]) * X[:, 1] ** 3 + np.tanh(X[:, 0] / X[:, 1]) * np.abs(X[:, 0] - X[:, 1])
    expected -= np.log(X[:, 1]) / 3
    np.testing.assert_allclose(MIXED(X), expected, rtol=1e-13)
    np.testing.assert_allclose(MIXED.numpy()(*X.T), expected, rtol=1e-13)
    np.testing.assert_allclose(MIXED.torch()(*torch.tensor(X).T), expected, rtol=1e-13)
    space = {}
    exec(MIXED.to_python(), space)
    assert space["y"](*X[0]) == pytest.approx(expected[0], rel=1e-13)


def test_torch_is_differentiable():
    theta = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    GAUSS.torch()(theta).sum().backward()
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


def test_a_front_survives_saving(tmp_path):
    front = Front((Formula("1", ("theta",), "f"), GAUSS), (0.5, 0.0), (2.0, 20.0), 1)
    finding = Finding(GAUSS, (), Provenance("Search", {}, 0, ""), {"front": front})
    finding.save(tmp_path / "out")
    loaded = load_finding(tmp_path / "out")
    assert loaded.artifact == GAUSS
    assert loaded.parts["front"] == front
    with pytest.raises(ValueError, match="one error"):
        Front((GAUSS,), (), (1.0,))

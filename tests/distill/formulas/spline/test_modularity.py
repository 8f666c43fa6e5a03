"""Of which parts a function is put together: sums, products, features that enter together, and nothing else."""

import numpy as np
import pytest

from pellucid.distill.formulas.spline.modularity import Module, draw_modules, find_modules
from pellucid.subjects.tables.samples import Samples


@pytest.mark.parametrize(
    ("function", "box", "expected"),
    [
        (lambda X: X[:, 0] ** 3 + np.tanh(X[:, 1] * X[:, 2] / 4), [(1, 3)] * 3, "y = A(x0) + B(x1*x2)"),
        (lambda X: np.exp(-((X[:, 0] - X[:, 1]) ** 2)) * (1 + X[:, 2]), [(1, 3)] * 3, "y = A(x2) * B(x0 - x1)"),
        (lambda X: np.sin(X[:, 0] * np.exp(X[:, 1])) + 0.3 * X[:, 1] ** 2, [(1, 2)] * 2, "y = A(x0, x1)"),
    ],
)
def test_parts_of_a_function(function, box, expected):
    module = find_modules(function, box)
    assert draw_modules(module) == expected
    assert module.score <= 1
    assert find_modules(function, box) == module


def test_parts_of_a_table():
    X = np.random.default_rng(0).uniform(1, 3, (300, 2))
    module = find_modules(Samples(X, np.sqrt(X[:, 0]) * np.cosh(X[:, 1]), ("mass", "speed")))
    assert (module.kind, module.arguments) == ("product", ("mass", "speed"))
    assert draw_modules(module, "energy") == "energy = A(mass) * B(speed)"


def test_parts_of_parts_are_drawn_below():
    inner = Module("product", ("x1", "x2"), (Module("function", ("x1",)), Module("function", ("x2",))))
    outer = Module("sum", ("x0", "x1", "x2"), (Module("function", ("x0",)), inner))
    assert draw_modules(outer, "f") == "f = A(x0) + B(x1, x2)\nB = C(x1) * D(x2)"
    assert draw_modules(Module("square", ("x0", "x1"), outer.parts)).splitlines()[0] == "y = sqrt(A(x0) + B(x1, x2))"


def test_a_function_needs_a_box_and_one_value():
    with pytest.raises(ValueError, match="box is empty"):
        find_modules(lambda X: X[:, 0])
    with pytest.raises(ValueError, match="2 numbers for a row"):
        find_modules(lambda X: X, [(0, 1)] * 2)

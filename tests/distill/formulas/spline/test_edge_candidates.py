"""One edge: every function of the library is found again, through shifts, scales and noise."""

import numpy as np
import pytest

from pellucid.distill.formulas.expression.primitives import LIBRARY
from pellucid.distill.formulas.spline.edge_candidates import candidates

CASES = {
    "x": (-1, 1, 2.0, 1.0), "x^2": (-1, 1, 1.0, 0.3), "x^3": (-1, 1, 1.0, -0.2), "x^4": (-1, 1, 1.0, 0.0),
    "x^5": (-1, 1, 1.0, 0.1), "1/x": (0.3, 3, 1.0, 0.5), "1/x^2": (0.3, 3, 1.0, 0.0), "1/x^3": (0.3, 3, 1.0, 0.0),
    "sqrt": (0.3, 3, 1.0, 0.0), "x^1.5": (0.0, 3, 1.0, 0.1), "1/sqrt": (0.3, 3, 1.0, 0.0),
    "1/x^1.5": (0.3, 3, 1.0, 0.1), "exp": (-1, 1, -2.0, 0.0), "log": (0.1, 5, 1.0, 0.0), "abs": (-1, 1, 1.0, 0.3),
    "sin": (-1, 1, np.pi, 0.4), "tan": (-1, 1, 1.3, 0.1), "tanh": (-1, 1, 5.0, -2.0), "arcsin": (-1, 1, 0.9, 0.05),
    "arctan": (-1, 1, 4.0, 1.0), "arctanh": (-1, 1, 0.9, 0.0), "gaussian": (-1, 1, 1.5, 0.3),
    "cosh": (-1, 1, 2.0, 0.0),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_finds_the_function_and_its_values(name):
    low, high, a, b = CASES[name]
    function = next(entry for entry in LIBRARY if entry.name == name)
    x = np.random.default_rng(0).uniform(low, high, 500)
    y = 2.5 * function.function(a * x + b) - 1
    best = candidates(x, y)[0]
    assert best.function.name == name
    np.testing.assert_allclose(best(x), y, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_keeps_the_function_under_noise(name):
    low, high, a, b = CASES[name]
    function = next(entry for entry in LIBRARY if entry.name == name)
    generator = np.random.default_rng(1)
    x = generator.uniform(low, high, 500)
    y = function.function(a * x + b)
    y = y + 0.01 * y.std() * generator.normal(size=500)
    assert name in [found.function.name for found in candidates(x, y)[:5]]


def test_every_function_is_in_the_cases():
    assert {entry.name for entry in LIBRARY} == set(CASES)


def test_a_line_is_no_kink_at_its_end():
    generator = np.random.default_rng(0)
    x = generator.uniform(-1, 1, 300)
    y = x + 0.01 * generator.normal(size=300)
    assert candidates(x, y)[0].function.name == "x"


def test_a_function_without_room_is_left_out():
    x = np.linspace(-1, 1, 100)
    with_pole = [entry for entry in LIBRARY if entry.name == "log"]
    assert candidates(x, x, tuple(with_pole)) != []  # log(x + b) with b > 1 is defined there


def test_refuses_few_points():
    with pytest.raises(ValueError, match="at least 4 points"):
        candidates(np.zeros(3), np.zeros(3))

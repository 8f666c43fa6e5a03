"""A power with an exponent near 0 is a logarithm."""

import numpy as np
import sympy

from pellucid.distill.formulas.inference.limits import with_logarithms
from pellucid.distill.formulas.inference.weigh import rows_of, weigh_formulas
from pellucid.subjects.tables.samples import Samples

x, z = sympy.symbols("x z", real=True)


def test_the_limit_is_as_near_as_said_and_other_powers_stay():
    X = np.random.default_rng(0).uniform(0.5, 4, (30, 2))
    power = sympy.Float(0.003)
    expression = 2 * (x * z) ** power + x ** sympy.Float(0.5) + (x - 2) ** power
    limit = with_logarithms(expression, X, ["x", "z"])
    assert (
        limit == 2 * (1 + power * sympy.log(x * z)) + x ** sympy.Float(0.5) + (x - 2) ** power
    )  # x - 2 is below 0 too
    powers = 2 * (X[:, 0] * X[:, 1]) ** 0.003
    assert np.abs(powers - 2 * (1 + 0.003 * np.log(X[:, 0] * X[:, 1]))).max() < 0.02**2


def test_the_logarithm_is_the_shorter():
    X = np.random.default_rng(0).uniform(0.5, 4, (60, 1))
    y = 3 * np.log(X[:, 0]) + 1 + 0.01 * np.random.default_rng(1).normal(size=60)
    best = weigh_formulas([30000.0 * (x ** sympy.Float(1e-4) - 1) + 1.0], rows_of(Samples(X, y, ("x",))))[0]
    assert str(best.expression) == "3*log(x) + 1"

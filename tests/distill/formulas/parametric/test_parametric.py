"""Laws of other fields than those that the search was tuned on come back from noisy tables in their own units."""

import numpy as np
import pytest
import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.core import Measured, load_finding
from pellucid.distill.formulas.parametric.columns import choose_columns
from pellucid.distill.formulas.parametric.parametric import Parametric
from pellucid.subjects import Samples

QUICK = Parametric(largest=4, rounds=0, kept=8)
SMALL = Parametric(largest=3, rounds=0, kept=4)


def table(law, *ranges, rows=80, noise=0.01, seed=0):
    draw = np.random.default_rng(seed)
    X = np.array([draw.uniform(low, high, rows) for low, high in ranges]).T
    y = law(*X.T)
    return Samples(X, y + noise * y.std() * draw.normal(size=rows), tuple("abcd"[: len(ranges)]))


def best(samples, method=QUICK):
    return method.propose(samples)[0]


def error(found, law, *ranges):
    X = np.array([np.linspace(low, high, 200) for low, high in ranges])
    f = sympy.lambdify([sympy.Symbol(name, real=True) for name in "abcd"[: len(ranges)]], found.expression, "numpy")
    return np.sqrt(np.mean((f(*X) - law(*X)) ** 2)) / np.std(law(*X))


@pytest.mark.parametrize(
    ("law", "ranges"),
    [
        (lambda a: 7 * a**1.6 / (11 + a**1.6), [(0.5, 20)]),
        (lambda a: 31 / (1 + 8 * np.exp(-0.55 * a)), [(0, 12)]),
        (lambda a: 4e-7 * a**2.2, [(100, 900)]),
        (lambda a, b: 3e5 * a / b**2, [(1e-6, 9e-6), (20, 90)]),
    ],
)
def test_laws_come_back(law, ranges):
    assert error(best(table(law, *ranges)), law, *ranges) < 0.02


def test_without_noise_constants_are_exact():
    found = best(table(lambda a: 2.3 * a**0.37, (1, 5), noise=0))
    a = sympy.Symbol("a", real=True)
    assert found.expression == sympy.Rational(23, 10) * a ** sympy.Rational(37, 100)


def test_pure_noise_is_the_mean():
    draw = np.random.default_rng(1)
    found = best(Samples(draw.normal(size=(100, 2)), draw.normal(size=100), ("a", "b")))
    assert not found.expression.free_symbols


def test_outliers_do_not_move_the_law():
    samples = table(lambda a: 3 + 2 * a, (0, 10), rows=120)
    y = samples.y.copy()
    y[:4] = 500
    found = best(Samples(samples.X, y, ("a",)))
    assert found.estimate.noise.has_outliers
    assert error(found, lambda a: 3 + 2 * a, (0, 10)) < 0.01


def test_slipped_points_do_not_become_a_narrow_pole():
    draw = np.random.default_rng(6)
    a = draw.uniform(0.2, 10, 70)
    y = 4 * a / (2 + a) * (1 + 0.01 * draw.normal(size=70))
    y[:4] *= 10
    found = best(Samples(a[:, None], y, ("a",)))
    assert found.estimate.noise.has_outliers
    assert error(found, lambda a: 4 * a / (2 + a), (0.2, 10)) < 0.01


def test_relative_noise_is_told():
    draw = np.random.default_rng(2)
    a = draw.uniform(0.5, 9, 90)
    found = best(Samples(a[:, None], 5 * np.exp(0.8 * a) * np.exp(0.05 * draw.normal(size=90)), ("a",)))
    assert found.estimate.noise.name == "relative"
    assert abs(found.estimate.scatter.s - 0.05) < 0.015


@pytest.mark.parametrize("factor", [1e-25, 1e18])
def test_units_change_nothing(factor):
    law = lambda a: 2 * a / (3 + a)  # noqa: E731
    plain = table(law, (0.2, 15))
    scaled = Samples(plain.X * factor, plain.y * factor, ("a",))
    one, other = best(plain, SMALL), best(scaled, SMALL)
    X = np.linspace(1, 14, 50)
    symbol = sympy.Symbol("a", real=True)
    values = [sympy.lambdify(symbol, each.expression, "numpy") for each in (one, other)]
    assert np.allclose(values[1](X * factor), factor * values[0](X), rtol=0.02)


def test_the_same_seed_gives_the_same_formulas():
    samples = table(lambda a, b: a * np.exp(-b), (1, 3), (0, 2))
    assert [str(each.expression) for each in SMALL.propose(samples)] == [
        str(each.expression) for each in SMALL.propose(samples)
    ]


def test_a_finding_says_its_constants_and_survives_saving(tmp_path):
    finding = QUICK.explain(table(lambda a: 31 / (1 + 8 * np.exp(-0.55 * a)), (0, 12)))
    constants = [claim for claim in finding.claims if claim.key == "constant" and isinstance(claim, Measured)]
    assert constants
    assert all(claim.uncertainty is None or claim.uncertainty > 0 for claim in constants)
    assert {"error", "noise_level"} <= {claim.key for claim in finding.claims}
    assert load_finding(finding.save(tmp_path / "out")).artifact == finding.artifact


def test_columns_that_matter_are_chosen():
    draw = np.random.default_rng(4)
    X = draw.normal(size=(300, 30))
    assert {4, 17} <= set(choose_columns(X, np.sin(X[:, 4]) + X[:, 17] ** 2, 5))


def test_rows_that_were_fitted_are_not_called_held_out():
    few, many = table(lambda a: 2 * a, (1, 5), rows=12), table(lambda a: 2 * a, (1, 5), rows=80)
    for samples, held in ((few, False), (many, True)):
        statements = " ".join(claim.statement for claim in SMALL.explain(samples).claims)
        assert ("held-out rows" in statements) == held
        assert ("the rows it was fitted to" in statements) != held


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (lambda X: 3 * X[:, 2] * X[:, 5], "3*x2*x5"),
        (lambda X: 2 * X[:, 0] + 5 * X[:, 3], "2*x0 + 5*x3"),
        (lambda X: X[:, 1] / X[:, 7], "x1/x7"),
    ],
)
def test_six_exact_rows_of_eight_columns_are_enough_for_a_law_of_two(law, text):
    X = np.random.default_rng(4).uniform(1, 5, (6, 8))
    formula = Parametric(held_out=0.0, largest=3, rounds=0).explain(Samples(X, law(X))).artifact
    assert formula.sympy() == parse(text, formula.names)

"""Constants that stand in two places: one where that is shorter, two where the rows tell them apart."""

import numpy as np
import pytest
import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.distill.formulas.expression.parametrised import Parametrised, parametrise
from pellucid.distill.formulas.inference.description import description_nats
from pellucid.distill.formulas.inference.estimate import Rows, estimate
from pellucid.distill.formulas.inference.noise import GAUSS
from pellucid.distill.formulas.inference.structure import structure_nats
from pellucid.distill.formulas.inference.ties import with_ties
from pellucid.distill.formulas.inference.weigh import estimated, weigh_formulas


def shortest(text, y, x):
    rows = Rows(x[:, None], y, np.ones(len(y)), ("x",), 1e-9)
    return weigh_formulas([parse(text, ("x",))], rows, [GAUSS])[0]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("3.31 - 3.27*cos(x)", lambda x: 3.2847 * (1 - np.cos(x))),
        ("41.9 - 42.3*exp(-1.3*x)", lambda x: 42.137 * (1 - np.exp(-1.31417 * x))),
    ],
)
def test_an_offset_that_is_the_amplitude(text, clean):
    draw = np.random.default_rng(5)
    x = draw.uniform(0.1, 3, 60)
    y = clean(x)
    found = shortest(text, y + 0.02 * y.std() * draw.normal(size=60), x)
    expression = found.expression
    numbers = sorted(abs(float(number)) for number in expression.atoms(sympy.Number) if abs(float(number)) > 2)
    assert len(set(numbers)) == 1


def test_constants_that_differ_stay_two():
    draw = np.random.default_rng(2)
    x = draw.uniform(0.1, 3, 60)
    y = 3.9 - 3.3 * np.cos(x) + 0.02 * draw.normal(size=60)
    found = shortest("3.9 - 3.3*cos(x)", y, x)
    assert abs(float(found.expression.subs(sympy.Symbol("x", real=True), 0)) - 0.6) < 0.05


def test_twice_the_same_is_not_told_twice():
    x = np.linspace(0.1, 3, 60)
    draw = np.random.default_rng(3)
    y = 3.2847 * (1 - np.cos(x)) + 0.02 * draw.normal(size=60)
    rows = Rows(x[:, None], y, np.ones(60), ("x",), 1e-9)
    tied = weigh_formulas([parse("3.2 - 3.3*cos(x)", ("x",))], rows, [GAUSS])[0]
    (apart,) = estimated(parse("3.2 - 3.3*cos(x)", ("x",)), rows, [GAUSS])
    assert tied.nats < apart.nats - 2


@pytest.mark.parametrize("power", [1.37, 17.3])
def test_a_high_power_costs_what_its_size_does(power):
    draw = np.random.default_rng(4)
    x = draw.uniform(1, 1.2, 60)
    rows = Rows(x[:, None], x**power + 0.01 * draw.normal(size=60), np.ones(60), ("x",), 1e-9)
    form = parametrise(parse(f"1.0001*x**{power}", ("x",)))
    found = estimate(form, rows, GAUSS)
    assert found is not None
    few = 3 * 4 / (2 * (60 - 4)) + np.log(60) / 2 + GAUSS.price
    free = len(found.free) * np.log(2)  # each says that it is free
    other = description_nats(found, rows) - found.scatter.nats - found.digits() - free - few
    structure = structure_nats(found.form.template, found.form.symbols, 1)
    assert other - structure == pytest.approx(max(0.0, np.log((1 + found.theta[-1]) / 3)), abs=1e-6)


def test_what_has_no_value_at_its_exact_numbers_is_never_shortest():
    a, c, x = (sympy.Symbol(name, real=True) for name in "acx")
    form = Parametrised(a * x / sympy.cos(c) + x, (a, c), np.array([0.0, 1.0]), (False,) * 2, (0.0,) * 2, (0.0,) * 2)
    points = np.linspace(1, 2, 20)
    rows = Rows(points[:, None], points, np.ones(20), ("x",), 1e-9)
    found = estimate(form, rows, GAUSS, held={0: sympy.Integer(0), 1: sympy.pi / 2})
    assert found is None or description_nats(found, rows) == np.inf


def test_constants_that_may_be_0_are_not_tied():
    draw = np.random.default_rng(6)
    x = draw.uniform(1, 3, 60)
    rows = Rows(x[:, None], x + 0.3 * draw.normal(size=60), np.ones(60), ("x",), 1e-9)
    form = parametrise(parse("1.01*x + 0.001*x**2 - 0.001*x**3", ("x",)))
    found = estimate(form, rows, GAUSS)
    assert found is not None
    assert list(with_ties(found, rows)) == [found]

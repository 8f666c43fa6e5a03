"""The posterior over weighed formulas: which are kept, what is said of the constants, and whether intervals hold."""

import numpy as np
import sympy

from pellucid.distill.formulas.inference.noise import GAUSS
from pellucid.distill.formulas.inference.posterior import next_point_claims, posterior_of
from pellucid.distill.formulas.inference.weigh import estimated, rows_of
from pellucid.subjects.tables.samples import Samples

x = sympy.Symbol("x", real=True)
LINE = sympy.Float(2.4) * x + sympy.Float(6.8)
CURVE = sympy.Float(2.4) * x + sympy.Float(6.8) + sympy.Float(0.01) * x**2


def table(seed, rows=30):
    draw = np.random.default_rng(seed)
    X = draw.uniform(0, 10, rows)
    return Samples(X, 2.4 * X + 6.8 + 0.5 * draw.normal(size=rows), ("x",))


def posterior(seed, *expressions):
    samples = table(seed)
    weighed = [entry for each in expressions for entry in estimated(each, rows_of(samples), [GAUSS])]
    return posterior_of(weighed, samples.names, samples.target, samples.box)


def test_intervals_hold_the_law_as_often_as_they_say():
    X = np.linspace(0, 10, 5)[:, None]
    held = []
    for seed in range(60):
        found = posterior(seed, LINE).predict(X, 0.9)
        truth = 2.4 * X[:, 0] + 6.8
        held += [(found.low <= truth) & (truth <= found.high)]
    assert 0.82 < np.mean(held) < 0.96


def test_the_shorter_comes_first_and_the_longer_keeps_its_weight():
    found = posterior(0, CURVE, LINE)
    assert len(found.entries) == 2
    assert "x**2" not in found.entries[0].template
    assert found.weights[0] > found.weights[1] > 0
    claims = next_point_claims(found)
    assert [claim.key for claim in claims] == ["measure_next"]


def test_constants_are_called_apart_from_columns():
    samples = Samples(table(0).X, table(0).y, ("c0",))
    form = LINE.xreplace({x: sympy.Symbol("c0", real=True)})
    entry = posterior_of(estimated(form, rows_of(samples), [GAUSS]), samples.names, "y", samples.box).entries[0]
    assert len({*entry.constants, "c0"}) == 3
    value, error = entry.predict(samples.X)
    assert np.allclose(value, entry.formula(samples.X))
    assert (error > 0).all()

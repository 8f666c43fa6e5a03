"""Formulas that jump are found from tables, and smooth ones are not taken for them."""

import numpy as np
import pytest
import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.distill.formulas.evidence.thresholds import threshold_claims
from pellucid.distill.formulas.jumps.jumps import Jumps, NoJumps
from pellucid.distill.formulas.parametric.parametric import Parametric
from pellucid.distill.formulas.race import Race
from pellucid.subjects.tables.samples import Samples

QUICK = Jumps(forms=Parametric(held_out=0.0, largest=3, rounds=0, kept=4, noises=("Gauss",)))
"""Enough for what these tables hold."""


def rows(function, low, high, count=60, noise=0.0, seed=0):
    draw = np.random.default_rng(seed)
    x = draw.uniform(low, high, count)
    y = function(x)
    return Samples(x, y + noise * y.std() * draw.normal(size=count), ("x",))


def same(found, text, samples):
    X = samples.X
    return np.allclose(found(X), sympy.lambdify(sympy.Symbol("x"), parse(text, ("x",)), "numpy")(X[:, 0]), atol=1e-9)


@pytest.mark.parametrize(
    ("text", "function", "high"),
    [
        ("4 - 3*step(x - 2)", lambda x: 4 - 3.0 * (x >= 2), 6),
        ("x/4 + 2*step(x - 5)", lambda x: x / 4 + 2 * (x >= 5), 9),
        ("2*Mod(x, 1.5)", lambda x: 2 * np.mod(x, 1.5), 8),
        ("7 + 2*floor(x/3)", lambda x: 7 + 2 * np.floor(x / 3), 20),
        ("floor(x**2/5)", lambda x: np.floor(x * x / 5), 9),
    ],
)
def test_exact_tables(text, function, high):
    samples = rows(function, 0, high)
    found = QUICK.explain(samples)
    assert same(found.artifact, text, samples), found.artifact.expression


def test_a_step_under_noise_with_its_constants():
    samples = rows(lambda x: x / 2 + 3 * (x >= 6), 0, 12, noise=0.02)
    found = QUICK.explain(samples)
    assert found.artifact.sympy().has(sympy.Heaviside)
    low, high = (value for value in (5.8, 6.2))
    X = np.array([[low], [high]])
    assert float(np.diff(found.artifact(X))[0]) == pytest.approx(3.2, abs=0.1)


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize(
    "function",
    [
        np.exp,
        lambda x: np.sin(9 * x),
        lambda x: 1 / (x + 0.05),
        lambda x: np.abs(x - 1.3),
        lambda x: 1 / (1 + np.exp(-7 * (x - 2))),
        lambda x: np.exp(-25 * (x - 2) ** 2),
    ],
)
def test_smooth_tables_do_not_jump(function, noise):
    with pytest.raises(NoJumps):
        QUICK.explain(rows(function, 0, 4, noise=noise))


def test_the_race_says_nothing_of_jumps_where_there_are_none():
    samples = rows(lambda x: 3 * x + 1, 0, 4, noise=0.05)
    forms = Parametric(largest=2, rounds=0, kept=2, noises=("Gauss",))
    told = Race(methods=(QUICK, forms)).explain(samples).claims
    told = " ".join(claim.statement + claim.evidence for claim in told)
    assert "jump" not in told


def test_the_race_finds_a_step_and_says_where_it_may_stand():
    samples = rows(lambda x: 5 + 2.0 * (x >= 3), 0, 8)
    found = Race(methods=(QUICK,)).explain(samples)
    assert found.artifact.expression == "2*step(x - 3) + 5"
    x = np.sort(samples.X[:, 0])
    at = int(np.searchsorted(x, 3.0))
    low, high = x[at - 1], x[at]
    assert f"between {low:.3f}"[:11] in found.claim("threshold").evidence
    assert low < 3 <= high


def test_ranges_of_periods_and_thresholds_leave_every_row():
    x = np.linspace(0.3, 19.7, 60)
    samples = Samples(x, np.floor(x / 5), ("x",))
    from pellucid.artifacts.formulas.formula import Formula

    (claim,) = threshold_claims(Formula("floor(x/5)", ("x",)), samples)
    words = claim.evidence.split()
    low, high = float(words[3]), float(words[5])
    assert low < 5 < high
    for period in (low + 1e-4, high - 1e-4):
        assert (np.floor(x / period) == samples.y).all()
    assert (np.floor(x / (high + 0.01)) != samples.y).any()

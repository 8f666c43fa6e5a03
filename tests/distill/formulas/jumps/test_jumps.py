"""Formulas that jump are found from tables, and smooth ones are not taken for them."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import parse
from pellucid.distill.formulas.evidence.thresholds import threshold_claims
from pellucid.distill.formulas.jumps.jumps import Jumps, NoJumps
from pellucid.distill.formulas.jumps.periods import combs_of, shortest, threshold
from pellucid.distill.formulas.jumps.places import Gap, gaps_along, residues_along
from pellucid.distill.formulas.jumps.rounding import rounded, steps_of
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


@settings(max_examples=30)
@given(st.floats(-5, 5), st.floats(1e-6, 3))
def test_shortest_numbers_lie_within(low, width):
    number = float(shortest(low, low + width))
    assert low - 1e-9 <= number <= low + width + 1e-9


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(0, 9), st.integers(3, 8))
def test_combs_go_through_every_gap(tenths, start, count):
    period = tenths / 10
    middles = start + period * np.arange(1, count + 1)
    gaps = [Gap(t - 0.02 * period, t + 0.03 * period, 1.0, 9.0) for t in middles]
    comb = combs_of(gaps, count * period)[0]
    for gap in gaps:
        low, high = (float((sympy.Rational(end) - comb.start) / comb.period) for end in (gap.low, gap.high))
        assert np.floor(high + 1e-9) > np.floor(low - 1e-9)
    assert threshold(gaps[0]) <= gaps[0].high


def test_residues_of_whole_numbers():
    n = np.arange(1.0, 80)
    assert residues_along(n, 2.0 * np.mod(n, 7) + n, np.empty((79, 0))) == [7]
    assert residues_along(n, n * n, np.empty((79, 0))) == []
    assert residues_along(n + 0.5, np.mod(n, 7), np.empty((79, 0))) == []


def test_jumps_of_another_column_are_not_those_of_this_one():
    draw = np.random.default_rng(3)
    X = draw.uniform(0, 5, (100, 2))
    y = X[:, 1] * (X[:, 0] >= 2.5)
    assert len(gaps_along(X[:, 0], y, X[:, [1]])) == 1
    assert gaps_along(X[:, 1], y, X[:, [0]]) == []


def test_rounded_values_and_steps():
    draw = np.random.default_rng(1)
    x = draw.uniform(0, 30, 80)
    samples = Samples(x, np.floor(0.7 * x + 1.2), ("x",))
    steps = steps_of(samples.y)
    assert steps is not None
    assert steps.height == 1
    symbol = sympy.Symbol("x", real=True)
    (found,) = rounded([sympy.Float(0.69) * symbol + sympy.Float(1.3)], samples, steps)
    values = sympy.lambdify(symbol, found, "numpy")(x)
    assert (values == samples.y).all()
    assert steps_of(draw.normal(size=50)) is None
    noisy = steps_of(samples.y * 2.5 + 0.02 * draw.normal(size=80))
    assert noisy is not None
    assert float(noisy.height) == pytest.approx(2.5, abs=0.02)

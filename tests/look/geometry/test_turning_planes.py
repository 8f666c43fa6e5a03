"""Circles come back with their periods and as formulas; where there is none, none is told."""

import numpy as np
import pytest

from pellucid.distill.formulas.parametric.parametric import Parametric
from pellucid.look.geometry.turning_planes import TurningPlanes
from pellucid.subjects.models.labelled.labelled import Labelled


def numbers_on(periods, noise=0.8, line=1.0, count=80, seed=0):
    generator = np.random.default_rng(seed)
    n = np.repeat(np.arange(float(count)), 3)
    columns = [line * n / count]
    for period in periods:
        columns += [np.cos(2 * np.pi * n / period), np.sin(2 * np.pi * n / period)]
    x = np.stack(columns, 1) @ generator.normal(size=(len(columns), 30))
    return Labelled(x + noise * generator.normal(size=x.shape), n, names=("number",))


def claim(finding, key):
    return next(c for c in finding.claims if c.key == key)


def test_a_planted_circle_comes_back_as_a_formula_with_its_period():
    finding = TurningPlanes(Parametric(budget_seconds=2), circles=1).explain(numbers_on([7.3]))
    period = claim(finding, "period 1")
    assert period.value == pytest.approx(7.3, abs=4 * period.uncertainty)
    for part in ("cosine", "sine"):
        assert claim(finding, f"written period {part} of circle 1").value == pytest.approx(7.3, abs=0.05)
        told = claim(finding, f"r2 {part} of circle 1")
        assert told.value > 0.9 > told.baseline


def test_two_circles_and_a_line_are_told_apart():
    found = TurningPlanes().explain(numbers_on([10, 4.4], line=4.0)).artifact
    assert found.names[0] == "size"
    assert sorted(found.periods) == pytest.approx([4.4, 10], abs=0.05)
    n = found.numbers
    reads = found.coordinates[:, 0] * n.max()
    assert np.corrcoef(reads, n)[0, 1] > 0.95


@pytest.mark.parametrize("seed", range(3))
def test_of_nothing_but_noise_nothing_is_told(seed):
    finding = TurningPlanes(Parametric(budget_seconds=2)).explain(numbers_on([], line=0.0, seed=seed))
    assert finding.artifact.names == ()
    assert finding.artifact.describe().startswith("no line and no circle")


def test_a_curve_that_is_no_circle_has_no_circle():
    n = np.repeat(np.arange(60.0), 2)
    noise = 0.05 * np.random.default_rng(1).normal(size=(120, 12))
    x = np.log1p(n)[:, None] * np.ones(12) + noise
    found = TurningPlanes().explain(Labelled(x, n, names=("number",))).artifact
    assert found.names[:1] == ("size",)


def test_few_numbers_are_refused():
    with pytest.raises(ValueError, match="9 numbers are too few"):
        TurningPlanes().explain(numbers_on([5], count=9))

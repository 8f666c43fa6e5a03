"""The method as a whole: what is chosen, claimed and refused."""

import numpy as np
import pytest

from pellucid.core import Refuted, Tested, Undecided
from pellucid.learn import ScalingFit
from pellucid.subjects import ScalingRuns

QUICK = {"starts": 10, "bootstraps": 30, "backtests": 2}


def runs(noise=0.003, floor=2.0, seed=0):
    n, d = (grid.ravel() for grid in np.meshgrid(np.geomspace(1e6, 1e9, 6), np.geomspace(1e8, 1e11, 6)))
    loss = (floor + 90 * n**-0.3 + 900 * d**-0.4) * np.exp(np.random.default_rng(seed).normal(0, noise, len(n)))
    return ScalingRuns(np.stack([n, d], 1), loss)


@pytest.fixture(scope="module")
def finding():
    return ScalingFit(**QUICK, budget=1e22).explain(runs())


def test_a_law_comes_with_its_held_out_runs_and_an_allocation(finding):
    law = finding.artifact
    assert isinstance(finding.claim("held_out_interval"), Tested)
    assert finding.measured("held_out_error") < 0.02
    assert isinstance(finding.claim("no_floor"), Refuted)
    (first, *_) = law.allocations()
    assert first.parameters * first.tokens * 6 == pytest.approx(1e22)
    assert first.flat[0] < first.parameters < first.flat[1]
    assert finding.measured("forecast") == pytest.approx(first.loss)
    assert law.tolerated[0]


def test_the_interval_of_a_forecast_holds_the_true_loss(finding):
    _, low, high = finding.artifact.predict([3e9], [3e11])
    assert low[0] < 2 + 90 * 3e9**-0.3 + 900 * 3e11**-0.4 < high[0]


def test_without_a_floor_none_is_claimed():
    finding = ScalingFit("free", **{**QUICK, "hold_out": 0}).explain(runs(floor=0.0))
    assert not [claim for claim in finding.claims if claim.key == "no_floor"]
    assert finding.artifact.parameters[0, 2] < np.log(0.2)


def test_far_beyond_the_runs_nothing_is_forecast():
    finding = ScalingFit(**{**QUICK, "hold_out": 0}, budget=1e27).explain(runs())
    assert isinstance(finding.claim("far"), Undecided)
    assert finding.measured("forecast") is None


def test_one_size_alone():
    n = np.geomspace(1e6, 1e10, 14)
    loss = (1.7 + 30 * n**-0.25) * np.exp(np.random.default_rng(1).normal(0, 1e-3, 14))
    finding = ScalingFit(**QUICK, budget=3e10).explain(ScalingRuns(n, loss, ("N",)))
    assert finding.artifact.family == "power"
    assert finding.measured("forecast") == pytest.approx(1.7 + 30 * 3e10**-0.25, rel=0.02)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"family": "hoffmann"}, "family 'hoffmann' is unknown"),
        ({"family": "power"}, "the runs have 2; give"),
        ({"delta": 0.0}, "delta=0.0 is out of range"),
        ({"hold_out": 0.9}, "hold_out=0.9"),
        ({"bootstraps": 1}, "bootstraps=1"),
        ({"budget": -1.0}, "budget=-1.0"),
    ],
)
def test_settings_without_sense_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        ScalingFit(**settings).explain(runs())


def test_runs_that_leave_too_few_for_a_test_say_so():
    few = runs().select(np.arange(0, 36, 4))
    finding = ScalingFit(**QUICK).explain(few)
    assert "too little is left" in finding.claims[-1].evidence or any(
        "too little" in claim.evidence for claim in finding.claims
    )

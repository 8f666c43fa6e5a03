"""Phases by votes, times as intervals, oddities: on runs whose truth is plain."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.core import Undecided
from pellucid.learn import RunDiagnosis
from pellucid.learn.runs.anomalies import anomalies, cases_of, spikes
from pellucid.learn.runs.forecast import forecast
from pellucid.learn.runs.phases import chance_of, lost, reached, shares_of, vote
from pellucid.subjects import Curve, TrainingRun

STEPS = np.arange(0.0, 5000.0, 50.0)


def rises(at, width=40.0, top=1.0):
    """An accuracy that goes from 0.1 to `top` around a step."""
    return 0.1 + (top - 0.1) / (1 + np.exp(-(STEPS - at) / width))


def run(train, test, **given_too):
    return TrainingRun(Curve(STEPS, train), Curve(STEPS, test), chance=0.1, **given_too)


@pytest.mark.parametrize(
    ("train", "test", "phase"),
    [
        (rises(500), rises(700), "comprehension"),
        (rises(500), rises(3500), "grokking"),
        (rises(500), 0.1 + 0 * STEPS, "memorisation"),
        (0.1 + 0 * STEPS, 0.1 + 0 * STEPS, "confusion"),
        (rises(800), rises(500) - 0.4 * (rises(2000) - 0.1), "overfitting"),
    ],
)
def test_a_plain_run_has_its_phase(train, test, phase):
    found = RunDiagnosis().explain(run(train, test)).artifact
    assert found.phase == phase
    assert found.is_plain


def test_between_two_phases_it_is_undecided():
    slow = 0.1 + 0.9 * np.clip(STEPS / 4000, 0, 0.88)
    finding = RunDiagnosis().explain(run(slow, 0.1 + 0 * STEPS))
    assert any(isinstance(claim, Undecided) and claim.key == "phase" for claim in finding.claims)


@settings(max_examples=20)
@given(st.floats(0.01, 100), st.floats(0.2, 3))
def test_a_monotone_change_of_steps_leaves_what_was_reached(scale, power):
    """Phases that do not rest on a ratio are the same whatever the steps are called."""
    steps = scale * (1 + STEPS) ** power
    plain = vote(shares_of(run(rises(500), 0.1 + 0 * STEPS)))
    moved = TrainingRun(Curve(steps, rises(500)), Curve(steps, 0.1 + 0 * STEPS), chance=0.1)
    assert vote(shares_of(moved)).phases == plain.phases


def test_a_time_lies_between_two_evaluations_and_has_to_be_held():
    curve = Curve([0, 10, 20, 30, 40, 50], [0.1, 0.95, 0.3, 0.96, 0.97, 0.99])
    assert reached(curve, 0.9, hold=3) == (20, 30)
    assert reached(curve, 0.9, hold=1) == (0, 10)
    assert reached(curve, 0.999, hold=1) is None


def test_losses_are_measured_from_the_first_to_the_least():
    loss = 2.3 * np.exp(-STEPS / 200)
    late = 2.3 / (1 + np.exp((STEPS - 3500) / 100))
    both = TrainingRun(Curve(STEPS, loss), Curve(STEPS, late), kind="loss")
    assert RunDiagnosis().explain(both).artifact.phase == "grokking"
    rising = TrainingRun(Curve(STEPS, loss), Curve(STEPS, 1.0 + np.abs(STEPS - 800) / 2000), kind="loss")
    assert lost(shares_of(rising))[0] == pytest.approx(800, abs=50)


def test_chance_is_guessed_only_from_a_start_that_looks_like_guessing():
    start = TrainingRun(Curve(STEPS, rises(500)), Curve(STEPS, rises(700)))
    assert chance_of(start)[0] == pytest.approx(0.1, abs=0.01)
    later = TrainingRun(Curve([0, 1], [0.9, 1.0]), Curve([0, 1], [0.85, 0.9]))
    assert chance_of(later)[0] == 0.0


def test_the_fall_of_the_norm_says_when():
    norm = Curve(STEPS, 80 * np.exp(-4e-4 * STEPS))
    waits = run(rises(500), rises(9000), norm=norm)
    finding = RunDiagnosis(critical_norm=10.0).explain(waits)
    meets = np.log(8) / 4e-4
    assert finding.measured("forecast") == pytest.approx(meets, rel=0.01)
    low, high = finding.artifact.forecast[1:]
    assert low < meets < high
    learnt = run(rises(500), rises(meets - 2500), norm=Curve(STEPS, 80 * np.exp(-8e-4 * STEPS)))
    hindsight = RunDiagnosis(critical_norm=10.0).explain(learnt).claim("hindsight")
    assert hindsight.value < 1.3 < hindsight.baseline


@pytest.mark.parametrize(("norm", "critical"), [(None, 10.0), (Curve(STEPS, 80 * np.exp(-4e-4 * STEPS)), None)])
def test_without_a_norm_there_is_no_forecast_but_what_to_log(norm, critical):
    claim = RunDiagnosis(critical_norm=critical).explain(run(rises(500), rises(9000), norm=norm)).claim("forecast")
    assert isinstance(claim, Undecided)
    assert claim.remedy


def test_a_norm_that_is_small_already_says_nothing():
    small = run(rises(500), rises(9000), norm=Curve(STEPS, 9 * np.exp(-4e-4 * STEPS)))
    claim = RunDiagnosis(critical_norm=10.0).explain(small).claim("forecast")
    assert isinstance(claim, Undecided)
    assert "below the critical one" in claim.reason


def test_a_norm_that_does_not_fall_is_said_to():
    grows = run(rises(500), rises(9000), norm=Curve(STEPS, 60 + STEPS / 1000))
    assert forecast(grows, 600.0, 20.0).step == np.inf
    assert RunDiagnosis(critical_norm=20.0).explain(grows).measured("norm_rate") < 0


def test_what_is_odd_is_told():
    loss = 2.3 * np.exp(-STEPS / 900) + np.random.default_rng(0).normal(0, 0.01, len(STEPS))
    spiked = loss.copy()
    spiked[40] += 2.0
    spiked[70:] = np.nan
    told = list(anomalies(TrainingRun(Curve(STEPS, spiked), kind="loss")))
    assert any("spikes at step 2000" in line for line in told)
    assert any("no number from step 3500" in line and "stays so" in line for line in told)
    assert list(anomalies(TrainingRun(Curve(STEPS, loss), kind="loss"))) == []
    assert cases_of(Curve(STEPS, np.round(rises(2000) * 64) / 64)) == 64


def test_a_smoothed_loss_is_told_from_one_of_single_batches():
    noise = np.random.default_rng(0).normal(0, 0.1, 400)
    steps = np.arange(400.0)
    raw = 2 * np.exp(-steps / 300) + noise
    smoothed = [raw[0]]
    for value in raw[1:]:
        smoothed.append(0.9 * smoothed[-1] + 0.1 * value)
    told = [[*anomalies(TrainingRun(Curve(steps, one), kind="loss"))] for one in (raw, np.array(smoothed))]
    assert told[0] == []
    assert "smoothed" in told[1][0]


@settings(max_examples=20)
@given(st.floats(0.5, 20), st.floats(10, 200))
def test_no_smooth_curve_has_a_spike(height, width):
    assert not len(spikes(Curve(STEPS, height * np.exp(-STEPS / width / 10)), 1.0))


@pytest.mark.parametrize(
    ("given_settings", "message"),
    [({"critical_norm": 0.0}, "critical_norm=0"), ({"ceiling": 1.2}, "ceiling=1.2"), ({"critical_factor": 0.5}, "0.5")],
)
def test_settings_without_sense_are_refused(given_settings, message):
    with pytest.raises(ValueError, match=message):
        RunDiagnosis(**given_settings).explain(run(rises(500), rises(700)))

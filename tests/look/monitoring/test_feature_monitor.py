"""Monitors: false alarms are as rare as promised, areas are those of counting pairs, bad input is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts import Monitor
from pellucid.core import load_finding
from pellucid.look import FeatureMonitor, ScoredTexts
from pellucid.look.monitoring.feature_monitor import roc_area
from pellucid.look.monitoring.watching import drift
from pellucid.report import report_html


def texts(count=240, shift=2.0, seed=0, features=6):
    """Feature 3 is stronger in alarming texts by `shift`; the others know nothing."""
    numbers = np.random.default_rng(seed)
    alarm = numbers.random(count) < 0.4
    strongest = numbers.exponential(size=(count, features))
    strongest[:, 3] += shift * alarm
    return ScoredTexts(strongest, alarm, tuple(map(str, range(count))), numbers.integers(5, 50, count))


@given(seed=st.integers(0, 10**6), count=st.integers(4, 40), values=st.sampled_from([2, 5, 1000]))
def test_the_area_is_the_share_of_pairs_in_order(seed, count, values):
    numbers = np.random.default_rng(seed)
    scores, truth = numbers.integers(0, values, count) / 7, numbers.random(count) < 0.5
    truth[:2] = (True, False)
    pairs = scores[truth][:, None] - scores[~truth][None]
    assert roc_area(scores, truth)[0] == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())


def test_the_feature_that_tells_is_found_and_its_figures_are_of_other_texts():
    finding = FeatureMonitor().explain(texts())
    found = finding.artifact
    assert found.features.tolist() == [3]
    assert finding.measured("auc") > 0.8
    assert finding.claim("auc").baseline < 0.65
    assert finding.claim("false_alarms").value < 15
    assert found.curve[0].tolist() == [0, 0]
    assert found.curve[-1].tolist() == [1, 1]
    assert (np.diff(found.curve, axis=0) >= 0).all()


@pytest.mark.parametrize("allowed", [0.05, 0.2])
def test_false_alarms_are_as_rare_as_promised(allowed):
    """Over many draws of texts on fresh ones of the same kind, with a feature that knows nothing and ties."""
    rates = []
    for seed in range(60):
        subject = texts(150, 0.0, seed)
        subject = ScoredTexts(np.round(subject.strongest, 1), subject.alarm, subject.groups, subject.lengths)
        found = FeatureMonitor((2,), allowed).explain(subject).artifact
        fresh = np.round(np.random.default_rng(1000 + seed).exponential(size=(2000, 1)), 1)
        rates.append(found.raises(found.score(fresh)).mean())
    assert np.mean(rates) <= allowed + 3 * np.std(rates) / 60**0.5
    assert np.mean(rates) > allowed / 4


def test_drift_is_told_where_there_is_some():
    usual = np.random.default_rng(0).exponential(size=300)
    same = [drift(usual, np.random.default_rng(seed).exponential(size=200)).p for seed in range(1, 101)]
    assert sum(p < 0.001 for p in same) <= 2
    assert drift(usual, 1 + np.random.default_rng(0).exponential(size=200)).p < 1e-6


def test_it_is_saved_and_has_a_page(tmp_path):
    finding = FeatureMonitor().explain(texts())
    finding.save(tmp_path)
    again = load_finding(tmp_path)
    assert again.artifact == finding.artifact
    assert isinstance(again.artifact, Monitor)
    assert "Which texts reach which threshold" in report_html(finding)


def test_bad_input_says_what_to_do():
    good = texts()
    with pytest.raises(ValueError, match="too few for false_alarms"):
        FeatureMonitor(false_alarms=0.001).explain(good)
    with pytest.raises(ValueError, match="chosen="):
        FeatureMonitor((99,)).explain(good)
    with pytest.raises(ValueError, match="all texts are 'usual'"):
        ScoredTexts(good.strongest, good.alarm & False, good.groups, good.lengths)
    with pytest.raises(ValueError, match="holds NaN"):
        ScoredTexts(good.strongest * np.nan, good.alarm, good.groups, good.lengths)
    with pytest.raises(ValueError, match="give one of each"):
        ScoredTexts(good.strongest[:-1], good.alarm, good.groups, good.lengths)
    with pytest.raises(ValueError, match="scale above 0"):
        Monitor([1], [0.0], 1.0, 0.1, [0.0], np.zeros((1, 2)))  # type: ignore[arg-type]

"""Laws of skills: exact recovery, the closed forms beside the equations run step by step, and honest silence."""

import numpy as np
import pytest

from pellucid.artifacts.learning.skill_laws import LAWS, clock, left_over, time_to
from pellucid.learn import SkillForecast
from pellucid.learn.skills.skill_fit import fit_law
from pellucid.subjects import SkillCurves

P = np.array([0.5, 0.25, 0.15, 0.1])
VALUES = {
    "independent": {"rate": 0.05, "floor": 0.05},
    "resource": {"rate": 0.01, "spare": 0.02, "power": 2.0, "floor": 0.05},
    "geometry": {"rate": 0.006, "spare": 0.02, "power": 2.0, "floor": 0.05},
    "domino": {"rate": 0.01, "power": 2.0, "floor": 0.05},
    "powers": {"rate": 0.02, "exponent": 0.8, "steepness": 6.0, "floor": 0.05},
}
T = np.linspace(0, 400, 60)


def curves_of(law, keep=60, noise=0.0, told=True):
    left = left_over(law, VALUES[law], P, T)
    left = left + noise * np.random.default_rng(0).normal(size=left.shape)
    return SkillCurves(T[:keep], np.maximum(left[:keep], 0), start=np.ones(4), frequencies=P if told else None)


@pytest.mark.parametrize("norm", ["resource", "geometry"])
def test_the_clock_is_that_of_the_equations_run_step_by_step(norm):
    """d l_k / dt = -rate p_k l_k / (norm + spare), by steps of a hundredth."""
    values, left, kept = VALUES[norm], np.ones(4), []
    for step in range(20_001):
        if step % 1000 == 0:
            kept.append(left)
        size = (P * left).sum() if norm == "resource" else np.sqrt(((P * left) ** 2).sum())
        left = left - 0.01 * values["rate"] * P * left / (size + values["spare"])
    closed = np.exp(-P * clock(norm, values, P, np.arange(21) * 10.0)[:, None])
    assert np.abs(closed - np.array(kept)).max() < 1e-3


@pytest.mark.parametrize("law", LAWS)
def test_exact_curves_give_their_law_back(law):
    left = left_over(law, VALUES[law], P, T)
    fit = fit_law(law, T, left, P)
    assert fit.error < 2e-3
    assert all(fit.values[name] == pytest.approx(value, rel=0.05) for name, value in VALUES[law].items())


@pytest.mark.parametrize("law", ["independent", "resource", "domino", "powers"])
def test_the_log_chooses_its_law_and_forecasts_the_rest(law):
    keep = 40
    found = SkillForecast().explain(curves_of(law, keep, noise=0.003)).artifact
    assert law in [name.removesuffix("+") for name, near in zip(found.laws, found.tolerated, strict=True) if near]
    true = time_to(law, VALUES[law], P, 0.1, 1e4)
    waiting = np.isfinite(found.forecast)
    assert (np.abs(np.log(found.forecast[waiting] / true[waiting])) < np.log(1.3)).all()


def test_without_frequencies_a_flat_skill_gets_no_time():
    steps = np.arange(40.0)
    values = np.stack([1 / (1 + (steps / 5) ** 6), 1 / (1 + (steps / 12) ** 6), np.ones(40)], 1)
    finding = SkillForecast("powers").explain(SkillCurves(steps, values))
    assert np.isnan(finding.artifact.forecast[2])
    (claim,) = [claim for claim in finding.claims if claim.key == "silent"]
    assert "--frequencies" in claim.evidence


def test_accuracies_are_opened_as_losses_are():
    losses = curves_of("resource", noise=0.003)
    accuracies = SkillCurves(T, 1 - np.minimum(losses.values, 1), frequencies=P, kind="accuracy", start=np.zeros(4))
    first, second = (SkillForecast("resource").explain(one).artifact for one in (losses, accuracies))
    assert np.allclose(first.learnt, second.learnt, equal_nan=True)


def test_time_is_counted_by_a_learning_rate_that_changes():
    rates = np.linspace(1, 0.1, 60)
    curves = SkillCurves(T, curves_of("independent").values, rates=rates)
    assert curves.time[-1] == pytest.approx(400 * 0.55)


@pytest.mark.parametrize(("given", "message"), [({"law": "power"}, "law='power'"), ({"within": 1.0}, "within=1.0")])
def test_settings_without_sense_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        SkillForecast(**given).explain(curves_of("domino"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"values": np.ones((20, 1))}, "too few"),
        ({"steps": np.arange(8.0), "values": np.ones((8, 2))}, "entries=8"),
        ({"values": np.full((20, 2), np.nan)}, "no number at step 0"),
        ({"kind": "accuracy", "values": np.full((20, 2), 50.0)}, "from 0 to 1"),
        ({"frequencies": [1.0, 0.0]}, "positive"),
        ({"values": np.zeros((20, 2))}, "nothing is left to learn"),
        ({"names": ("a",)}, "one name for each"),
    ],
)
def test_curves_that_say_nothing_are_refused(given, message):
    whole = {"steps": np.arange(20.0), "values": np.ones((20, 2)), **given}
    with pytest.raises(ValueError, match=message):
        SkillCurves(**whole)

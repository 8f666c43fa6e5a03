"""A budget is a budget: every engine ends with what it has, counted in the steps that it still takes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import process_time

import numpy as np
import pytest
import sympy

from pellucid.distill import Algebraic, KANFormula
from pellucid.distill.formulas.algebra import algebraic, cascade
from pellucid.distill.formulas.inference.weigh import likely_noises, rows_of, weigh_formulas
from pellucid.distill.formulas.parametric.parametric import Parametric
from pellucid.distill.formulas.race import Race
from pellucid.distill.formulas.regression import ranking
from pellucid.nets.splines import levenberg_marquardt
from pellucid.run.cpu_limit import cpu_limit, seconds_left
from pellucid.sklearn import FormulaRegressor
from pellucid.subjects.tables.samples import Samples


def exact(X, generator):
    return X[:, 0] / X[:, 1]


def noisy(X, generator):
    return X[:, 0] * X[:, 1] / X[:, 2] ** 2 + 0.02 * generator.normal(size=len(X))


def lawless(X, generator):
    return generator.normal(size=len(X))


def smooth(X, generator):
    return np.tanh(X[:, 0] * np.sin(3 * X[:, 1])) + np.exp(np.cos(X[:, 2] * X[:, 0]))


def table(law) -> Samples:
    generator = np.random.default_rng(1)
    X = generator.uniform(1, 3, (200, 3))
    return Samples(X, law(X, generator))


@pytest.fixture
def steps(monkeypatch):
    """How often the expensive step of each engine is taken."""
    counted = {"algebra": 0, "regression": 0, "splines": 0}

    def counting(name, function):
        def counted_function(*args, **kwargs):
            counted[name] += 1
            return function(*args, **kwargs)

        return counted_function

    monkeypatch.setattr(cascade, "_taken", counting("algebra", cascade._taken))
    monkeypatch.setattr(ranking, "fit", counting("regression", ranking.fit))
    monkeypatch.setattr(levenberg_marquardt, "_linearise", counting("splines", levenberg_marquardt._linearise))
    return counted


@pytest.mark.parametrize("law", [exact, noisy, lawless, smooth])
@pytest.mark.parametrize(
    "engine",
    [Algebraic(refits=0), Parametric(held_out=0.0), KANFormula(refits=0)],
    ids=lambda engine: type(engine).__name__,
)
def test_an_engine_whose_time_is_up_ends_at_once_with_a_formula(engine, law, steps):
    with cpu_limit(1e-9):
        finding = engine.explain(table(law))
    assert np.isfinite(finding.artifact(table(law).X)).all()
    assert steps["algebra"] <= 1
    assert steps["regression"] <= 1
    assert steps["splines"] == 0


@pytest.mark.parametrize("law", [noisy, lawless, smooth])
def test_a_race_whose_time_is_up_starts_no_further_engine_and_says_so(law):
    finding = Race(budget_seconds=1e-9).explain(table(law))
    untried = [claim.statement.split()[-1] for claim in finding.claims if claim.key == "not_found"]
    assert untried == ["Algebraic", "KANFormula", "Search"]  # the forms with constants come first


@pytest.mark.parametrize("seconds", [0, -1.0])
def test_no_time_is_refused(seconds):
    with pytest.raises(ValueError, match="budget_seconds"):
        Race(budget_seconds=seconds).explain(table(exact))
    with pytest.raises(ValueError, match="budget_seconds"):
        Parametric(budget_seconds=seconds).explain(table(exact))
    with pytest.raises(ValueError, match="budget_seconds"):
        FormulaRegressor(budget_seconds=seconds).fit(table(exact).X, table(exact).y)


@contextmanager
def interrupt_after(seconds: float) -> Iterator[None]:
    """Ctrl-C after so many CPU seconds."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    signal.signal(signal.SIGVTALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("law", [noisy, smooth])
@pytest.mark.parametrize("seconds", [0.001, 0.07, 0.9, 1.7])
def test_at_whatever_moment_it_is_interrupted_a_formula_comes_out_that_says_so(law, seconds):
    samples = table(law)
    began = process_time()
    with interrupt_after(seconds):
        finding = Race().explain(samples)
    assert process_time() - began < seconds + 2.5
    assert np.isfinite(finding.artifact(samples.X)).all()
    told = [claim.statement for claim in finding.claims if claim.key == "interrupted"]
    assert any(statement.startswith("a shorter formula by") for statement in told)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_at_random_moments_too(seed):
    generator = np.random.default_rng(seed)
    law = [exact, noisy, smooth, lawless][seed % 4]
    with interrupt_after(float(np.exp(generator.uniform(np.log(1e-3), np.log(30))))):
        finding = Race().explain(table(law))
    assert np.isfinite(finding.artifact(table(law).X)).all()


def test_a_formula_that_time_ran_out_on_has_its_constants_fitted_all_the_same():
    samples = table(noisy)
    small = Samples(samples.X, 1e-28 * samples.y)
    with cpu_limit(1e-9):
        entries = weigh_formulas([sympy.Integer(2)], rows_of(small), likely_noises(small.y))
    assert 0 < float(entries[0].expression) < 1e-26


@pytest.mark.parametrize(
    ("seconds", "is_noisy", "first"), [(60, True, "regressed"), (60, False, "exact"), (None, True, "exact")]
)
def test_in_limited_time_a_noisy_table_is_regressed_before_exact_laws_are_looked_for(
    monkeypatch, seconds, is_noisy, first
):
    asked = []
    monkeypatch.setattr(algebraic, "is_noisy", lambda samples: is_noisy)
    monkeypatch.setattr(algebraic, "candidates", lambda *_, **__: asked.append("exact") or [])
    monkeypatch.setattr(algebraic, "regressed_candidates", lambda *_: asked.append("regressed") or [])
    with cpu_limit(seconds):
        assert Algebraic().propose(table(lawless))  # plain candidates are left
    assert asked[0] == first
    assert asked.count("regressed") == 1


@pytest.mark.parametrize(("late", "kept"), [(0.4, True), (3.0, False)])
def test_a_method_that_ends_a_little_late_is_heard_while_others_have_time(late, kept, knows):
    @dataclass(frozen=True)
    class Late(knows):
        def _find(self, subject, context):
            end = process_time() + seconds_left() + late
            while process_time() < end:
                pass
            return super()._find(subject, context)

    samples = table(exact)
    race = Race((Late("x0/x1"), knows("x0")), budget_seconds=2.0, grace=0.05, lent=0.5)
    found = race.explain(samples)
    assert (found.artifact.expression == "x0/x1") == kept
    assert any("Late" in claim.statement for claim in found.claims if claim.key == "not_found") != kept


@pytest.mark.parametrize(
    "law",
    [
        pytest.param(lambda t: 2 * np.sin(1.7 * t) + 0.4 * t, id="wave on a line"),
        pytest.param(lambda t: 5 * t**2 / (3 + t**2), id="Hill", marks=pytest.mark.slow),
        pytest.param(lambda t: 7 * np.exp(-t / 2.3), id="decay", marks=pytest.mark.slow),
    ],
)
def test_of_few_noisy_rows_a_short_budget_finds_a_small_law(law):
    draw = np.random.default_rng(11)
    t = draw.uniform(0.2, 6, 80)
    y = law(t) + 0.02 * law(t).std() * draw.normal(size=80)
    formula = Race(budget_seconds=12.0).explain(Samples(t[:, None], y, ("t",))).artifact
    at = np.linspace(0.5, 5.5, 50)
    assert np.abs(formula(at[:, None]) - law(at)).max() < 0.05 * law(t).std()

"""The job from a table to a finding. The methods are stand-ins that know what they find: what is tested is the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from pellucid.artifacts import Formula, Front, Predictions
from pellucid.core import Finding, Measured, Method, Provenance, Undecided, load_finding
from pellucid.core import Tested as SampledClaim
from pellucid.distill.formulas.evidence.claims import unseen_claims
from pellucid.jobs import formula as job
from pellucid.jobs.formula import find_samples, list_tables, open_formula
from pellucid.subjects.tables.samples import Samples

CALLS: list[str] = []


@dataclass(frozen=True)
class Knows(Method[Samples, Formula]):
    """Finds what it was told to find."""

    text: str = "a"
    parts: tuple[str, ...] = field(default=())

    def explain(self, subject, seed=0, *, reporter=None, checkpoint=None):
        CALLS.append(self.text)
        if self.text == "nothing":
            raise ValueError("no formula; give more rows")
        if self.text == "stop":
            raise KeyboardInterrupt
        formula = Formula(self.text, subject.names, subject.target, subject.box)
        front = Front(tuple(Formula(t, subject.names, subject.target) for t in self.parts), (1.0,) * len(self.parts),
                      (1.0,) * len(self.parts))  # fmt: skip
        told = Provenance("test.Knows", self.settings(), seed, subject.fingerprint(), seconds={self.text: 1.0})
        return Finding(formula, (Measured("nothing", 0.0, ""),), told, {"front": front})


@dataclass(frozen=True)
class Other(Knows):
    """Another one, so that both have a checkpoint of their own."""


def table(rows=60, noise=0.0, columns=2):
    generator = np.random.default_rng(0)
    X = generator.uniform(1, 3, (rows, columns))
    names = ("a", "b", *(f"c{i}" for i in range(columns - 2)))
    return Samples(X, X[:, 0] * X[:, 1] ** 2 + noise * generator.normal(size=rows), names, "y")


@pytest.fixture(autouse=True)
def calls():
    CALLS.clear()
    return CALLS


def claim_about(finding, start):
    """The first claim whose statement starts like this."""
    return next(claim for claim in finding.claims if claim.statement.startswith(start))


def test_an_exact_formula_ends_the_search(calls):
    finding = open_formula(table(), name="t", methods=[Knows("a*b**2", ("a",)), Other("b")])
    assert calls == ["a*b**2"]
    assert finding.artifact.expression == "a*b**2"
    assert finding.artifact.box == table().box
    assert finding.provenance.subject == table().fingerprint()
    assert finding.provenance.settings["table"] == "t"
    held = claim_about(finding, "relative error")
    assert isinstance(held, Measured)
    assert held.value < 1e-12
    assert "12 rows" in held.statement


def test_the_shortest_description_wins_and_the_front_holds_them_all():
    tried = [Knows("a*b**2*1.0001", ("a", "b")), Other("a*b**2")]
    finding = open_formula(table(), methods=tried)
    assert finding.artifact.expression == "a*b**2"
    front = finding.parts["front"]
    assert isinstance(front, Front)
    assert front.formulas[front.chosen].expression == "a*b**2"
    assert list(front.bits) == sorted(front.bits)
    assert list(front.errors) == sorted(front.errors, reverse=True)
    seen = finding.parts["predictions"]
    assert isinstance(seen, Predictions)
    assert (len(seen.observed), seen.held_out.sum()) == (60, 12)
    assert finding.provenance.seconds == {"a*b**2*1.0001": 1.0, "a*b**2": 1.0}


def test_noise_does_not_buy_digits():
    finding = open_formula(table(300, noise=0.01), methods=[Knows("1.0003*a**1.0002*b**1.9997"), Other("a*b**2")])
    assert finding.artifact.expression == "a*b**2"


def test_a_method_that_finds_nothing_is_told_and_the_others_go_on():
    finding = open_formula(table(), methods=[Knows("nothing"), Other("a*b**2")])
    assert finding.claims[-1] == Undecided("a shorter formula by Knows", "no formula; give more rows")
    with pytest.raises(ValueError, match="no formula was found: no formula; give more rows"):
        open_formula(table(), methods=[Knows("nothing")])


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path, calls):
    with pytest.raises(KeyboardInterrupt):
        open_formula(table(), methods=[Knows("b"), Other("stop")], checkpoint=tmp_path)
    finding = open_formula(table(), methods=[Knows("b"), Other("a*b**2")], checkpoint=tmp_path)
    assert calls == ["b", "stop", "a*b**2"]
    assert finding.artifact.expression == "a*b**2"
    with pytest.raises(ValueError, match="belongs to another job"):
        open_formula(table(), methods=[Knows("b")], checkpoint=tmp_path, seed=1)


def test_it_survives_saving(tmp_path):
    finding = open_formula(table(), name="t", methods=[Knows("a*b**2")])
    loaded = load_finding(finding.save(tmp_path / "out"))
    assert loaded.artifact == finding.artifact
    assert loaded.claims == finding.claims
    assert loaded.parts == finding.parts
    assert (tmp_path / "out" / "formula.py").exists()


def test_the_same_seed_gives_the_same_finding():
    one, two = (open_formula(table(), methods=[Knows("a*b")], seed=3) for _ in range(2))
    assert (one.artifact, one.claims, one.parts) == (two.artifact, two.claims, two.parts)


def test_columns_that_say_nothing_are_left_out_and_told():
    wide = table(400, columns=60)
    finding = open_formula(wide, methods=[Knows("a*b**2")])
    assert finding.artifact.names == ("a", "b")
    assert "screened out 58 of 60" in finding.provenance.settings["notes"][0]


def test_columns_that_a_method_left_out_are_named():
    left = unseen_claims(table(columns=3), [("regressions", 2, {"a", "b"})])[0]

    @dataclass(frozen=True)
    class Misses(Knows):
        def explain(self, subject, seed=0, *, reporter=None, checkpoint=None):
            found = super().explain(subject, seed)
            return replace(found, claims=(*found.claims, left))

    noisy = table(noise=0.1, columns=3)
    assert left in open_formula(noisy, methods=[Misses("a*b**2")]).claims
    assert left.statement == "how y depends on columns that the regressions left out: c0"
    assert left not in open_formula(table(columns=3), methods=[Misses("a*b**2")]).claims


def test_what_cannot_be_explained_is_refused():
    with pytest.raises(ValueError, match="6 rows are too few for 8 features; give at least 10"):
        open_formula(table(6, columns=8))
    with pytest.raises(ValueError, match="target 'y' is constant"):
        open_formula(replace(table(), y=np.ones(60)))


def test_of_few_rows_all_are_seen_and_the_claims_are_the_methods_own():
    finding = open_formula(table(12), methods=[Knows("a*b**2")])
    assert finding.claims == (Measured("nothing", 0.0, ""),)
    assert not finding.parts["predictions"].held_out.any()


def test_many_rows_are_not_all_fitted_but_all_are_looked_at():
    finding = open_formula(table(60_000), methods=[Knows("a*b**2")])
    claim = claim_about(finding, "relative error of y on all")
    assert claim.statement == "relative error of y on all other rows (55,000 rows)"
    assert len(finding.parts["predictions"].observed) == 2000


def test_a_known_equation_is_compared_beyond_the_range():
    samples, name, reference = find_samples("I.12.1", rows=100)
    finding = open_formula(samples, name=name, reference=reference, methods=[Knows("mu*Nn")])
    claim = claim_about(finding, "formula = the equation")
    assert isinstance(claim, SampledClaim)
    assert (claim.cases, claim.failures) == (1000, 0)
    wrong = open_formula(samples, name=name, reference=reference, methods=[Knows("mu*Nn*1.001")])
    assert claim_about(wrong, "formula = the equation").failures == 1000


def test_tables_are_found_by_name_and_by_file(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "\n".join(f"{i},{i * i}" for i in range(9)))
    samples, name, reference = find_samples(str(path), target="b")
    assert (samples.target, name, reference) == ("b", "t", None)
    samples, name, reference = find_samples("I.12.2", rows=50, noise=0.1, seed=2)
    assert (samples.rows, name) == (50, "I.12.2")
    assert reference is not None
    for text, options, told in (
        (str(path), {"noise": 0.1}, "noise is for built-in equations"),
        ("I.12.2", {"target": "F"}, "target is for files"),
        ("kepler", {"rows": 5}, "rows is for built-in equations"),
        ("data.xlsx", {}, "unknown ending"),
        ("I.99.9", {}, "no equation"),
    ):
        with pytest.raises(ValueError, match=told):
            find_samples(text, **options)


def test_every_table_is_listed():
    listed = dict(list_tables())
    assert len(listed) == 121
    assert listed["kepler"].startswith("the planets")
    assert "=" in listed["I.12.2"]


def test_exponents_are_measured_where_a_power_law_is_not_exact():
    def exponents(finding):
        return [claim for claim in finding.claims if claim.statement.startswith("exponent of")]

    noisy = replace(table(300), y=table(300).y * np.exp(0.01 * np.random.default_rng(1).normal(size=300)))
    first, second = exponents(open_formula(noisy, methods=[Knows("a*b**2")]))
    assert "exponent of b in y, were it free (found: 2)" in (first.statement, second.statement)
    assert {round(first.value, 1), round(second.value, 1)} == {1.0, 2.0}
    assert 0 < first.uncertainty < 0.01
    assert exponents(open_formula(table(), methods=[Knows("a*b**2")])) == []
    assert exponents(open_formula(noisy, methods=[Knows("a*b**2 + 1")])) == []


def test_without_a_budget_nothing_is_timed():
    assert [type(method).__name__ for method in job._methods(None)] == ["Algebraic", "KANFormula", "Search"]
    assert job._methods(None)[2].settings()["budget_seconds"] is None
    assert job._methods(None)[2].settings()["rounds"] < job._methods(60)[2].settings()["rounds"]
    assert job._methods(60)[2].settings()["budget_seconds"] == 60


def test_a_used_up_budget_is_told(monkeypatch, calls):
    times = iter(range(0, 1000, 100))
    monkeypatch.setattr(job, "process_time", lambda: next(times))
    finding = open_formula(table(), methods=[Knows("a*b"), Other("a*b**2")], budget_seconds=60)
    assert calls == ["a*b"]
    assert finding.claims[-1].evidence == "the budget of 60 s was used up (give a larger one)"

"""Methods in competition: what wins, what is claimed, and that no fault of one loses what another found."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Formula, Front, Predictions
from pellucid.core import Found, Measured, Undecided, load_finding
from pellucid.distill import Algebraic
from pellucid.distill.formulas.evidence.claims import unseen_claims
from pellucid.distill.formulas.race import Race
from pellucid.subjects.tables.samples import Samples

FAULTS = (
    ValueError("too few rows; give more"),
    ZeroDivisionError("division by zero"),
    OverflowError("too large to convert"),
    RecursionError("maximum recursion depth exceeded"),
    MemoryError(),
    KeyError("x"),
    AttributeError("no attribute"),
    TypeError("Cannot convert complex to float"),
    AssertionError(),
    NotImplementedError("no closed form"),
    np.linalg.LinAlgError("SVD did not converge"),
    sympy.PolynomialError("no polynomial"),
    OSError(28, "No space left on device"),
    StopIteration(),
)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_whatever_a_method_raises_the_others_are_heard(table, knows, raises, fault, place):
    methods = [knows("b"), knows("a*b")]
    methods.insert(place, raises(fault))
    finding = Race(tuple(methods)).explain(table())
    assert finding.artifact.expression == "a*b"
    told = finding.claim("not_found")
    assert isinstance(told, Undecided)
    assert told.statement == "a shorter formula by Raises"
    assert type(fault).__name__ in told.reason or str(fault) in told.reason or told.reason == "out of memory"


def test_where_all_fail_a_value_error_says_why(table, raises):
    with pytest.raises(ValueError, match="no formula was found: too few rows; ZeroDivisionError: by zero"):
        Race((raises(ValueError("too few rows")), raises(ZeroDivisionError("by zero")))).explain(table())


@pytest.mark.parametrize("stop", [SystemExit(3), KeyboardInterrupt()])
def test_before_anything_is_found_an_end_is_an_end(table, raises, stop):
    with pytest.raises(type(stop)):
        Race((raises(ValueError("nothing")), raises(stop))).explain(table())


def test_an_interrupt_keeps_the_best_so_far_and_says_what_was_not_tried(table, knows, raises, calls):
    finding = Race((knows("b"), raises(KeyboardInterrupt()), knows("a*b**2"))).explain(table())
    assert finding.artifact.expression == "b"
    assert calls == ["b", "KeyboardInterrupt"]
    assert finding.claim("interrupted").statement == "a shorter formula by Raises, Knows"
    assert isinstance(finding.claim("error"), Measured)


@pytest.mark.parametrize("text", ["sqrt(b - 2)", "log(1 - a)", "exp(exp(exp(9*a)))", "asin(a)"])
def test_what_has_no_real_value_is_no_candidate(table, knows, text):
    finding = Race((knows(text, ("a", text)), knows("a*b", (text, "b")))).explain(table())
    assert finding.artifact.expression == "a*b"
    assert "no real value" in finding.claim("not_found").evidence
    with pytest.raises(ValueError, match="no formula was found"):
        Race((knows(text),)).explain(table())


def test_a_formula_that_no_claim_can_be_made_about_gives_way(table, knows, monkeypatch):
    from pellucid.distill.formulas import judge

    def claims(formula, *given, **options):
        if formula.expression == "a*b":
            raise ZeroDivisionError
        return original(formula, *given, **options)

    original = judge.formula_claims
    monkeypatch.setattr(judge, "formula_claims", claims)
    finding = Race((knows("b"), knows("a*b"))).explain(table())
    assert finding.artifact.expression == "b"
    assert finding.claim("not_found") == Undecided("claims about y = a*b", "ZeroDivisionError", key="not_found")


def test_an_exact_formula_ends_the_race(table, knows, calls):
    finding = Race((knows("a*b**2", ("a",)), knows("b"))).explain(table())
    assert calls == ["a*b**2"]
    assert finding.artifact.expression == "a*b**2"
    assert finding.artifact.box == table().box
    assert finding.provenance.subject == table().fingerprint()
    assert finding.measured("error") < 1e-12
    assert "12 rows" in finding.claim("error").statement


def test_the_shortest_description_wins_and_the_front_holds_them_all(table, knows):
    finding = Race((knows("a*b**2*1.0001", ("a", "b")), knows("a*b**2"))).explain(table())
    assert finding.artifact.expression == "a*b**2"
    front = finding.parts["front"]
    assert isinstance(front, Front)
    assert front.formulas[front.chosen].expression == "a*b**2"
    assert list(front.bits) == sorted(front.bits)
    assert list(front.errors) == sorted(front.errors, reverse=True)
    seen = finding.parts["predictions"]
    assert isinstance(seen, Predictions)
    assert (len(seen.observed), seen.held_out.sum()) == (60, 12)
    assert set(finding.provenance.seconds) == {"Knows", "claims", "total"}
    assert [each["text"] for each in finding.provenance.settings["methods"]] == ["a*b**2*1.0001", "a*b**2"]


def test_noise_does_not_buy_digits(table, knows):
    finding = Race((knows("1.0003*a**1.0002*b**1.9997"), knows("a*b**2"))).explain(table(300, noise=0.01))
    assert finding.artifact.expression == "a*b**2"


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path, table, knows, raises, calls):
    Race((knows("b"), raises(KeyboardInterrupt()))).explain(table(), checkpoint=tmp_path)
    finding = Race((knows("b"), knows("a*b**2"))).explain(table(), checkpoint=tmp_path)
    assert calls == ["b", "KeyboardInterrupt", "a*b**2"]
    assert finding.artifact.expression == "a*b**2"
    with pytest.raises(ValueError, match="belongs to another job"):
        Race((knows("b"),)).explain(table(), seed=1, checkpoint=tmp_path)


def test_it_survives_saving(tmp_path, table, knows):
    finding = Race((knows("a*b**2"),)).explain(table())
    loaded = load_finding(finding.save(tmp_path / "out"))
    assert loaded.artifact == finding.artifact
    assert loaded.claims == finding.claims
    assert loaded.parts == finding.parts
    assert (tmp_path / "out" / "formula.py").exists()


def test_the_same_seed_gives_the_same_finding(table, knows):
    one, two = (Race((knows("a*b"),)).explain(table(), 3) for _ in range(2))
    assert (one.artifact, one.claims, one.parts) == (two.artifact, two.claims, two.parts)


def test_columns_that_say_nothing_are_left_out_and_told(table, knows):
    finding = Race((knows("a*b**2"),)).explain(table(400, columns=60))
    assert finding.artifact.names == ("a", "b")
    assert "screened out 58 of 60" in finding.provenance.settings["notes"][0]


def test_columns_that_a_method_left_out_are_named(table, knows):
    left = unseen_claims(table(columns=3), [("regressions", 2, {"a", "b"})])[0]

    class Misses(knows):
        def _find(self, subject, context):
            found = super()._find(subject, context)
            return replace(found, claims=(*found.claims, left))

    assert Race((Misses("a*b**2"),)).explain(table(noise=0.1, columns=3)).claim("unseen") == left
    assert left.statement == "how y depends on columns that the regressions left out: c0"
    assert left not in Race((Misses("a*b**2"),)).explain(table(columns=3)).claims


def test_what_cannot_be_explained_is_refused(table):
    with pytest.raises(ValueError, match="2 rows are too few for any formula; give at least 3"):
        Race().explain(table(2))
    with pytest.raises(ValueError, match="target 'y' is constant"):
        Race().explain(replace(table(), y=np.ones(60)))
    with pytest.raises(TypeError, match="Race opens Samples, not list"):
        Race().explain([[1.0]])  # type: ignore[arg-type]


def test_of_few_rows_all_are_seen_and_nothing_is_called_tested_on_them(table, knows):
    finding = Race((knows("a*b**2"),)).explain(table(12))
    assert finding.claim("error").statement == "relative error of y on the rows it was fitted to (12 rows)"
    assert isinstance(finding.claim("agreement"), Measured)
    assert [claim.key for claim in finding.claims if claim.strength == "Tested"] == ["real_inside"]
    assert not finding.parts["predictions"].held_out.any()


def test_many_rows_are_not_all_fitted_but_all_are_looked_at(table, knows):
    finding = Race((knows("a*b**2"),), fitted_rows=500, claimed_rows=200, drawn_rows=100).explain(table(6_000))
    assert finding.claim("error_all").statement == "relative error of y on all other rows (5,500 rows)"
    assert "(200 rows)" in finding.claim("error").statement
    assert len(finding.parts["predictions"].observed) == 100


def test_exponents_and_what_is_left_are_measured_where_the_formula_is_not_exact(table, knows):
    samples = table(300)
    noisy = replace(samples, y=samples.y * np.exp(0.01 * np.random.default_rng(1).normal(size=300)))
    race = Race((knows("a*b**2"),))
    found = race.explain(noisy)
    assert {round(claim.value, 1) for claim in found.claims if claim.key == "exponent"} == {1.0, 2.0}
    assert found.measured("residual_structure") is not None
    exact = race.explain(samples)
    assert exact.measured("exponent") is exact.measured("residual_structure") is None


def test_without_a_budget_nothing_is_timed():
    names = [type(method).__name__ for method in Race().competitors()]
    assert names == ["Algebraic", "Jumps", "Parametric", "KANFormula", "Search"]
    assert all(method.settings().get("budget_seconds") is None for method in Race().competitors())
    timed = Race(budget_seconds=60).competitors()[4].settings()
    assert Race().competitors()[4].settings()["rounds"] < timed["rounds"]
    assert timed["budget_seconds"] == 60


def test_a_used_up_budget_is_told(monkeypatch, table, knows, calls):
    monkeypatch.setattr("pellucid.run.cpu_limit.process_time", count(0.0, 100.0).__next__)
    finding = Race((knows("a*b"), knows("a*b**2")), budget_seconds=60).explain(table())
    assert calls == ["a*b"]
    assert finding.claim("not_found").evidence == "the budget of 60 s was used up (give a larger one)"


ODD_NAMES = ("exp", "exec", "pi", "lambda_", "E", "I", "S", "N", "sqrt", "log", "sin", "Abs", "Max", "print", "math")
ODD_NAMES += ("x", "_c0", "x0", "None_", "zoo", "oo", "nan", "Symbol", "float", "sys", "abs", "beta", "gamma", "Q")


@settings(max_examples=12, deadline=None)
@given(names=st.lists(st.sampled_from(ODD_NAMES), min_size=3, max_size=3, unique=True), seed=st.integers(0, 99))
def test_columns_may_be_called_like_functions_constants_and_words_of_python(names, seed):
    generator = np.random.default_rng(seed)
    X = generator.uniform(1, 2, (80, 2))
    samples = Samples(X, np.pi * X[:, 0] * np.exp(-X[:, 1]), tuple(names[:2]), names[2])
    finding = Race((Algebraic(refits=0),)).explain(samples)
    formula = finding.artifact
    assert np.allclose(formula(X), samples.y, rtol=1e-9)
    assert Formula.from_dict(formula.to_dict(), {}) == formula
    scope: dict = {"__name__": "formula"}
    exec(formula.to_python(), scope)
    function = next(v for k, v in scope.items() if k.rstrip("_") == names[2].rstrip("_") and callable(v))
    assert np.isclose(function(*X[0].tolist()), samples.y[0])
    assert formula.latex()


def test_fewer_rows_than_columns_bear_a_formula_of_one_of_them(table, knows):
    finding = Race((knows("2*a"),)).explain(table(6, columns=8))
    assert finding.artifact.names == table(6, columns=8).names
    assert finding.claim("error").statement.endswith("(6 rows)")


def test_exact_numbers_that_an_engine_wrote_are_told_as_if_they_were_free():
    x = np.linspace(1, 2, 200)
    y = 0.6035 * x**2 - 4 + 0.01 * np.random.default_rng(0).normal(size=200)

    class Writes(Algebraic):
        def _find(self, subject, context):
            formula = Formula("0.6035*x**2 - 4", ("x",))
            return Found(formula, (Measured("nothing", 0.0, ""),), {})

    finding = Race((Writes(),)).explain(Samples(x, y, ("x",)))
    told = {claim.statement: claim for claim in finding.claims if claim.key == "constant"}
    number, exponent = (
        next(claim for text, claim in told.items() if text.endswith(f"were it free (found: {found})"))
        for found in (-4, 2)
    )
    assert abs(number.value + 4) < 4 * number.uncertainty < 0.05
    assert abs(exponent.value - 2) < 4 * exponent.uncertainty < 0.1


def test_copies_of_rows_bear_no_further_constants(table, knows):
    few = table(9, columns=3)
    finding = Race((knows("a*b**2"),)).explain(few.select(np.repeat(np.arange(9), 5)))
    assert finding.provenance.settings["rows"] == 9
    assert "36 of 45 rows are copies of others and count once" in finding.provenance.settings["notes"]
    noisy = Samples(np.repeat([1.0, 2.0, 3.0], 20), np.random.default_rng(0).normal(size=60).round(1), ("a",))
    assert Race((knows("a"),)).explain(noisy).provenance.settings["rows"] == 60

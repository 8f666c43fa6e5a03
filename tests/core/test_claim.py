import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.core.claim import (
    STRENGTHS,
    Claim,
    Exhausted,
    Measured,
    Proved,
    Refuted,
    Tested,
    Undecided,
    binomial_upper_bound,
    claim_from_dict,
    strongest_first,
)

PROVED = Proved("p", "all", "z3", "proofs/p.smt2", "z3 proofs/p.smt2")


@pytest.mark.parametrize(("failures", "cases"), [(0, 100_000), (0, 1), (3, 50), (50, 1000), (999, 1000), (7, 7)])
def test_the_bound_is_clopper_and_pearson(failures, cases):
    from scipy.stats import beta

    expected = 1.0 if failures == cases else beta.ppf(0.95, failures + 1, cases - failures)
    assert binomial_upper_bound(failures, cases) == pytest.approx(expected, rel=1e-6)


def test_hundred_thousand_without_a_failure_is_three_in_a_hundred_thousand():
    assert Tested("p", 100_000, 0).failure_bound == pytest.approx(3e-5, rel=0.01)


@pytest.mark.parametrize(("cases", "failures"), [(0, 0), (5, 6), (5, -1)])
def test_a_test_of_nothing_is_refused(cases, failures):
    with pytest.raises(ValueError, match="no test"):
        Tested("p", cases, failures)


def test_claims_survive_json():
    claims = [
        Proved("p", "all", "z3", "proofs/p.smt2", "z3 proofs/p.smt2"),
        Tested("p", 10, 1),
        Measured("m", 1.5, "s", 3.0, 0.1),
        Refuted("p", "inputs 1"),
        Undecided("p", "10 s ran out", "give more time"),
    ]
    assert [claim_from_dict(claim.to_dict()) for claim in claims] == claims


def test_unknown_strengths_are_refused():
    with pytest.raises(ValueError, match="Certain"):
        claim_from_dict({"strength": "Certain", "statement": "p"})


def test_every_kind_has_its_own_word():
    assert len({kind.strength for kind in STRENGTHS}) == len(STRENGTHS)


@given(st.integers(1, 400), st.data(), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
@settings(max_examples=80, deadline=None)
def test_the_bound_is_where_so_few_failures_become_unlikely(cases, data, confidence):
    from scipy.stats import binom

    failures = data.draw(st.integers(0, cases))
    bound = binomial_upper_bound(failures, cases, confidence)
    if failures == cases:
        assert bound == 1
        return
    assert failures / cases < bound < 1
    assert binom.cdf(failures, cases, bound) == pytest.approx(1 - confidence, abs=1e-7)


@given(st.integers(2, 60), st.data())
@settings(max_examples=40, deadline=None)
def test_more_failures_are_worse_and_more_cases_are_better(cases, data):
    failures = data.draw(st.integers(0, cases - 1))
    bound = binomial_upper_bound(failures, cases)
    assert bound < binomial_upper_bound(failures + 1, cases)
    assert bound > binomial_upper_bound(failures, cases + 1)
    assert bound < binomial_upper_bound(failures, cases, 0.99)


def test_one_case_is_a_test_and_every_case_may_fail():
    assert Tested("p", 1, 0).failure_bound == pytest.approx(0.95)
    assert Tested("p", 5, 5).failure_bound == 1
    assert Tested("p", 5, 0, confidence=0.5).failure_bound < Tested("p", 5, 0).failure_bound


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (PROVED, "z3    proofs/p.smt2"),
        (Exhausted("p", "bits", 4096), "4,096 cases"),
        (Tested("p", 1000, 1), "1,000 cases, 1 failure (<= 4.7e-03 at 95 %)"),
        (Tested("p", 1000, 2000 // 1000, 0.5), "1,000 cases, 2 failures (<= 2.7e-03 at 50 %)"),
        (Measured("m", 1.5, ""), "1.5"),
        (Measured("m", 0.123456789, "s"), "0.123457 s"),
        (Measured("m", 1.5, "s", 3.0), "1.5 s (baseline 3)"),
        (Measured("m", 1.5, "s", 3.14159), "1.5 s (baseline 3.142)"),
        (Measured("m", 1.23456, "s", 3.14159, 0.01), "1.23 +- 0.01 s (baseline 3.142)"),
        (Measured("m", 1.23456, "s", 3.14159, 0.2), "1.2 +- 0.2 s (baseline 3.14)"),
        (Measured("m", 1234.5, "", None, 20.0), "1230 +- 20"),
        (Measured("m", 5.0, "", None, 1.0), "5 +- 1"),
        (Measured("m", 1e-9, "", None, 2e-10), "1e-09 +- 2e-10"),
        (Measured("m", 1.0, "", None, 1e-6), "1.000000 +- 0.000001"),
        (Measured("m", 1.0, "", None, 1e-7), "1 +- 1e-07"),
        (Measured("m", 3e8, "", None, 2e7), "3e+08 +- 2e+07"),
        (Measured("m", 3e7, "", None, 2e6), "30000000 +- 2000000"),
        (Measured("m", 1.5, "s", 3.0, 0.0), "1.5 s (baseline 3)"),
        (Refuted("p", "inputs 1"), "counterexample: inputs 1"),
        (Undecided("p", "10 s ran out"), "10 s ran out"),
        (Undecided("p", "10 s ran out", "give more"), "10 s ran out (give more)"),
    ],
)
def test_evidence_in_a_few_words(claim: Claim, evidence: str):
    assert claim.evidence == evidence


def test_the_strongest_come_first_and_the_others_stay_in_order():
    weak = [Undecided("u", "r"), Refuted("r", "c"), Measured("m", 1.0, ""), Tested("t", 1, 0), Exhausted("e", "d", 1)]
    assert strongest_first([*weak, PROVED]) == (PROVED, *reversed(weak))
    same = [Measured(name, 1.0, "") for name in "cab"]
    assert strongest_first(same) == tuple(same)


def test_a_key_is_kept_where_there_is_one():
    assert "key" not in PROVED.to_dict()
    named = Measured("m", 1.0, "", key="fvu")
    assert named.to_dict()["key"] == "fvu"
    assert claim_from_dict(named.to_dict()) == named
    assert Tested("p", 10, 1).to_dict()["failure_bound"] == Tested("p", 10, 1).failure_bound
    assert PROVED.to_dict()["strength"] == "Proved"


def test_a_claim_of_no_kind_has_no_evidence():
    with pytest.raises(NotImplementedError):
        Claim("p").evidence  # noqa: B018

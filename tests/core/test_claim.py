import pytest

from pellucid.core.claim import (
    STRENGTHS,
    Measured,
    Proved,
    Refuted,
    Tested,
    Undecided,
    binomial_upper_bound,
    claim_from_dict,
)


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

from dataclasses import replace

import pytest

pytest.importorskip("flint")

from pellucid.artifacts import SpecialCases as Cases
from pellucid.core import Proved, Refuted
from pellucid.discover import SpecialDensities
from pellucid.prove.laws.special_cases import check_special_cases, prove_special_cases
from pellucid.subjects import Evolution

FIFTH = Evolution.parse("u_t = a*u**2*u_x + b*u_x*u_xx + c*u*u_xxx + u_5x", parameters="a, b, c")


@pytest.fixture(scope="module")
def fifth():
    return SpecialDensities().explain(FIFTH).artifact


def test_the_fifth_order_family_has_its_three_integrable_members(fifth):
    named = {case.name: case.condition for case in fifth.cases if case.name}
    assert named == {
        "Lax, fifth order of KdV": "c = b/2 and a = 3*b**2/40",
        "Sawada-Kotera": "a = b**2/5 and c = b",
        "Kaup-Kupershmidt": "a = 4*b**2/125 and c = 2*b/5",
    }
    assert {case.law.dimension for case in fifth.cases if case.name} == {3, 4}
    assert fifth.law.dimension == 1
    assert not fifth.left


def test_everything_is_proved_and_checked_again(fifth):
    proofs = prove_special_cases(fifth)
    assert all(isinstance(proof.claim, Proved) for proof in proofs)
    for proof in proofs:
        (text,) = proof.files.values()
        assert check_special_cases(text, fifth).holds
        assert not check_special_cases(text, replace(fifth, depth=1)).holds
    assert Cases.from_dict(fifth.to_dict(), {}) == fifth


def test_what_is_stronger_is_refuted(fifth):
    fewer = replace(fifth, cases=fifth.cases[:-1])
    assert isinstance(prove_special_cases(fewer)[-1].claim, Refuted)
    (case, *_) = fifth.cases
    elsewhere = replace(fifth, cases=(replace(case, values=(("c", "b/3"),)),))
    assert isinstance(prove_special_cases(elsewhere)[0].claim, Refuted)


def test_assumptions_rule_cases_out():
    apart = SpecialDensities(assumed=("b < 0", "c > 0")).explain(FIFTH).artifact
    assert not any(case.name for case in apart.cases)
    assert "with b < 0, c > 0" in apart.domain()
    assert all(isinstance(proof.claim, Proved) for proof in prove_special_cases(apart))
    assert isinstance(prove_special_cases(replace(apart, assumed=()))[-1].claim, Refuted)


def test_an_equation_without_parameters_has_none():
    with pytest.raises(ValueError, match="declare constants as parameters"):
        SpecialDensities().explain(Evolution.parse("u_t = u_xxx"))

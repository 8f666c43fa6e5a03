"""Values of parameters, exponents among them, at which there are more point symmetries: group classification."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("flint")

from pellucid.artifacts import SpecialCases as Cases
from pellucid.artifacts.laws.law_text import case_lines
from pellucid.core import Proved, Refuted, Undecided
from pellucid.discover import LieSymmetries, SpecialSymmetries
from pellucid.prove.laws.special_cases import check_special_cases, prove_special_cases
from pellucid.subjects import Dynamics, Evolution, FieldEquations

CLASSIFIED = [
    (Evolution.parse("u_t = (u**n*u_x)_x", parameters="n"), {"n = -4/3": 5}, 4),
    (FieldEquations.parse("u_tt = (u**n*u_x)_x", parameters="n"), {"n = -4": 5, "n = -4/3": 5}, 4),
    (Evolution.parse("u_t = u**n*u_x + u_xxx", parameters="n"), {"n = 1": 4}, 3),
    (Dynamics.parse("y' = v; v' = y**n", parameters="n"), {"n = -3": 3}, 2),
    (Dynamics.parse("y' = v; v' = -a*y*v - b*y**3", parameters="a, b"), {"b = a**2/9": 3}, 2),
]
"""Ovsiannikov; Ames, Lohner and Adams; the Galilean boost of KdV; Ermakov; y'' + 3 y y' + y^3 = 0."""


@pytest.fixture(scope="module", params=CLASSIFIED, ids=lambda row: row[0].describe())
def classified(request):
    subject, cases, general = request.param
    return SpecialSymmetries().explain(subject).artifact, cases, general


def test_the_cases_are_those_of_the_literature(classified):
    found, cases, general = classified
    assert {case.condition: case.law.dimension for case in found.cases} == cases
    assert found.law.dimension == general
    assert not found.left
    assert any(f"({general} in general)" in line for line in case_lines(found, plain=True))


def test_all_is_proved_and_what_is_stronger_is_not(classified):
    found, _, _ = classified
    proofs = prove_special_cases(found)
    assert all(isinstance(proof.claim, Proved) for proof in proofs)
    for proof in proofs:
        (text,) = proof.files.values()
        assert check_special_cases(text, found).holds
        assert not check_special_cases(text, replace(found, depth=1)).holds
    assert isinstance(prove_special_cases(replace(found, cases=()))[-1].claim, Refuted)
    (case, *rest) = found.cases
    fewer = replace(case, law=replace(case.law, dimension=case.law.dimension - 1))
    assert isinstance(prove_special_cases(replace(found, cases=(fewer, *rest)))[0].claim, Refuted)


def test_a_count_beyond_what_is_written_out_is_an_upper_bound(classified):
    """A case that is none would else be one for a larger number beside it."""
    found, _, _ = classified
    (case, *rest) = found.cases
    more = replace(found, cases=(replace(case, law=replace(case.law, dimension=case.law.dimension + 1)), *rest))
    assert "; at most " in prove_special_cases(more)[0].claim.statement
    some = replace(case.law, generators=case.law.generators[: found.law.dimension], names=(), brackets=())
    few = replace(found, cases=(replace(case, law=some), *rest))
    assert isinstance(prove_special_cases(few)[0].claim, Undecided)


def test_cases_are_read_as_they_were_written(classified):
    found, _, _ = classified
    assert Cases.from_dict(found.to_dict(), {}) == found


def test_exponents_that_were_not_put_in_are_not_said_to_be():
    found = SpecialSymmetries().explain(CLASSIFIED[0][0]).artifact
    assert "-4/3" in found.tried
    told = replace(found, tried=(*found.tried, "7"))
    assert isinstance(prove_special_cases(told)[-1].claim, Refuted)


def test_powers_of_a_slope_are_tried_where_they_have_values():
    moved = LieSymmetries().explain(Evolution.parse("u_t = u_x**n*u_xx", parameters="n")).claims[1:]
    assert len(moved) == 5
    assert all(claim.value < 1e-3 < claim.baseline for claim in moved)


def test_what_cannot_be_put_in_is_said():
    two = Evolution.parse("u_t = (u**n*u_x)_x + u**m", parameters="n, m")
    found = SpecialSymmetries().explain(two).artifact
    assert "m, n stand in exponents together" in found.problem
    assert not found.cases

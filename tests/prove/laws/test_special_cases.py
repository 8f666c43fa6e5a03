"""Special values of parameters in field equations: that they are all is found again, in the words of any version."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pellucid.artifacts.laws.densities import Densities
from pellucid.artifacts.laws.special_cases import SpecialCase, SpecialCases
from pellucid.core import Proved, Refuted
from pellucid.prove.laws.special_cases import check_special_cases, prove_special_cases

SPREADING = Densities(("u",), ("a*u_x**2 + b*u*u_xx",), ("a", "b"), (), (), order=0, degree=1, dimension=0)
"""b u u_xx + a u_x^2: u is conserved where a = b, 1/u where a = -b, and neither elsewhere."""


def case(value: str, rate: str, density: str) -> SpecialCase:
    law = replace(SPREADING, rhs=(rate,), parameters=("a",), densities=(density,), fluxes=("",), dimension=1)
    return SpecialCase((("b", value),), law)


EQUAL, OPPOSITE = case("a", "a*u*u_xx + a*u_x**2", "u"), case("-a", "-a*u*u_xx + a*u_x**2", "1/u")
FOUND = SpecialCases(SPREADING, (EQUAL, OPPOSITE), 2)


def test_that_there_is_no_other_case_is_found_again() -> None:
    assert [type(proof.claim) for proof in prove_special_cases(FOUND)] == [Proved] * 3
    proof = prove_special_cases(replace(FOUND, cases=(EQUAL,)))[-1]
    assert isinstance(proof.claim, Refuted)
    assert proof.claim.counterexample == "1 are conserved where b = -a"


@pytest.mark.parametrize("now", ["are more than 0", "are more than half of 0"])
def test_the_words_of_earlier_versions_are_read(now: str) -> None:
    """Which values are meant was said by the domain alone."""
    (text,) = prove_special_cases(FOUND)[-1].files.values()
    data = json.loads(text)
    assert data["statement"].endswith(FOUND.scope())
    earlier = data["statement"].replace(f", {FOUND.scope()}", "").replace("are more than 0", now)
    assert check_special_cases(json.dumps({**data, "statement": earlier}), FOUND).holds == (now == "are more than 0")

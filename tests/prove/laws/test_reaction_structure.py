"""What the arrows of reactions prove, and what they do not."""

from dataclasses import replace
from typing import Any

import pytest
from certificate_examples import Example, example, forged
from networks_of_reactions import ENZYME, PING_PONG, RING, STANDARD, structure

from pellucid.core import Refuted, Undecided
from pellucid.prove.laws.reaction_structure import StructureCertificate, prove_reaction_structure

STANDARD_SIPHONS = StructureCertificate().prove(STANDARD, "siphons.json", part="siphons").files["siphons.json"]


def _false_structures():
    def of(part, found=ENZYME, **changes):
        changed = replace(found, **changes)
        return Example(changed, [forged("reaction_structure", changed, part=part)])

    yield "a total that is not conserved", of("totals", totals=((1, 0, 1, 0), (0, 1, 1, 0)))
    yield "a total left out", of("totals", totals=ENZYME.totals[:1])
    yield "one total twice", of("totals", totals=((1, 0, 1, 0), (2, 0, 2, 0)))
    yield "no total", of("totals", totals=())
    yield "a semiflow left out", of("semiflows", PING_PONG, semiflows=PING_PONG.semiflows[:-1])
    yield "a semiflow that is a sum", of("semiflows", PING_PONG, semiflows=(*PING_PONG.semiflows, (1,) * 6))
    yield "another equation", of("elimination", reduced=(ENZYME.reduced[0], ENZYME.reduced[0]))
    yield "an equation left as it was", of("elimination", reduced=("-E*S*k1 + C*k2", ENZYME.reduced[1]))
    yield "another total put in", of("elimination", total_names=ENZYME.total_names[::-1])
    yield "a siphon left out", of("siphons", siphons=ENZYME.siphons[:1], held=ENZYME.held[:1])
    yield "a siphon that is not minimal", of("siphons", siphons=(*ENZYME.siphons, (0, 1, 2)), held=(*ENZYME.held, ()))
    yield "what is no siphon", of("siphons", siphons=(*ENZYME.siphons, (3,)), held=(*ENZYME.held, ()))
    yield "a critical one said to hold a total", of("siphons", held=(ENZYME.held[0], (0, 1, 1, 1)))
    yield "a critical one said to hold what is none", of("siphons", held=(ENZYME.held[0], (0, 1, 1, 0)))
    yield "one that holds a total called critical", of("siphons", held=((), ()))
    yield "a number below 0 in the sum", of("bounded", weights=(1, -1, 0, -1))
    yield "a sum that is not constant", of("bounded", weights=(1, 1, 1, 1))
    yield "a sum without a species", of("bounded", weights=(1, 0, 1, 0))
    yield "a circulation called rising", of("no_equilibrium", RING, rising=(1, 1, 1))
    yield "what falls called rising", of("no_equilibrium", rising=(0, 1, 0, 0))
    yield "rates of no known sign", of("no_equilibrium", rates=(*ENZYME.rates[:2], "C*(k3 - k1)"))
    yield "lists that ran out", of("siphons", complete=())


@example("reaction_structure", _false_structures)
def _reaction_structure():
    return Example(PING_PONG, prove_reaction_structure(PING_PONG))


@pytest.mark.parametrize(
    ("text", "words"), [("A -> 0", "A only falls"), ("0 -> A", "A only rises"), ("A -> B", "only")]
)
def test_what_is_used_up_falls(text, words):
    statement = _by_part(structure(text))["no_equilibrium"].statement
    assert words in statement
    assert "positive: -" not in statement


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A <-> B", "every solution stays bounded"),
        ("A -> B : -A", "every solution without negative amounts stays bounded"),  # A grows, and B falls below 0
        ("A <-> B : k*A, q*A", "every solution without negative amounts stays bounded"),
    ],
)
def test_a_sum_bounds_amounts_only_where_none_can_be_negative(text, words):
    assert _by_part(structure(text))["bounded"].statement == f"{words}: A + B is constant"


def _by_part(found):
    proofs = prove_reaction_structure(found)
    return dict(zip(StructureCertificate.parts_of(found), (proof.claim for proof in proofs), strict=True))


def test_what_runs_out_is_neither_proved_nor_refuted(monkeypatch):
    """Nothing is wrong with lists that could not be made again."""
    monkeypatch.setattr("pellucid.prove.laws.reaction_structure.minimal_semiflows", lambda matrix: None)
    claims: dict[str, Any] = _by_part(STANDARD)
    assert not any(isinstance(claim, Refuted) for claim in claims.values())
    assert isinstance(claims["siphons"], Undecided)
    assert "not shown" in claims["siphons"].evidence
    verdict = StructureCertificate().check(STANDARD_SIPHONS, STANDARD)
    assert verdict.unchecked
    assert "not shown" in verdict.problem

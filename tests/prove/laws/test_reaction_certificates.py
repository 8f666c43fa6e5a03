"""What the arrows of reactions prove, and what they do not."""

from dataclasses import replace
from typing import Any

import pytest
from certificate_examples import Example, example, forged

from pellucid.algebra.networks.siphons import TooMany
from pellucid.core import Proved, Refuted, Undecided
from pellucid.discover.reactions.structure import structure_of
from pellucid.prove.laws.reaction_structure import StructureCertificate, prove_reaction_structure
from pellucid.prove.laws.reaction_theorems import THEOREMS, applying, prove_reaction_theorems
from pellucid.subjects import ReactionNetwork


def structure(text):
    return structure_of(ReactionNetwork.from_text(text))


ENZYME = structure("E + S <-> C; C -> E + P")
RING = structure("A -> B; B -> C; C -> A")
PING_PONG = structure("E + A <-> F + P; F + B <-> E + Q")
LOTKA_VOLTERRA = structure("X -> 2X; X + Y -> 2Y; Y -> 0")
STANDARD = structure("A <-> 2B; A + C <-> D; D -> B + E; B + E -> A + C")
TWO_SITES = """E + S0 <-> C1; C1 -> E + S1; E + S1 <-> C2; C2 -> E + S2
F + S2 <-> D2; D2 -> F + S1; F + S1 <-> D1; D1 -> F + S0"""
FREE = structure("A -> 2A; A + B -> 2B")
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


def _false_theorems():
    def of(theorem, found, **changes):
        changed = replace(found, **changes)
        return Example(changed, [forged("reaction_theorem", changed, theorem=theorem)])

    yield "an arrow without a way back", of("deficiency_zero", ENZYME)
    yield "a constant of no known sign", of("deficiency_zero", RING, rates=("A*(k1 - k2)", *RING.rates[1:]))
    yield "a constant below 0", of("globally_stable", RING, rates=("-A*k1", *RING.rates[1:]))
    yield "a rate that saturates", of("globally_stable", RING, rates=("A*k1/(1 + A)", *RING.rates[1:]))
    yield "a critical siphon", of("globally_stable", STANDARD)
    yield (
        "a critical siphon forgotten",
        of("persistent", STANDARD, siphons=STANDARD.siphons[1:], held=STANDARD.held[1:]),
    )
    yield "a total where there is none", of("persistent", STANDARD, held=((2, 1, 0, 2, 1), STANDARD.held[1]))
    yield "deficiencies that do not add up", of("deficiency_one", LOTKA_VOLTERRA)
    yield "two terminal classes", of("deficiency_one", structure("A -> B; A -> C"), rising=())
    yield "no circle", of("weakly_reversible", ENZYME)
    yield "a deficiency of 0", of("robust", RING)
    yield "weights that are none", of("persistent", RING, weights=(1, 2, 1))
    yield "two signs in the determinant", of("unique", structure(TWO_SITES))
    yield "a determinant where nothing is at rest", of("injective", ENZYME)
    yield "an equilibrium that a siphon may spoil", of("existence", structure("A + B -> 2B; B -> A"))
    yield "another law of rates", of("persistent", RING, rates=("A*k1 - B*k2", *RING.rates[1:]))


@example("reaction_structure", _false_structures)
def _reaction_structure():
    return Example(PING_PONG, prove_reaction_structure(PING_PONG))


@example("reaction_theorem", _false_theorems)
def _reaction_theorem():
    return Example(RING, prove_reaction_theorems(RING))


@pytest.mark.parametrize("found", [ENZYME, RING, PING_PONG, LOTKA_VOLTERRA, STANDARD, FREE])
def test_everything_that_is_found_is_proved(found):
    proofs = [*prove_reaction_structure(found), *prove_reaction_theorems(found)]
    assert all(isinstance(proof.claim, Proved) for proof in proofs)


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


def test_a_search_that_runs_out_loses_no_other_theorem(monkeypatch):
    def never_ends(*given):
        raise TooMany("too many sets")

    monkeypatch.setattr("pellucid.prove.laws.reaction_structure.missing_siphon", never_ends)
    claims = [proof.claim for proof in prove_reaction_theorems(PING_PONG)]
    assert claims
    assert any(isinstance(claim, Undecided) and "too many sets" in claim.evidence for claim in claims)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A <-> B", ["globally_stable", "persistent"]),
        ("A <-> 2B; A + C <-> D; D -> B + E; B + E -> A + C", ["deficiency_zero"]),
        ("A + B <-> C; C -> 2A; 2A -> 2B; 2B -> A + B", ["deficiency_one_reversible", "persistent"]),
        ("0 -> M; M -> M + P; M -> 0; P -> 0", ["deficiency_one", "robust", "persistent_where_bounded"]),
        ("2X <-> 3X; X <-> 0", ["weakly_reversible", "persistent_where_bounded"]),
        ("A + B -> 2B; B -> A", ["robust"]),
        ("E + S <-> C; C -> E + P; F + P <-> D; D -> F + S", ["persistent", "unique"]),
        (f"{TWO_SITES}", ["existence", "persistent"]),  # up to three equilibria: Markevich and others 2004
        ("A <-> 2A; A + B <-> C; C <-> B", ["persistent_where_bounded", "weakly_reversible"]),  # up to three: Edelstein
        (
            "3A -> A + 2B; A + 2B -> 3B; 3B -> 2A + B; 2A + B -> 3A",
            ["persistent", "weakly_reversible"],
        ),  # Horn, Jackson
        ("X -> 2X; X + Y -> 2Y; Y -> 0", ["robust"]),
        ("E + S <-> C; C -> E + P", []),
        ("A <-> B : A*k/(1 + A), B*q", ["existence", "persistent"]),
        ("A <-> B : A*k/(1 - A), B*q", []),
        ("A <-> B : -1, 2", []),
    ],
)
def test_which_theorems_apply(text, names):
    assert sorted(applying(structure(text))) == sorted(names)


def test_a_theorem_names_its_source_and_its_conditions():
    for name, theorem in THEOREMS.items():
        assert any(year in theorem.source for year in ("1987", "1995", "2007", "2010", "2013", "2019")), name
        assert theorem.conditions

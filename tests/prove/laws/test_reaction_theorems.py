"""What follows from the arrows by theorems, and what does not."""

from dataclasses import replace

import pytest
from certificate_examples import Example, example, forged
from networks_of_reactions import ENZYME, LOTKA_VOLTERRA, PING_PONG, RING, STANDARD, structure

from pellucid.algebra.networks.siphons import TooMany
from pellucid.core import Proved, Undecided
from pellucid.prove.laws.reaction_structure import prove_reaction_structure
from pellucid.prove.laws.reaction_theorems import THEOREMS, applying, prove_reaction_theorems

TWO_SITES = """E + S0 <-> C1; C1 -> E + S1; E + S1 <-> C2; C2 -> E + S2
F + S2 <-> D2; D2 -> F + S1; F + S1 <-> D1; D1 -> F + S0"""
FREE = structure("A -> 2A; A + B -> 2B")


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


@example("reaction_theorem", _false_theorems)
def _reaction_theorem():
    return Example(RING, prove_reaction_theorems(RING))


@pytest.mark.parametrize("found", [ENZYME, RING, PING_PONG, LOTKA_VOLTERRA, STANDARD, FREE])
def test_everything_that_is_found_is_proved(found):
    proofs = [*prove_reaction_structure(found), *prove_reaction_theorems(found)]
    assert all(isinstance(proof.claim, Proved) for proof in proofs)


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

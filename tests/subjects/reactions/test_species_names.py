"""Charges, stars and hyphens are parts of names."""

from __future__ import annotations

from pellucid.subjects import ReactionNetwork
from pellucid.subjects.reactions.species_names import identifiers_of

read = ReactionNetwork.from_text


def test_charges_stars_and_hyphens_are_parts_of_names():
    assert read("Ca2+ + E* <-> CaE*").species == ("Ca2+", "E*", "CaE*")
    assert read("Na+ + Cl- -> NaCl").species == ("Na+", "Cl-", "NaCl")
    assert read("H+ -> 0; X-P -> 0; A+B -> 0").species == ("H+", "X-P", "A", "B")
    assert identifiers_of(["E*", "E_star", "a-b", "a_b"]) == ("E_star", "E_star_", "a_b", "a_b_")
    assert read("α + β₁ -> γ").variables == ("alpha", "beta1", "gamma")

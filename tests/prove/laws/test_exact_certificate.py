"""What a law's certificate says of itself."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from certificate_examples import FLOW, KDV, PENDULUM, TOP, TURNING

from pellucid.core import Refuted
from pellucid.prove import CERTIFICATES
from pellucid.prove.laws import exact_certificate
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.prove.laws.divergence import DensitiesCertificate, prove_densities
from pellucid.prove.laws.symmetry_identity import prove_symmetries


@pytest.mark.parametrize(("law", "proved"), [(TOP, True), (replace(TOP, expressions=("x",)), False)])
def test_the_time_is_that_between_start_and_end(law, proved, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 103.0])
    monkeypatch.setattr(exact_certificate.time, "monotonic", lambda: next(clock))
    proof = CERTIFICATES["conserved"]().prove(law, "proofs/a.json", part="identity", seed=0)
    assert proof.seconds == 3
    assert isinstance(proof.claim, Refuted) != proved
    assert proof.about == {"kind": "conserved"}


def said(kind: str, law, part: str) -> str:
    return CERTIFICATES[kind]().contents(law, part=part, seed=0)["statement"]


def test_statements() -> None:
    one = replace(PENDULUM, trivial=0)
    assert (
        said("conserved", one, "independence") == "the invariant is not a mere constant: it changes from state to state"
    )
    assert said("conserved", TOP, "independence") == "the 2 invariants are functionally independent"
    assert said("conserved", TOP, "completeness").endswith(
        "in x, y, z, without explicit time, have exactly 2 dimensions"
    )
    assert said("conserved", replace(TOP, vectors=3), "completeness").endswith("have at most 3 dimensions")
    assert "exactly 1 dimension, and 1 more that are constant" in said("conserved", PENDULUM, "completeness")
    assert said("conserved", replace(TOP, others=("x",)), "identity").endswith("; and 1 more, functions of these")
    assert said("densities", KDV, "identity") == "u, u**2: conserved, rho_t + J_x = 0"
    some = replace(KDV, fluxes=(KDV.fluxes[0], ""))
    assert said("densities", some, "identity") == "u, u**2: conserved, rho_t is an x-derivative"
    assert said("densities", KDV, "completeness").startswith(
        "exactly 2 conserved densities of degree <= 2 and order <= 0"
    )
    assert said("densities", replace(KDV, dimension=1), "completeness").startswith("at most 1 conserved density ")
    assert said("symmetries", FLOW, "completeness").endswith("in t, x, u have exactly 4 dimensions")
    assert "have at most 1 dimension, with d_t's" in said("symmetries", replace(TURNING, dimension=1), "completeness")
    assert "modulo" not in said("symmetries", replace(TURNING, second_order=True), "completeness")


def test_a_count_is_of_general_parameters() -> None:
    for kind, law in (("conserved", TOP), ("densities", KDV), ("symmetries", FLOW)):
        plain = said(kind, law, "completeness")
        assert said(kind, replace(law, parameters=("k", "m")), "completeness") == f"{plain}, for general k, m"
        assert said(kind, replace(law, parameters=("k",)), "identity") == said(kind, law, "identity")
        many = tuple(f"k{i}" for i in range(12))
        assert said(kind, replace(law, parameters=many), "completeness").endswith("general values of the 12 parameters")


def test_a_count_in_the_words_of_earlier_versions_holds_no_other_does() -> None:
    law = replace(KDV, parameters=("k",))
    text = prove_densities(law)[-1].files["proofs/completeness.json"]
    before = text.replace(", for general k", "")
    assert text != before
    assert DensitiesCertificate().check(text, law).holds
    assert DensitiesCertificate().check(before, law).holds
    assert not DensitiesCertificate().check(text.replace("for general k", "for all k"), law).holds


def test_domains() -> None:
    generic = "all values of the parameters but special ones"
    for kind, law in (("conserved", TOP), ("densities", KDV), ("symmetries", FLOW)):
        certificate = CERTIFICATES[kind]()
        plain = certificate.contents(law, part="completeness", seed=0)
        free = certificate.contents(replace(law, parameters=("k",)), part="completeness", seed=0)
        assert plain["domain"].startswith("th")
        assert free["domain"] == generic
        assert certificate.contents(law, part="identity", seed=0)["domain"].startswith("every")
        assert (plain["format"], plain["kind"], plain["seed"], plain["prime"]) == (1, kind, 0, 2**31 - 1)


def test_a_seed_is_kept_and_is_0_if_nothing_is_said() -> None:
    for prove, law in ((prove_conserved, TOP), (prove_densities, KDV), (prove_symmetries, FLOW)):
        for proof in prove(law):
            assert all(json.loads(text)["seed"] == 0 for text in proof.files.values())
        for proof in prove(law, 7):
            assert all(json.loads(text)["seed"] == 7 for text in proof.files.values())

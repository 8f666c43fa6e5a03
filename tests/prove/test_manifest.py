"""The manifest: every file of the proofs that succeeded, each with its fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from pellucid.artifacts.laws.invariants import Invariants
from pellucid.artifacts.laws.special_cases import SpecialCases
from pellucid.core import Refuted
from pellucid.prove import CERTIFICATES, Proof
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.prove.laws.special_cases import prove_special_cases
from pellucid.prove.manifest import FORMAT, MANIFEST, assumptions_of, certificate_files, digest

LAW = Invariants(("x", "v"), ("v", "-k*x"), ("k",), ("k*x**2 + v**2",), 2, ("x", "v"), 1)
CASES = SpecialCases(LAW, (), 2)


def test_it_lists_what_was_proved() -> None:
    proofs = [*prove_conserved(LAW), *prove_special_cases(CASES)]
    files = certificate_files(LAW, [*proofs, Proof(Refuted("a", "b"))], CASES)
    manifest = json.loads(files.pop(MANIFEST))
    assert list(manifest) == [
        "format", "invariants", "special_cases", "certificates", "files", "tools", "assumptions",
    ]  # fmt: skip
    assert manifest["format"] == FORMAT == 1
    assert manifest["invariants"] == LAW.to_dict()
    assert manifest["special_cases"] == CASES.to_dict()
    assert [entry["kind"] for entry in manifest["certificates"]] == ["conserved"] * 3 + ["special_cases"]
    assert [entry["path"] for entry in manifest["certificates"]] == list(files)
    contents = {path: text.encode() for path, text in files.items()} | dict(LAW.files())
    assert manifest["files"] == {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    assert list(manifest["files"]) == sorted(manifest["files"])
    assert manifest["assumptions"] == list(CERTIFICATES["conserved"].assumptions)
    assert {"python", "python-flint", "sympy"} <= set(manifest["tools"])


def test_parts_come_with_their_files() -> None:
    files = certificate_files(CASES, prove_conserved(LAW), LAW)
    assert "invariants.py" in json.loads(files[MANIFEST])["files"]


def test_nothing_that_was_proved_is_no_manifest() -> None:
    assert certificate_files(LAW, []) == {}
    assert certificate_files(LAW, [Proof(Refuted("a", "b"))]) == {}


def test_two_proofs_at_one_path_are_refused() -> None:
    proofs = prove_conserved(LAW)
    with pytest.raises(ValueError, match=r"two proofs write \['proofs/identity.json'\]"):
        certificate_files(LAW, [*proofs, proofs[0]])
    other = replace(proofs[0], files={"proofs/other.json": "{}"})
    assert len(certificate_files(LAW, [*proofs, other])) == 5


def test_each_assumption_is_made_once() -> None:
    kinds = [CERTIFICATES[kind]() for kind in ("conserved", "bound", "conserved")]
    found = assumptions_of(kinds)
    assert len(found) == len(set(found)) == 4  # three about laws, one about formulas; that tools are sound is in both


def test_fingerprints() -> None:
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

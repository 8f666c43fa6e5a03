"""The manifest of a folder of proofs: which files, which programs, which tools, and what is taken for granted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TypeAlias

from ..artifacts.formulas.formula import Formula
from ..artifacts.laws.densities import Densities
from ..artifacts.laws.integrable_families import IntegrableFamilies
from ..artifacts.laws.invariants import Invariants
from ..artifacts.laws.special_cases import SpecialCases
from ..artifacts.laws.symmetries import Symmetries
from ..artifacts.programs.program import Program
from ..core.claim import Proved
from ..core.provenance import installed_versions
from .programs.dafny_run import dafny_version
from .programs.equivalence import Proof
from .programs.product import as_printed, signature

MANIFEST = "proofs/manifest.json"
FORMAT = 1
ASSUMPTIONS = (
    "integers have any size, as in Python",
    "the program is the text of program.py, read as a fold: registers set, then one loop over the steps",
    "every input of every step is in its stated range",
    "the solvers and verifiers named here are sound",
)


FORMULA_ASSUMPTIONS = (
    "a formula is about real numbers: rounding while it is computed is not counted",
    "the tools named here are sound",
)
LAW_ASSUMPTIONS = (
    "numbers in the equations are the decimal fractions that are written",
    "functions are differentiable where the equations are defined",
    "the tools named here are sound",
)
Provable: TypeAlias = Program | Formula | Invariants | Densities | Symmetries | SpecialCases | IntegrableFamilies


def assumptions_for(kind: str) -> list[str]:
    """What is taken for granted by every certificate about an artifact of this kind."""
    known = {Program.kind: ASSUMPTIONS, Formula.kind: FORMULA_ASSUMPTIONS}
    return list(known.get(kind, LAW_ASSUMPTIONS))


def certificate_files(artifact: Provable, proofs: Sequence[Proof], *parts: Provable) -> dict[str, str]:
    """Every file of the proofs that succeeded, and their manifest; for `Finding.plus(..., proofs=...)`.

    `parts` are artifacts of the finding that some of the proofs are about.

    Raises ValueError where two proofs share a path.
    """
    proved = [proof for proof in proofs if isinstance(proof.claim, Proved)]
    files: dict[str, str] = {}
    for proof in proved:
        if shared := sorted(set(files) & set(proof.files)):
            raise ValueError(f"two proofs write {shared}; give each its own path")
        files.update(proof.files)
    if not files:
        return {}
    contents = {path: text.encode() for path, text in files.items()} | dict(artifact.files())
    manifest = {
        "format": FORMAT,
        **_subject(artifact),
        **{name: told for part in parts for name, told in _subject(part).items()},
        "certificates": [_entry(proof) for proof in proved],
        "files": {path: digest(content) for path, content in sorted(contents.items())},
        "tools": {**installed_versions(_TOOLS.get(artifact.kind, _EXACT)), **_dafny(proved)},
        "assumptions": assumptions_for(artifact.kind),
    }
    return {**files, MANIFEST: json.dumps(manifest, indent=2) + "\n"}


_TOOLS = {
    Program.kind: ("pellucid", "z3-solver", "cvc5"),
}
_EXACT = ("pellucid", "python-flint", "sympy")


def _subject(artifact: Provable) -> dict[str, object]:
    if not isinstance(artifact, Program):
        return {artifact.kind: artifact.to_dict()}
    return {"program": {"path": "program.py", **signature(as_printed(artifact))}}


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _entry(proof: Proof) -> dict[str, object]:
    claim = proof.claim
    assert isinstance(claim, Proved)
    named = {"path": claim.certificate, "statement": claim.statement, "domain": claim.domain, "by": claim.by}
    return {**named, **proof.about}


def _dafny(proofs: Sequence[Proof]) -> dict[str, str]:
    return {"dafny": dafny_version()} if any(proof.about.get("kind") == "theorem" for proof in proofs) else {}

"""The manifest of a folder of proofs: which files, which programs, which tools, and what is taken for granted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from ..artifacts.program import Program
from ..core.claim import Proved
from ..core.provenance import installed_versions
from .dafny_run import dafny_version
from .equivalence import Proof
from .product import as_printed, signature

MANIFEST = "proofs/manifest.json"
FORMAT = 1
ASSUMPTIONS = (
    "integers have any size, as in Python",
    "the program is the text of program.py, read as a fold: registers set, then one loop over the steps",
    "every input of every step is in its stated range",
    "the solvers and verifiers named here are sound",
)


def certificate_files(program: Program, proofs: Sequence[Proof]) -> dict[str, str]:
    """Every file of the proofs that succeeded, and their manifest; for `Finding.plus(..., proofs=...)`.

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
    contents = {path: text.encode() for path, text in files.items()} | dict(program.files())
    manifest = {
        "format": FORMAT,
        "program": {"path": "program.py", **signature(as_printed(program))},
        "certificates": [_entry(proof) for proof in proved],
        "files": {path: digest(content) for path, content in sorted(contents.items())},
        "tools": {**installed_versions(("pellucid", "z3-solver", "cvc5")), **_dafny(proved)},
        "assumptions": list(ASSUMPTIONS),
    }
    return {**files, MANIFEST: json.dumps(manifest, indent=2) + "\n"}


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

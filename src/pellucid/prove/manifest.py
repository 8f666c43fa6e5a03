"""The manifest of a folder of proofs: which files, which artifacts, which tools, and what is taken for granted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ..core.artifact import Artifact
from ..core.claim import Proved
from .proof import CERTIFICATES, Certificate, Proof

MANIFEST = "proofs/manifest.json"
FORMAT = 1


def certificate_files(artifact: Artifact, proofs: Sequence[Proof], *parts: Artifact) -> dict[str, str]:
    """Every file of the proofs that succeeded, and their manifest; for `Finding.plus(..., proofs=...)`.

    `parts` are artifacts of the finding that some of the proofs are about.

    Raises ValueError where two proofs share a path.
    """
    proved = [(proof, proof.claim) for proof in proofs if isinstance(proof.claim, Proved)]
    files: dict[str, str] = {}
    for proof, _ in proved:
        if shared := sorted(set(files) & set(proof.files)):
            raise ValueError(f"two proofs write {shared}; give each its own path")
        files.update(proof.files)
    if not files:
        return {}
    return {**files, MANIFEST: json.dumps(_manifest((artifact, *parts), proved, files), indent=2) + "\n"}


def _manifest(
    artifacts: Sequence[Artifact], proved: Sequence[tuple[Proof, Proved]], files: Mapping[str, str]
) -> dict[str, Any]:
    """What the manifest says: the artifacts, the certificates, fingerprints, tools, and what is taken for granted."""
    kinds = [CERTIFICATES[proof.about["kind"]]() for proof, _ in proved]
    contents = {path: text.encode() for path, text in files.items()}
    contents |= chain.from_iterable(artifact.files().items() for artifact in artifacts)
    return {
        "format": FORMAT,
        **{name: said for artifact in artifacts for name, said in _stated(artifact, kinds).items()},
        "certificates": [_entry(proof, claim) for proof, claim in proved],
        "files": {path: digest(content) for path, content in sorted(contents.items())},
        "tools": {name: version for kind in kinds for name, version in kind.tools().items()},
        "assumptions": assumptions_of(kinds),
    }


def assumptions_of(kinds: Iterable[Certificate]) -> list[str]:
    """What is taken for granted by these certificates, each assumption once."""
    return list(dict.fromkeys(chain.from_iterable(kind.assumptions for kind in kinds)))


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal.

    >>> digest(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(content).hexdigest()


def _stated(artifact: Artifact, kinds: Iterable[Certificate]) -> dict[str, Any]:
    """What the manifest says of an artifact, in the way of the certificates that are about it."""
    about = (kind for kind in kinds if isinstance(artifact, kind.about))
    kind = next(about, None)
    return {artifact.kind: artifact.to_dict()} if kind is None else kind.stated(artifact)


def _entry(proof: Proof, claim: Proved) -> dict[str, Any]:
    named = {"path": claim.certificate, "statement": claim.statement, "domain": claim.domain, "by": claim.by}
    return {**named, **proof.about}

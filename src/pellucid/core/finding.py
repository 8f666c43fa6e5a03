"""Findings: an artifact, the claims about it, and where it comes from. What every method returns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from .artifact import KINDS, Artifact
from .claim import Claim, Measured, claim_from_dict, strongest_first
from .files import safe_relative, write_folder
from .notebook import claims_in_words, finding_as_html
from .provenance import Provenance

ArtifactT = TypeVar("ArtifactT", bound=Artifact)

FORMAT = 1


@dataclass(frozen=True, repr=False)
class Finding(Generic[ArtifactT]):
    """What was found, how well each statement about it is known (strongest first), and how it came about."""

    artifact: ArtifactT
    claims: tuple[Claim, ...]
    provenance: Provenance
    parts: Mapping[str, Artifact] = field(default_factory=dict)
    """Named artifacts that it was found through: the network, the automaton, the training curve."""
    proofs: Mapping[str, str] = field(default_factory=dict)
    """Certificates: path inside the finding's folder -> text."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "claims", strongest_first(self.claims))
        object.__setattr__(self, "artifact", self.artifact.with_parts(self.parts))

    def __repr__(self) -> str:
        return f"<Finding {self.artifact.describe()}: {claims_in_words(self.claims)}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the artifact, and the claims as a table."""
        return finding_as_html(self.artifact._repr_html_(), self.claims)

    def claim(self, key: str) -> Claim:
        """The first claim with this key, the strongest where several have it. Raises KeyError where none has it."""
        for claim in self.claims:
            if claim.key == key:
                return claim
        raise KeyError(f"no claim has the key {key!r}; there are {sorted({c.key for c in self.claims if c.key})}")

    def measured(self, key: str) -> float | None:
        """The value of the first measured claim with this key; None where there is none."""
        values = (claim.value for claim in self.claims if isinstance(claim, Measured) and claim.key == key)
        return next(values, None)

    def plus(self, *claims: Claim, proofs: Mapping[str, str] | None = None) -> Finding[ArtifactT]:
        """The same finding, with more claims and their certificates."""
        return replace(self, claims=(*self.claims, *claims), proofs={**self.proofs, **(proofs or {})})

    def save(self, folder: Path | str, extra: Mapping[str, bytes] | None = None) -> Path:
        """Write `finding.json` and every file of the artifacts and proofs into `folder`; all of it or nothing.

        The files of a finding that was there before are removed: two in one folder would be taken for one.
        """
        files: dict[str, bytes] = {path: text.encode() for path, text in self.proofs.items()}
        for artifact in (self.artifact, *self.parts.values()):
            files.update(artifact.files())
        files |= extra or {}
        files["finding.json"] = (json.dumps(self.to_dict(files), indent=2) + "\n").encode()
        return write_folder(Path(folder), files, _written_before(Path(folder)))

    def to_dict(self, files: Mapping[str, bytes] | None = None) -> dict[str, Any]:
        """All of it but the files, as JSON can hold it, with digests of `files` and of every claim."""
        data: dict[str, Any] = {
            "format": FORMAT,
            "artifact": _artifact_to_dict(self.artifact),
            "claims": [claim.to_dict() for claim in self.claims],
            "provenance": self.provenance.to_dict(),
            "parts": {name: _artifact_to_dict(part) for name, part in self.parts.items()},
            "proofs": sorted(self.proofs),
        }
        if files is not None:
            others = sorted(set(files) - set(self.proofs))  # the manifest has those of proofs
            data["files"] = {name: hashlib.sha256(files[name]).hexdigest() for name in others}
        return {**data, "digests": claim_digests(data)}


def load_finding(folder: Path | str) -> Finding[Any]:
    """The finding that `Finding.save` wrote into `folder`. Raises ValueError where there is none, or it is damaged."""
    folder = Path(folder)
    try:
        data = json.loads((folder / "finding.json").read_text())
    except FileNotFoundError:
        raise ValueError(f"folder={str(folder)!r} holds no finding.json; name a folder that a command wrote") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{folder / 'finding.json'} is not JSON ({error}); write the finding again") from None
    if not isinstance(data, dict):
        raise ValueError(f"{folder / 'finding.json'} is no JSON object; write the finding again")
    if data.get("format") != FORMAT:
        raise ValueError(
            f"finding.json has format {data.get('format')!r}, this version reads {FORMAT}; update pellucid"
        )
    try:
        return _finding_of(data, folder)
    except FileNotFoundError as error:
        raise ValueError(f"folder={str(folder)!r} lacks {Path(error.filename).name}; write the finding again") from None
    except (KeyError, TypeError, AttributeError, IndexError, ArithmeticError, RecursionError, OSError) as error:
        told = f"{type(error).__name__}: {error}"[:120]
        raise ValueError(f"{folder / 'finding.json'} is damaged ({told}); write the finding again") from error


def _finding_of(data: Mapping[str, Any], folder: Path) -> Finding[Any]:
    def artifact(entry: Mapping[str, Any]) -> Artifact:
        files = {name: (folder / safe_relative(name)).read_bytes() for name in entry["files"]}
        return KINDS[entry["kind"]].from_dict(entry["data"], files)

    return Finding(
        artifact=artifact(data["artifact"]),
        claims=tuple(claim_from_dict(claim) for claim in data["claims"]),
        provenance=Provenance(**data["provenance"]),
        parts={name: artifact(entry) for name, entry in data["parts"].items()},
        proofs={path: (folder / safe_relative(path)).read_text() for path in data["proofs"]},
    )


def _written_before(folder: Path) -> list[str]:
    """The files of the finding that a folder holds; none where there is none, or it cannot be read."""
    try:
        data = json.loads((folder / "finding.json").read_text())
        names = [*data.get("files", {}), *data.get("proofs", [])]
        return [name for name in names if isinstance(name, str) and (folder / safe_relative(name)).is_file()]
    except (OSError, ValueError, AttributeError, TypeError):
        return []


def claim_digests(data: Mapping[str, Any]) -> list[str]:
    """SHA-256 of each claim together with all else that a finding.json holds: what was found, from what, which files.

    A figure that was edited does not fit its digest any more. Who edits it on purpose can write the digest anew: that
    the figure is right is only seen by measuring it again.
    """
    shared = {name: value for name, value in data.items() if name not in ("claims", "digests")}
    if "files" not in data:  # as the digests were before there were those of files
        source = {name: data["provenance"][name] for name in ("method", "settings", "seed", "subject")}
        start = json.dumps([source, data["artifact"]], sort_keys=True)
    else:
        start = json.dumps(shared, sort_keys=True)
    texts = (json.dumps(claim, sort_keys=True) for claim in data["claims"])
    return [hashlib.sha256(f"{start}\n{text}".encode()).hexdigest() for text in texts]


def _artifact_to_dict(artifact: Artifact) -> dict[str, Any]:
    return {"kind": artifact.kind, "data": artifact.to_dict(), "files": sorted(artifact.files())}

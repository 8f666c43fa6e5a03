"""A finding's folder as a checker reads it: the finding, the manifest, and files by their path inside the folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..core.artifact import Artifact
from ..core.files import safe_relative
from .manifest import MANIFEST
from .proof import CertificateError

ArtifactT = TypeVar("ArtifactT", bound=Artifact)


@dataclass(frozen=True)
class Saved:
    """The folder of a finding with proofs. Nothing in it is believed."""

    folder: Path
    finding: Mapping[str, Any]
    manifest: Mapping[str, Any]

    @classmethod
    def open(cls, folder: Path | str) -> Saved:
        """Raises ValueError where the folder holds no finding. Without proofs there is no manifest: it is empty."""
        folder = Path(folder)
        has_proofs = (folder / MANIFEST).exists()
        return cls(folder, _json(folder, "finding.json"), _json(folder, MANIFEST) if has_proofs else {})

    def read(self, path: str) -> bytes:
        """A file of the folder. Raises ValueError for a path that leads out of it, OSError where there is none."""
        return (self.folder / safe_relative(path)).read_bytes()

    def text(self, path: str) -> str:
        """A text file of the folder."""
        return self.read(path).decode()

    def entry_of(self, kind: str) -> Mapping[str, Any]:
        """What the finding says of its artifact of this kind, or of the first part that is one."""
        for entry in (self.finding["artifact"], *self.finding["parts"].values()):
            if entry["kind"] == kind:
                return entry
        raise CertificateError(f"the finding holds no {kind}")

    def artifact(self, kind: type[ArtifactT]) -> ArtifactT:
        """The artifact that the manifest is about; `Certificate.sources` sees to it that it is the finding's."""
        return kind.from_dict(self.manifest[kind.kind], {})


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        data = json.loads((folder / name).read_text())
    except FileNotFoundError:
        inside = sorted(str(path.parent) for path in folder.glob(f"*/{name}"))
        remedy = f"name one of {', '.join(inside)}" if inside else "name the folder of a finding with proofs"
        raise ValueError(f"folder={str(folder)!r} holds no {name}; {remedy}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{folder / name} is not JSON ({error}); write the finding again") from None
    if not isinstance(data, dict):
        raise ValueError(f"{folder / name} is no JSON object; write the finding again")
    return data

"""What a method has found is kept in the checkpoint until the job is done, so that an interrupted job can go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..core.finding import Finding, load_finding
from ..core.method import Method

FOLDER = "found"


def keep(found: Finding[Any], folder: Path | None, name: str = FOLDER) -> None:
    """Writes the finding into the checkpoint, where there is one; `name` tells the findings of one job apart."""
    if folder is not None:
        found.save(folder / name)


def resumed(
    folder: Path | None, method: Method[Any, Any], subject: Any, seed: int, name: str = FOLDER
) -> Finding[Any] | None:
    """What an interrupted run had found by this method already. Raises ValueError where that was another job."""
    if folder is None or not (folder / name / "finding.json").is_file():
        return None
    found = load_finding(folder / name)
    known = found.provenance
    if (known.subject, known.seed, known.settings) != (subject.fingerprint(), seed, method.settings()):
        raise ValueError("the checkpoint belongs to another job (subject, settings or seed); start without --resume")
    return found

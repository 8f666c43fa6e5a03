"""What a method has found is kept in the checkpoint until the job is done, so that an interrupted job can go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from ..core.artifact import Artifact
from ..core.finding import Finding, load_finding
from ..core.method import Method
from ..core.reporter import SILENT, Reporter
from .cpu_limit import was_interrupted

FoundT = TypeVar("FoundT", bound=Artifact)


def cached(
    method: Method[Any, FoundT],
    subject: Any,
    seed: int = 0,
    *,
    folder: Path | None,
    reporter: Reporter = SILENT,
    name: str = "found",
) -> Finding[FoundT]:
    """`method.explain(subject, seed)`: read from `folder` where an interrupted run left it, else made and left there.

    `folder` is also the method's own checkpoint; None: nothing is kept. `name` tells the findings of one job apart.
    Raises ValueError where the folder holds what another subject, seed or settings gave.
    """
    known = load_kept(folder, method, subject, seed, name)
    if known is not None:
        return known
    found = method.explain(subject, seed, reporter=reporter, checkpoint=folder)
    if folder is not None and not was_interrupted():  # what Ctrl-C ended is not all that the method can find
        found.save(folder / name)
    return found


def load_kept(
    folder: Path | None, method: Method[Any, FoundT], subject: Any, seed: int, name: str = "found"
) -> Finding[FoundT] | None:
    """What an interrupted run had found by this method already. Raises ValueError where that was another job."""
    if folder is None or not (folder / name / "finding.json").is_file():
        return None
    found = load_finding(folder / name)
    known, wanted = found.provenance, method.settings()
    same_settings = {key: known.settings.get(key) for key in wanted} == wanted
    if (known.subject, known.seed) != (subject.fingerprint(), seed) or not same_settings:
        raise ValueError("the checkpoint belongs to another job (subject, settings or seed); start without --resume")
    return found

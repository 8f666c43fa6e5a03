"""The job `compress`: a table becomes every best way to merge the values of one column, with what proves it.

table -> how often each pair came -> frontier -> certificates -> finding; and a score becomes a few grades.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..artifacts.compression.binned_score import BinnedScore
from ..artifacts.compression.frontier import Frontier
from ..compress import BinaryBins, ParetoClusters
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..prove.compression.frontier_certificate import prove_frontier
from ..prove.manifest import certificate_files
from ..run.cached import cached
from ..subjects.tables.joint import Joint
from ..subjects.tables.joint_files import read_joint
from ..subjects.tables.samples import Samples
from ..subjects.tables.score_files import read_score
from .sources import READERS


def open_compress(
    joint: Joint, *, exact_up_to: int = 18, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None
) -> Finding[Frontier]:
    """The frontier of the table's clusterings, proved; all of them up to `exact_up_to` rows. Raises ValueError."""
    found = cached(ParetoClusters(exact_up_to=exact_up_to), joint, seed, folder=checkpoint, reporter=reporter)
    proofs = prove_frontier(found.artifact)
    files = certificate_files(found.artifact, proofs)
    return found.plus(*(proof.claim for proof in proofs), proofs=files)


def open_score(
    samples: Samples, *, bins: int = 0, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None
) -> Finding[BinnedScore]:
    """The score cut into `bins` grades, or into as many as are worth having (0). Raises ValueError."""
    method = BinaryBins(bins=max(8, bins), chosen=bins)
    found = cached(method, samples, seed, folder=checkpoint, reporter=reporter)
    settings = {**found.provenance.settings, "notes": list(samples.notes)}
    return replace(found, provenance=replace(found.provenance, settings=settings))


@READERS.add("compress")
def _read_again(text: str, seed: int, *, bins: int | None = None, **options: Any) -> Joint | Samples:
    """The same table, read once more."""
    if bins is not None:
        return read_score(text, rows=options["rows"], by=options["by"])
    return read_joint(text, **options)

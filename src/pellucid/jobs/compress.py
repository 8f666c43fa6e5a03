"""The job `compress`: a table becomes every best way to merge the values of one column, with what proves it.

table -> how often each pair came -> frontier -> certificates -> finding
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..artifacts.compression.frontier import Frontier
from ..compress import ParetoClusters
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..prove.compression.frontier_certificate import prove_frontier
from ..prove.manifest import certificate_files
from ..run.cached import cached
from ..subjects.tables.joint import Joint
from ..subjects.tables.joint_files import read_joint
from .sources import READERS


def open_compress(
    joint: Joint, *, exact_up_to: int = 18, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None
) -> Finding[Frontier]:
    """The frontier of the table's clusterings, proved; all of them up to `exact_up_to` rows. Raises ValueError."""
    found = cached(ParetoClusters(exact_up_to=exact_up_to), joint, seed, folder=checkpoint, reporter=reporter)
    proofs = prove_frontier(found.artifact)
    files = certificate_files(found.artifact, proofs)
    return found.plus(*(proof.claim for proof in proofs), proofs=files)


@READERS.add("compress")
def _read_again(text: str, seed: int, **options: Any) -> Joint:
    """The same table, read once more."""
    return read_joint(text, **options)

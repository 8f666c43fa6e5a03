"""The job `oversee`: games between overseers and systems become the chance that oversight holds, with its intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..artifacts.oversight.oversight_curves import OversightCurves
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..oversee import OversightLaw
from ..prove.manifest import certificate_files
from ..prove.oversight.placement_certificate import prove_placement
from ..run.cached import cached
from ..subjects.tables.games import Games


def open_games(
    games: Games, *, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None, **settings: Any
) -> Finding[OversightCurves]:
    """The law of oversight in these games; where both curves are lines, with a proof that no other levels are better.

    `settings` are those of `OversightLaw`. Raises ValueError.
    """
    found = cached(OversightLaw(**settings), games, seed, folder=checkpoint, reporter=reporter)
    proofs = prove_placement(found.artifact)
    files = certificate_files(found.artifact, proofs)
    return found.plus(*(proof.claim for proof in proofs), proofs=files)

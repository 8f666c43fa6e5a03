"""The job `smoothing`: a field equation becomes its dispersion relation, with what is proved of it.

equation -> polynomial in rate and wave number -> signs, exactly -> certificates -> finding
"""

from __future__ import annotations

from pathlib import Path

from ..artifacts.laws.smoothing import Smoothing
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..generate import SmoothingPDE
from ..prove.laws.smoothing_certificate import prove_smoothing
from ..prove.manifest import certificate_files
from ..run.cached import cached
from ..subjects.equations.field_equations import FieldEquations


def open_smoothing(
    equation: FieldEquations, *, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None
) -> Finding[Smoothing]:
    """Whether the equation smooths every ripple away, and keeps densities. Raises ValueError."""
    found = cached(SmoothingPDE(), equation, seed, folder=checkpoint, reporter=reporter)
    proofs = prove_smoothing(found.artifact)
    return found.plus(*(proof.claim for proof in proofs), proofs=certificate_files(found.artifact, proofs))

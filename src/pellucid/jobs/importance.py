"""The job `importance`: a table and a model become a role for each column, beside what importance methods credit.

table, model -> associations, permutations, refits -> roles -> finding
"""

from __future__ import annotations

from pathlib import Path

from ..artifacts.features.feature_roles import FeatureRoles
from ..core.claim import Claim
from ..core.finding import Finding
from ..core.measurement import Evidence, measured_by, measurement
from ..core.reporter import SILENT, Reporter
from ..look.importance.importance_audit import ImportanceAudit
from ..run.cached import cached
from ..subjects.tables.modelled import Modelled
from .measured_again import found_again
from .sources import READERS
from .subjects.table_models import open_modelled


def find_roles(
    subject: Modelled, *, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None
) -> Finding[FeatureRoles]:
    """The role of each column."""
    found = cached(ImportanceAudit(), subject, seed, folder=checkpoint, reporter=reporter)
    claims = measured_by("jobs.importance", found.claims)
    return Finding(found.artifact, claims, found.provenance, found.parts, found.proofs)


@measurement("jobs.importance", on_data=True)
def _measured_again(evidence: Evidence) -> tuple[Claim, ...]:
    """The roles are found once more. Raises ValueError where they are others than those in the folder."""
    return found_again(evidence)


@READERS.add("importance")
def open_importance(
    path: str | Path, seed: int = 0, *, target: str = "", model: str | None = None, classes: bool | None = None,
    missing: str = "refuse",
) -> Modelled:  # fmt: skip
    """The table and its model."""
    return open_modelled(path, target=target, model=model, classes=classes, missing=missing, seed=seed)

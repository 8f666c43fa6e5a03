"""The job `skills`: the log of a run's tasks becomes the law by which they are learnt, and when the rest will be.

log -> curves -> laws, choice, forecasts -> finding
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..artifacts.learning.skill_dynamics import SkillDynamics
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..learn import SkillForecast
from ..run.cached import cached
from ..subjects.runs.skill_curves import SkillCurves
from ..subjects.runs.skill_files import read_skill_curves


def find_skills(path: Path, **said: object) -> SkillCurves:
    """The tasks in a log. Raises ValueError."""
    if not path.exists():
        raise ValueError(f"{str(path)!r} does not exist; give a log with one metric for each task")
    return read_skill_curves(path, **said)  # type: ignore[arg-type]


def open_skills(
    curves: SkillCurves,
    method: SkillForecast | None = None,
    *,
    name: str = "",
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[SkillDynamics]:
    """How the tasks are learnt. Raises ValueError."""
    finding = cached(method or SkillForecast(), curves, seed, folder=checkpoint, reporter=reporter)
    settings = {**finding.provenance.settings, "log": name}
    return replace(finding, provenance=replace(finding.provenance, settings=settings))

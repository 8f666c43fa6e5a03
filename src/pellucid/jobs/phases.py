"""The job `phases`: the runs in a folder become a diagram of their phases by their settings.

folder -> runs, settings -> phases -> finding
"""

from __future__ import annotations

from pathlib import Path

from ..artifacts.learning.phase_diagram import PhaseDiagram
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..learn import PhaseSurvey
from ..run.cached import cached
from ..subjects.runs.settings_files import read_training_runs
from ..subjects.runs.training_runs import TrainingRuns
from .training import folders_of_runs


def find_runs(folder: Path, by: str | None = None, **said: object) -> TrainingRuns:
    """The runs in the folders below, with their settings. Raises ValueError."""
    if not folder.is_dir():
        raise ValueError(f"{str(folder)!r} is no folder; give one that holds a folder for each run")
    return read_training_runs(folders_of_runs(folder), folder, by=by, **said)


def open_phases(
    runs: TrainingRuns,
    method: PhaseSurvey | None = None,
    *,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[PhaseDiagram]:
    """Which phase each run is in. Raises ValueError."""
    return cached(method or PhaseSurvey(), runs, seed, folder=checkpoint, reporter=reporter)

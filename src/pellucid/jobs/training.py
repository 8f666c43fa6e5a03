"""The job `training`: the log of a run, or of several, becomes what each is doing.

log or folder -> run -> phases, times, forecast -> finding
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ..artifacts.learning.run_phases import RunPhases
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..learn import RunDiagnosis
from ..run.cached import cached
from ..subjects.runs.log_files import log_files
from ..subjects.runs.run_files import read_run
from ..subjects.runs.training_run import TrainingRun


def find_training(path: Path, **said: object) -> TrainingRun:
    """The run in a log or a folder. Raises ValueError."""
    if not path.exists():
        raise ValueError(f"{str(path)!r} does not exist; give a log, or a folder with one in it")
    return read_run(path, **said)  # type: ignore[arg-type]


def folders_of_runs(path: Path) -> list[Path]:
    """The folders below that hold a log each, where `path` itself holds none; none where it is one run."""
    if not path.is_dir() or log_files(path):
        return []
    below = sorted({folder for folder in path.rglob("*") if folder.is_dir() and log_files(folder)})
    return [folder for folder in below if not any(other in folder.parents for other in below)]


def open_training(
    run: TrainingRun,
    method: RunDiagnosis | None = None,
    *,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[RunPhases]:
    """What the run is doing. Raises ValueError."""
    return cached(method or RunDiagnosis(), run, seed, folder=checkpoint, reporter=reporter)


def norm_of_others(runs: list[TrainingRun]) -> tuple[float, float] | None:
    """The norm at which other runs learnt their held-out data, and the factor by which they differ; None below two."""
    norms = []
    for run in runs:
        found = RunDiagnosis().explain(run).artifact
        if run.norm is not None and found.generalised and found.phase in ("grokking", "comprehension"):
            norms.append(run.norm.at(sum(found.generalised) / 2))
    if len(norms) < 2:
        return None
    spread = float(np.exp(np.std(np.log(norms), ddof=1)))
    return float(np.median(norms)), max(spread, 1.05)


def with_norm_of_others(method: RunDiagnosis, runs: list[TrainingRun]) -> RunDiagnosis:
    """The method with a critical norm from other runs, where it has none and they tell one."""
    known = None if method.critical_norm is not None else norm_of_others(runs)
    return method if known is None else replace(method, critical_norm=known[0], critical_factor=known[1])

"""The job `complexity`: the checkpoints of a network become measures of how complex its function is.

folder, data -> checkpoints -> linear maps, coefficients -> finding
"""

from __future__ import annotations

from pathlib import Path

from ..artifacts.learning.complexity_curve import ComplexityCurve
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..learn import CheckpointComplexity
from ..run.cached import cached
from ..subjects.runs.checkpoint_files import read_checkpoints
from ..subjects.runs.checkpoints import Checkpoints


def find_checkpoints(folder: Path, data: Path | None, test: Path | None = None, **said: str | None) -> Checkpoints:
    """The checkpoints in a folder, with their data. Raises ValueError."""
    if data is None:
        raise ValueError("give the rows that the loss is of: --data rows.csv (or .npz with inputs and targets)")
    for path in (data, test):
        if path is not None and not path.is_file():
            raise ValueError(f"{str(path)!r} is no file; give a table, or .npz with inputs and targets")
    known = {name: value for name, value in said.items() if value is not None}
    return read_checkpoints(folder, data=data, test=test, **known)  # type: ignore[arg-type]


def open_complexity(
    checkpoints: Checkpoints,
    method: CheckpointComplexity | None = None,
    *,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[ComplexityCurve]:
    """How complex the function is at each checkpoint. Raises ValueError."""
    return cached(method or CheckpointComplexity(), checkpoints, seed, folder=checkpoint, reporter=reporter)

"""Training runs that differ in their settings, such as learning rate and weight decay."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.subject import Subject
from .training_run import TrainingRun


@dataclass(frozen=True, eq=False)
class TrainingRuns(Subject):
    """Runs with one or two settings each (runs, 1 or 2), called `names`. Several runs may have the same ones (seeds).

    Raises ValueError for fewer than three runs, settings that are no numbers, and a setting that never varies.

    >>> from .training_run import Curve
    >>> run = TrainingRun(Curve([0, 1], [0.1, 1.0]), Curve([0, 1], [0.1, 0.2]))
    >>> TrainingRuns((run, run, run), [[0.1], [0.1], [1.0]], ("decay",)).cells()
    [((0.1,), [0, 1]), ((1.0,), [2])]
    """

    made_by: ClassVar[str] = "TrainingRuns(runs, settings, names), or read_training_runs(folder)"

    runs: tuple[TrainingRun, ...]
    settings: NDArray[np.float64]
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        settings = np.array(self.settings, dtype=np.float64)
        if len(self.runs) < 3:
            raise ValueError(f"runs={len(self.runs)} are too few for a diagram; give 3 or more")
        if settings.ndim != 2 or settings.shape[0] != len(self.runs) or settings.shape[1] not in (1, 2):
            raise ValueError(f"settings are {settings.shape}; give ({len(self.runs)} runs, 1 or 2)")
        if len(self.names) != settings.shape[1]:
            raise ValueError(f"names={self.names!r} must be {settings.shape[1]}, one for each setting")
        if not np.isfinite(settings).all():
            raise ValueError("a setting is no number; leave that run out")
        for name, column in zip(self.names, settings.T, strict=True):
            if len(np.unique(column)) < 2:
                raise ValueError(f"{name} is {column[0]:g} in every run; choose a setting that varies")
        for field, value in (("runs", self.runs), ("names", self.names), ("notes", self.notes)):
            object.__setattr__(self, field, tuple(value))
        object.__setattr__(self, "settings", settings)

    def cells(self) -> list[tuple[tuple[float, ...], list[int]]]:
        """Each combination of settings that was run, with the places of its runs."""
        found: dict[tuple[float, ...], list[int]] = {}
        for place, row in enumerate(self.settings.tolist()):
            found.setdefault(tuple(row), []).append(place)
        return sorted(found.items())

    def fingerprint(self) -> str:
        """SHA-256 of all runs and settings."""
        digest = hashlib.sha256(repr(self.names).encode() + np.ascontiguousarray(self.settings).tobytes())
        for run in self.runs:
            digest.update(run.fingerprint().encode())
        return digest.hexdigest()

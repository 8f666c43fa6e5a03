"""A phase diagram: which phase training runs are in, by their settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class PhaseDiagram(ArrayArtifact):
    """The phase of each run, its share of the thresholds' votes, and its settings (runs, 1 or 2)."""

    names: tuple[str, ...]
    settings: NDArray[np.float64]
    phases: tuple[str, ...]
    shares: NDArray[np.float64]
    delays: NDArray[np.float64]
    """How many times later than the training data held-out data are learnt (runs,); NaN where they are not."""

    kind = "phase_diagram"

    def describe(self) -> str:
        kinds = sorted(set(self.phases), key=lambda phase: -self.phases.count(phase))
        counts = ", ".join(f"{self.phases.count(phase)} {phase}" for phase in kinds)
        return f"{len(self.phases)} runs by {' and '.join(self.names)}: {counts}"

    def axis(self, place: int) -> NDArray[np.float64]:
        """The values of a setting, rising."""
        return np.unique(self.settings[:, place])

    def runs_at(self, *values: float) -> list[int]:
        """The places of the runs with these settings."""
        return np.flatnonzero((self.settings == values).all(1)).tolist()

    def cell(self, *values: float) -> tuple[str, float] | None:
        """The phase of most runs with these settings, and their share; None where none has them."""
        here = [self.phases[place] for place in self.runs_at(*values)]
        if not here:
            return None
        most = max(sorted(set(here)), key=here.count)
        return most, here.count(most) / len(here)

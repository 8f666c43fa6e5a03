"""Phase diagrams of training runs by their settings, as Liu et al. draw them (arXiv 2205.10343, figure 6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...artifacts.learning.phase_diagram import PhaseDiagram
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.runs.training_runs import TrainingRuns
from .run_diagnosis import RunDiagnosis

PLAIN = 0.7
"""Of the thresholds: below it the phase of a run is not plain, as in the diagnosis of one run."""


@dataclass(frozen=True)
class PhaseSurvey(Method[TrainingRuns, PhaseDiagram]):
    """The phase of every run, by its settings, and whether settings tell the phase of a run that is left out.

    >>> from ...subjects.runs.training_run import Curve, TrainingRun
    >>> steps = np.arange(0.0, 100.0, 10.0)
    >>> good, bad = (TrainingRun(Curve(steps, np.minimum(1, steps / 30)), Curve(steps, np.minimum(top, steps / 30)),
    ...     chance=0.0) for top in (1.0, 0.1))
    >>> runs = TrainingRuns((good, good, bad, bad), [[1], [0.9], [0.01], [0.02]], ("decay",))
    >>> PhaseSurvey().explain(runs).artifact.phases
    ('comprehension', 'comprehension', 'memorisation', 'memorisation')
    """

    ceiling: float = 1.0
    """The best accuracy that noisy labels allow."""

    def _find(self, subject: TrainingRuns, context: Context) -> Found[PhaseDiagram]:
        """Raises ValueError for a ceiling without sense."""
        context.reporter.start("runs", len(subject.runs))
        found = []
        for run in subject.runs:
            found.append(RunDiagnosis(ceiling=self.ceiling).explain(run, context.seed).artifact)
            context.reporter.advance(1)
        context.reporter.finish()
        diagram = PhaseDiagram(
            names=subject.names,
            settings=np.array(subject.settings),
            phases=tuple(one.phase for one in found),
            shares=np.array([one.votes[0][1] for one in found]),
            delays=np.array([np.nan if one.ratio is None else one.ratio for one in found]),
        )
        return Found(diagram, tuple(_claims(diagram)), settings={"notes": list(subject.notes)})


def _claims(diagram: PhaseDiagram) -> Iterator[Claim]:
    """How well the settings tell the phase, and which runs have no plain one."""
    count = len(diagram.phases)
    right = sum(nearest_phase(diagram, place) == phase for place, phase in enumerate(diagram.phases))
    most = max(diagram.phases.count(phase) for phase in set(diagram.phases))
    share = right / count
    statement = "runs whose phase is that of the run with the nearest other settings; baseline: the commonest phase"
    error = 100 * float(np.sqrt(max(share * (1 - share), 1 / count**2) / count))
    yield Measured(statement, 100 * share, "%", 100 * most / count, error, key="told_by_settings")
    vague = int((diagram.shares < PLAIN).sum())
    if vague:
        reason = "fewer than seven in ten thresholds agree"
        yield Undecided(f"the phase of {vague} of {count} runs", reason, "train them on", key="phase")
    cells = {tuple(row) for row in diagram.settings.tolist()}
    mixed = [cell for cell in sorted(cells) if (found := diagram.cell(*cell)) is not None and found[1] < 1]
    if mixed:
        place = ", ".join(f"{name} {value:g}" for name, value in zip(diagram.names, mixed[0], strict=True))
        reason = f"runs of the same settings differ in phase, the first at {place}"
        yield Undecided(f"the phase in {len(mixed)} of {len(cells)} cells", reason, "run more seeds", key="cells")


def nearest_phase(diagram: PhaseDiagram, place: int) -> str:
    """The phase of the run with the nearest other settings, by ranks of each; "" where all others have the same."""
    ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in diagram.settings.T], 1).astype(float)
    ranks /= np.maximum(ranks.max(0), 1)
    away = ((ranks - ranks[place]) ** 2).sum(1)
    away[away == 0] = np.inf
    return diagram.phases[int(np.argmin(away))] if np.isfinite(away).any() else ""

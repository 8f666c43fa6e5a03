"""A phase diagram in rows of words."""

from __future__ import annotations

import numpy as np

from .phase_diagram import PhaseDiagram
from .run_phases import MEANS


def diagram_headings(found: PhaseDiagram) -> tuple[str, ...]:
    """The first setting, then each value of the second one; of one setting, what a row tells."""
    if len(found.names) == 1:
        return found.names[0], "phase", "runs", "delay"
    return found.names[0], *(f"{found.names[1]} {value:g}" for value in found.axis(1))


def diagram_rows(found: PhaseDiagram) -> list[tuple[str, ...]]:
    """One row for each value of the first setting; a share beside a phase where runs of a cell differ."""
    if len(found.names) == 1:
        return [(f"{value:g}", _cell(found, value), *_alone(found, value)) for value in found.axis(0)]
    return [(f"{first:g}", *(_cell(found, first, second) for second in found.axis(1))) for first in found.axis(0)]


def _alone(found: PhaseDiagram, value: float) -> tuple[str, str]:
    here = found.runs_at(value)
    delays = found.delays[here]
    return str(len(here)), f"{np.nanmedian(delays):.3g}" if np.isfinite(delays).any() else "-"


def _cell(found: PhaseDiagram, *values: float) -> str:
    known = found.cell(*values)
    if known is None:
        return "-"
    phase, share = known
    return phase if share == 1 else f"{phase} {100 * share:.0f} %"


def meanings(found: PhaseDiagram) -> list[str]:
    """What each phase in the diagram is."""
    return [f"{phase}: {MEANS[phase]}" for phase in MEANS if phase in found.phases]

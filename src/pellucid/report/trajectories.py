"""Trajectories: held-out samples coloured by what they keep, how far that drifts, and the dimension of an orbit."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..artifacts import EmpiricalInvariants, Invariants, MeasuredOrbits, RecoveredDynamics
from ..core import Finding
from .html import section
from .measured_fields import constants
from .pieces import Drawing, Section, drawings, part_sections


@drawings.register(MeasuredOrbits)
def measured_drawings(orbits: MeasuredOrbits, finding: Finding[Any]) -> list[Drawing]:
    """The samples coloured by each invariant, and how far each of these drifts along them."""
    from ..plot.style import ROOM
    from ..plot.trajectories import draw_measured, draw_measured_drift, named_invariants, positions

    equations, measured = _first(finding, RecoveredDynamics), _first(finding, EmpiricalInvariants)
    invariants = named_invariants(finding.artifact, equations) or named_invariants(measured)
    lines = "; lines are what the recovered equations predict" if np.isfinite(orbits.predicted).any() else ""
    plane = positions(equations)
    if not invariants:
        caption = f"{orbits.describe()}, not used to find anything{lines}."
        return [Drawing("Held-out samples", caption, draw_measured(orbits, (), 0, plane), 90)]
    made = [
        Drawing(
            f"{name} along held-out samples",
            f"{orbits.describe()}, coloured by {name}{lines}.",
            draw_measured(orbits, invariants, i, plane),
            90,
        )
        for i, (name, _) in enumerate(invariants[: ROOM.measured_portraits])
    ]
    caption = "How far each is from its mean along a held-out orbit: noise, and what is not conserved."
    return [*made, Drawing("Drift along held-out samples", caption, draw_measured_drift(orbits, invariants), 90)]


@drawings.register(EmpiricalInvariants)
def dimension_drawings(found: EmpiricalInvariants, finding: Finding[Any]) -> list[Drawing]:
    """Where the dimension of an orbit is read off."""
    if not len(found.curves):
        return []
    from ..plot.trajectories import draw_dimension

    caption = (
        f"States fill {found.state_dimension} dimensions, an orbit {found.orbit_dimension:.2f}: a line for "
        "each orbit, red where it is read off, with its interval."
    )
    return [Drawing("Dimension of an orbit", caption, draw_dimension(found), 91)]


@part_sections.register(RecoveredDynamics)
def recovered_part(found: RecoveredDynamics, finding: Finding[Any]) -> list[Section]:
    """The values of the constants that stand in the equations of the page, where laws were found in these."""
    if not found.parameters or not isinstance(finding.artifact, Invariants):
        return []
    return [Section(section("Constants of the equations, as recovered", constants(found)))]


@drawings.register(RecoveredDynamics)
def recovered_drawings(found: RecoveredDynamics, finding: Finding[Any]) -> list[Drawing]:
    """The equations typeset; none where laws were found in them, which the page shows with the equations."""
    if finding.artifact is not found:
        return []
    from ..plot import draw

    return [Drawing("Recovered equations", f"{found.describe()}.", draw(found))]


def _first(finding: Finding[Any], kind: type[Any]) -> Any:
    """The finding's first artifact of a type; None where it has none."""
    artifacts = (finding.artifact, *finding.parts.values())
    return next((artifact for artifact in artifacts if isinstance(artifact, kind)), None)

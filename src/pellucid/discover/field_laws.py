"""Laws of fields on a grid: equations are recovered, and what these conserve and are symmetric under is found exactly.

field -> PDEFind (arXiv 1609.06401: equations) -> exact densities with their fluxes, and point symmetries, of these

What is exact is about the recovered equations. That they are the field's is measured, on a part of the grid that was
kept for testing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..artifacts.laws.recovered_evolution import RecoveredEvolution
from ..core.artifact import Artifact
from ..core.claim import Claim, Measured, Undecided
from ..core.context import Context
from ..core.measurement import Evidence, measured_by, measurement
from ..core.method import Found, Method
from ..run.cached import cached
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.field_equations import FieldEquations
from ..subjects.equations.field_grid import FieldGrid
from .conserved.densities import Densities
from .conserved.multipliers import Multipliers
from .fields.held_out import unproved
from .fields.pde_find import PDEFind
from .symmetries.lie_symmetries import LieSymmetries


@dataclass(frozen=True)
class FieldLaws(Method[FieldGrid, Artifact]):
    """What a field on a grid obeys, and what that conserves.

    The artifact is `Densities` of the recovered equations; in a plane, where these are searched by their multipliers,
    `ConservationLaws`; or the equations alone, where they do not follow the samples or have no densities that can be
    searched. Parts: the equations, the samples with what is left over, and the symmetries.

    >>> import numpy as np
    >>> t, x = np.linspace(0, 2, 60), np.linspace(0, 9, 80)
    >>> u = sum(np.exp(-k * k * t[:, None]) * np.cos(k * x + k) for k in (0.5, 1.0, 1.6))
    >>> FieldLaws(order=0, degree=2).explain(FieldGrid(t, x, [u])).artifact.densities
    ('u',)
    """

    order: int = 2
    degree: int = 4
    plane_degree: int = 2
    """Of multipliers in a plane. A density has a degree more than its multiplier, and each more costs tenfold there."""
    symmetry_degree: int = 2
    most_misfit: float = 1.5
    """Equations that leave over more than this, of what noise would, are not those of the field, ..."""
    most_left: float = 0.01
    """... unless that is less than this share of what no equation leaves over, as where a solver's error is all."""
    most_of_nothing: float = 0.8
    """Equations must leave over less than this share of what no equation does, or they were not tested."""
    name: str = ""
    """What the field is called, for titles."""

    def _find(self, subject: FieldGrid, context: Context) -> Found[Artifact]:
        """The laws of `subject`; raises ValueError for a grid that is too small."""
        folder = context.stage_folder("equations")
        found = cached(PDEFind(), subject, context.seed, folder=folder, reporter=context.reporter)
        title = f"Equations recovered from {self.name}" if self.name else ""
        equations = replace(found.artifact, title=title)
        claims = [*measured_by("discover.field_recovery", found.claims), *unproved(equations.rivals)]
        parts: dict[str, Artifact] = {"measured": found.parts["measured"]}
        settings = {"notes": list(subject.notes)}
        trouble = self._trouble(equations, found)
        find = self._exact_in_plane if equations.planar else self._exact
        exact, more = (None, [trouble]) if trouble else find(equations, context, parts)
        if exact is None:
            return Found(equations, (*claims, *more), parts, settings=settings)
        return Found(exact, (*claims, *more), {"equations": equations, **parts}, settings=settings)

    def _trouble(self, equations: RecoveredEvolution, found: Any) -> Claim | None:
        """Why nothing exact is said of the equations."""
        what = "what the equations conserve"
        if not equations.terms:
            return Undecided(what, "no term follows the samples", "give more samples, or less noise", key="exact")
        misfits = _misfits(found.claims)
        if any(left > self.most_of_nothing * nothing for left, nothing in misfits):
            reason = "where nothing was fitted, the equations leave over as much as none would"
            return Undecided(what, reason, "give a field that moves in all of the grid", key="exact")
        if all(left <= max(self.most_misfit, self.most_left * nothing) for left, nothing in misfits):
            return None
        worst = max(left for left, _ in misfits)
        reason = f"the equations leave over {worst:.3g} times what noise would, where nothing was fitted"
        return Undecided(what, reason, "look at the drawing of what is left over: a term may be missing", key="exact")

    def _exact(
        self, equations: RecoveredEvolution, context: Context, parts: dict[str, Artifact]
    ) -> tuple[Artifact | None, list[Claim]]:
        """Densities, and symmetries among the parts; what could not be found is said, and loses nothing else."""
        evolution = as_evolution(equations)
        claims: list[Claim] = []
        try:
            symmetries = LieSymmetries(self.symmetry_degree).explain(
                evolution, context.seed, reporter=context.reporter, checkpoint=context.stage_folder("symmetries")
            )
            parts["symmetries"] = symmetries.artifact
        except ValueError as error:
            claims.append(Undecided("point symmetries", str(error), key="symmetries"))
        try:
            densities = Densities(self.order, self.degree).explain(
                evolution, context.seed, reporter=context.reporter, checkpoint=context.stage_folder("densities")
            )
        except ValueError as error:
            return None, [*claims, Undecided("conserved densities", str(error), key="densities")]
        parts.update(densities.parts)
        return densities.artifact, [*claims, *densities.claims]

    def _exact_in_plane(
        self, equations: RecoveredEvolution, context: Context, parts: dict[str, Artifact]
    ) -> tuple[Artifact | None, list[Claim]]:
        """Densities and fluxes by their multipliers; why there are no symmetries is said."""
        reason = "they are searched in one dimension of space"
        claims: list[Claim] = [Undecided("point symmetries", reason, key="symmetries")]
        method = Multipliers(self.order, self.plane_degree)
        try:
            laws = method.explain(
                as_field_equations(equations),
                context.seed,
                reporter=context.reporter,
                checkpoint=context.stage_folder("multipliers"),
            )
        except ValueError as error:
            return None, [*claims, Undecided("conserved densities", str(error), key="densities")]
        parts.update(laws.parts)
        return laws.artifact, [*claims, *laws.claims]


def _misfits(claims: Sequence[Claim]) -> list[tuple[float, float]]:
    """What each equation leaves over, of what noise would, and what no equation does."""
    measured = [claim for claim in claims if isinstance(claim, Measured) and claim.key == "misfit"]
    return [(claim.value, claim.baseline or 0.0) for claim in measured]


def as_field_equations(found: RecoveredEvolution) -> FieldEquations:
    """The recovered equations as a subject, in a plane as well; their parameters stay symbols.

    >>> as_field_equations(RecoveredEvolution(("u",), ("k1*u_xx + k1*u_yy",), ("k1",), (2.0,), (0.1,))).describe()
    '-k1*u_xx - k1*u_yy + u_t = 0'
    """
    equations = "; ".join(f"{field}_t = {rate}" for field, rate in zip(found.fields, found.rhs, strict=True))
    return FieldEquations.parse(equations, found.parameters, found.title)


@measurement("discover.field_recovery", on_data=True)
def _recovered_again(evidence: Evidence) -> tuple[Claim, ...]:
    """The equations are recovered again, and must be those that were found."""
    found = PDEFind().explain(evidence.subject, evidence.finding.provenance.seed)
    if replace(evidence.the(RecoveredEvolution), title="") != replace(found.artifact, title=""):
        raise ValueError(f"from this field other equations are recovered: {found.artifact.describe()}")
    return found.claims


def as_evolution(found: RecoveredEvolution) -> Evolution:
    """The recovered equations as a subject; their parameters stay symbols.

    >>> as_evolution(RecoveredEvolution(("u",), ("-k1*u*u_x",), ("k1",), (2.0,), (0.1,))).describe()
    'u_t = -k1*u*u_x'
    """
    return Evolution(found.fields, found.rhs, found.parameters, found.title)

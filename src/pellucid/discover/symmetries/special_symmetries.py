"""At which values of its parameters an equation has more point symmetries, exactly: group classification.

The determining equations are linear in the coefficients of the ansatz; where their rank is smaller there are more
symmetries (Ovsiannikov, Group Analysis of Differential Equations, 1982): u_t = (u^n u_x)_x has a fifth at n = -4/3.
That a symmetry is what linear equations for a generator say is also where arXiv 2109.09721 section II starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...algebra.arithmetic.parametric_rank import TooLarge
from ...algebra.parameters.parametric_drift import NotCovered
from ...algebra.parameters.special_symmetries import special_symmetries
from ...algebra.parameters.special_values import SpecialValues
from ...artifacts.laws.special_cases import SpecialCase
from ...artifacts.laws.special_cases import SpecialCases as Cases
from ...artifacts.laws.symmetries import Symmetries
from ...core.claim import Claim
from ...core.context import Context
from ...core.measurement import measured_by
from ...core.method import Found, Method
from ...subjects.equations.dynamics import Dynamics
from ...subjects.equations.evolution import Evolution
from ...subjects.equations.field_equations import FieldEquations
from ..conserved.special_cases import claims_of, kept_values, refuse_without_conditions, telling, unknown_claims
from ..conserved.stages import Stages
from .determining_equations import conditions_of
from .lie_symmetries import LieSymmetries


@dataclass(frozen=True)
class SpecialSymmetries(Method[Dynamics | Evolution | FieldEquations, Cases]):
    """All conditions on the parameters under which there are more point symmetries than in general.

    No parameter is 0: where one is, leave it out of the equation, and look again.

    >>> SpecialSymmetries().explain(Dynamics.parse("y' = v; v' = y**n", parameters="n")).artifact.cases[0].condition
    'n = -3'
    """

    degree: int = 2
    first_order: bool = False
    depth: int = 2
    """Conditions that may hold together."""
    most: int = 1_000_000
    """Terms of polynomials that are multiplied; conditions that need more are named as not looked at."""
    assumed: tuple[str, ...] = ()
    """Inequalities between the parameters, such as "a > b": cases that contradict them are none."""

    def _find(self, subject: Dynamics | Evolution | FieldEquations, context: Context) -> Found[Cases]:
        """The special cases of `subject`; raises ValueError where it has no parameters, and as `LieSymmetries` does."""
        refuse_without_conditions(subject.parameters, self.depth)
        general = self._symmetries(subject, context.seed)
        stages = Stages.at(context.checkpoint, subject.fingerprint(), self.settings(), context.seed)
        told, conditions = telling(context.reporter), conditions_of(subject, self.first_order)
        try:
            found = kept_values(stages, lambda: special_symmetries(
                conditions, self.degree, self.depth, self.most, context.seed, self.assumed, told
            ))  # fmt: skip
        except (NotCovered, TooLarge) as error:
            why = f"{error}" if isinstance(error, NotCovered) else f"the elimination grew too large: {error}"
            return Found(Cases(general, (), self.depth, problem=why, assumed=self.assumed), self._unknown(why))
        finally:
            context.reporter.finish()
        return self._listed(subject, general, found, context, stages)

    def _listed(
        self,
        subject: Dynamics | Evolution | FieldEquations,
        general: Symmetries,
        found: SpecialValues,
        context: Context,
        stages: Stages,
    ) -> Found[Cases]:
        """Each case with its symmetries; what cannot be put in counts as not looked at."""
        context.reporter.start("special cases", len(found.cases))
        cases, left = [], list(found.left)

        def law_at(k: int) -> dict[str, Any] | None:
            context.reporter.advance(1)
            try:
                return self._symmetries(subject.at(dict(found.cases[k][0])), context.seed).to_dict()
            except ValueError:
                return None

        for (values, _), data in zip(found.cases, stages.steps("cases", len(found.cases), law_at), strict=True):
            law = None if data is None else Symmetries.from_dict(data, {})
            if law is None or law.dimension <= general.dimension:
                left.append(tuple(f"{name} - ({text})" for name, text in values))
            else:
                cases.append(SpecialCase(values, law))
        context.reporter.finish()
        whole = Cases(general, tuple(cases), self.depth, tuple(left), found.deeper, assumed=self.assumed,
                      tried=found.tried)  # fmt: skip
        return Found(whole, measured_by("discover.special_cases", claims_of(whole, context.seed)))

    def _unknown(self, why: str) -> tuple[Claim, ...]:
        return unknown_claims(why, "there are more symmetries")

    def _symmetries(self, subject: Dynamics | Evolution | FieldEquations, seed: int) -> Symmetries:
        return LieSymmetries(self.degree, self.first_order).explain(subject, seed).artifact

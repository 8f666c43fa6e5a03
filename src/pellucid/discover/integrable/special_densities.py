"""Where a field equation with parameters conserves more densities than in general, exactly: its integrable members.

The condition E(E(rho) F) = 0 (Olver, theorem 4.7) is a matrix of polynomials in the parameters; where its rank is
smaller, more is conserved. u_t = a u^2 u_x + b u_x u_xx + c u u_xxx + u_xxxxx has the equations of Lax (Comm. Pure
Appl. Math. 21, 467, 1968), of Sawada and Kotera (1974) and of Kaup and Kupershmidt (1980) in this way. OptPDE
(arXiv 2405.04484 section II) looks for such coefficients numerically.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from ...algebra.arithmetic.parametric_rank import TooLarge
from ...algebra.expressions.text import to_text
from ...algebra.fields.density_candidates import candidates_of
from ...algebra.parameters.parametric_drift import NotCovered
from ...algebra.parameters.special_densities import special_densities
from ...algebra.parameters.special_values import SpecialValues
from ...artifacts.laws.densities import Densities as DensitiesFound
from ...artifacts.laws.special_cases import SpecialCase
from ...artifacts.laws.special_cases import SpecialCases as Cases
from ...core.context import Context
from ...core.measurement import measured_by
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...subjects.equations.evolution import Evolution
from ...subjects.equations.pde_family import PdeFamily
from ..conserved.densities import Densities, system_of
from ..conserved.special_cases import (
    claims_of,
    kept_values,
    refuse_without_conditions,
    telling,
    unknown_claims,
    values_in,
)
from ..conserved.stages import Stages
from .known_families import known_equation


@dataclass(frozen=True)
class SpecialDensities(Method[Evolution, Cases]):
    """All conditions on the parameters of a field equation under which more densities are conserved than in general.

    No parameter is 0: where one is, leave it out of the equation, and look again.

    >>> family = Evolution.parse("u_t = u_xxx + a*u*u_x + b*u_xx", parameters="a, b")
    >>> SpecialDensities(order=1).explain(family).artifact.describe()
    'no special case: as much is conserved for all values of a, b but 0'
    """

    order: int = 2
    degree: int = 4
    depth: int = 2
    """Conditions that may hold together."""
    most: int = 1_000_000
    """Terms of polynomials that are multiplied; conditions that need more are named as not looked at."""
    assumed: tuple[str, ...] = ()
    """Inequalities between the parameters, such as "a > b": cases that contradict them are none."""

    def _find(self, subject: Evolution, context: Context) -> Found[Cases]:
        """The special cases of `subject`; raises ValueError where it has no parameters, and as `Densities` does."""
        refuse_without_conditions(subject.parameters, self.depth)
        general = self._densities(subject, context.seed)
        stages = Stages.at(context.checkpoint, subject.fingerprint(), self.settings(), context.seed)
        told = telling(context.reporter)
        system = system_of(subject, self.order)
        polynomials = candidates_of(system, self.order, self.degree)[0]
        try:
            found = kept_values(stages, lambda: special_densities(
                system, polynomials, self.depth, self.most, context.seed, self.assumed, told
            ))  # fmt: skip
        except (NotCovered, TooLarge) as error:
            why = f"{error}" if isinstance(error, NotCovered) else f"the elimination grew too large: {error}"
            return Found(Cases(general, (), self.depth, problem=why, assumed=self.assumed), unknown_claims(why))
        finally:
            context.reporter.finish()
        return self._listed(subject, general, found, context.seed, context.reporter, stages)

    def _listed(
        self,
        subject: Evolution,
        general: DensitiesFound,
        found: SpecialValues,
        seed: int,
        reporter: Reporter,
        stages: Stages,
    ) -> Found[Cases]:
        """Each case with its densities; what is no case by itself counts as not looked at."""
        reporter.start("special cases", len(found.cases))
        cases, left = [], list(found.left)

        def law_at(k: int) -> dict[str, Any]:
            values = dict(found.cases[k][0])
            functions = self._functions(general, values) if found.tried else ()
            return self._densities(subject.at(values), seed, functions).to_dict()

        for (values, _), data in zip(found.cases, stages.steps("cases", len(found.cases), law_at), strict=True):
            special, law = subject.at(dict(values)), DensitiesFound.from_dict(data, {})
            if law.dimension <= general.dimension:
                left.append(tuple(f"{name} - ({text})" for name, text in values))
                continue
            cases.append(SpecialCase(values, law, _name_of(special)))
            reporter.advance(1, cases[-1].condition)
        reporter.finish()
        whole = Cases(general, tuple(cases), self.depth, tuple(left), found.deeper, assumed=self.assumed,
                      tried=found.tried)  # fmt: skip
        return Found(whole, measured_by("discover.special_cases", claims_of(whole, seed)))

    def _functions(self, general: DensitiesFound, values: dict[str, str]) -> tuple[str, ...]:
        """What densities may hold beside fields, with these values in exponents."""
        put = values_in(general.functions, general.fields, general.parameters, values)
        return tuple(text for text in put if text not in general.fields)

    def _densities(self, subject: Evolution, seed: int, functions: tuple[str, ...] = ()) -> DensitiesFound:
        return Densities(self.order, self.degree, waves=False, functions=functions).explain(subject, seed).artifact


def _name_of(equation: Evolution) -> str:
    """What the literature calls the equation, up to units of t, u and x; at some values of parameters that are left."""
    if equation.fields != ("u",):
        return ""
    numbers = {name: f"{7 + 4 * k}/{3 + 2 * k}" for k, name in enumerate(equation.parameters)}
    terms = sympy.Add.make_args(sympy.expand(equation.at(numbers).expressions()[0]))
    pairs: list[Any] = [term.as_coeff_Mul() for term in terms]
    if not all(isinstance(number, sympy.Rational) for number, _ in pairs):
        return ""
    try:
        family = PdeFamily(tuple(to_text(monomial) for _, monomial in pairs))
    except ValueError:
        return ""
    coefficients = {i: Fraction(int(number.p), int(number.q)) for i, (number, _) in enumerate(pairs)}
    entry = known_equation(family, coefficients)
    return entry.name if entry is not None else ""

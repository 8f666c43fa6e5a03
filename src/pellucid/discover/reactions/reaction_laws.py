"""What a reaction network conserves, and what its structure says of its equilibria.

With N the stoichiometric matrix and v the rates, x' = N v: y x is constant where y N = 0, whatever the rates are.
Complexes, deficiency: Feinberg, Foundations of Chemical Reaction Network Theory (2019). Siphons: Angeli, De Leenheer
and Sontag (arXiv q-bio/0608019). Laws of mass action beyond the totals: those that `Invariants` finds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...algebra.expressions.text import parse, to_text
from ...artifacts.formulas.formula_source import numpy_function
from ...artifacts.laws.orbits import Orbits
from ...artifacts.reactions.reaction_structure import ReactionStructure
from ...artifacts.reactions.structure_text import further_laws
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.finding import Finding
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...subjects.equations.dynamics import Dynamics
from ...subjects.reactions.reaction_network import ReactionNetwork
from ..conserved.invariants import Invariants
from ..conserved.orbits import drift_claim, integrate_orbits
from .settings import NETWORKS
from .structure import structure_of


@dataclass(frozen=True)
class ReactionLaws(Method[ReactionNetwork, ReactionStructure]):
    """Conserved totals and their elimination, deficiency, siphons, and further laws of a reaction network.

    `degree` is that of the polynomials among which further laws are looked for, lowered where the network is large; 0:
    none are. Amounts and constants are positive.

    >>> finding = ReactionLaws().explain(ReactionNetwork.from_text("S + I -> 2I; I -> R"))
    >>> finding.artifact.totals_text(), finding.parts["laws"].expressions
    (('S + I + R',), ('I + R + S', 'R*k1 + k2*log(S)'))
    """

    degree: int = 3
    orbits: int = 6

    def _find(self, subject: ReactionNetwork, context: Context) -> Found[ReactionStructure]:
        """Raises ValueError for a negative degree."""
        if self.degree < 0:
            raise ValueError(f"degree={self.degree} is negative; give 1, 2, ..., or 0 for no further laws")
        reporter = context.reporter
        reporter.start("reactions", 3)
        found = structure_of(subject)
        reporter.advance(1, found.describe())
        laws, undecided = self._further(subject, context)
        reporter.advance(1, "orbits")
        parts: dict[str, Any] = {} if laws is None else {"laws": laws.artifact}
        orbits, measured = _orbits_and_drifts(found, parts, self.orbits, context)
        parts |= {"orbits": orbits} if len(orbits) else {}
        claims = (*_incomplete(found), *undecided, *measured_by("discover.reaction_orbits", measured))
        reporter.advance(1, "done")
        reporter.finish()
        return Found(found, claims, parts)

    def _further(self, subject: ReactionNetwork, context: Context) -> tuple[Finding[Any] | None, tuple[Claim, ...]]:
        """Every law of a low degree in the amounts, those with logarithms among them; or why none was looked for."""
        count, degree = len(subject.species), self.degree
        if not degree:
            return None, ()
        statement = "laws of these equations beyond the totals"
        if count > NETWORKS.most_species:
            reason = f"{count} species are more than the {NETWORKS.most_species} up to which they are looked for"
            return None, (Undecided(statement, reason, "leave out what is not of interest"),)
        while math.comb(count + degree, degree) > NETWORKS.most_monomials:
            degree -= 1
        try:
            method = Invariants(degree, orbits=0)
            return method.explain(subject.dynamics(), context.seed, checkpoint=context.checkpoint), ()
        except ValueError as error:
            return None, (Undecided(statement, str(error)),)


def _incomplete(found: ReactionStructure) -> tuple[Claim, ...]:
    """What ran out."""
    names = {"semiflows": "totals without negative numbers", "siphons": "minimal siphons"}
    missing = [words for name, words in names.items() if name not in found.complete]
    return tuple(Undecided(f"all {words} of the network", "there are too many to list") for words in missing)


@measurement("discover.reaction_orbits")
def _orbits_again(evidence: Evidence) -> tuple[Claim, ...]:
    finding = evidence.finding
    count = int(finding.provenance.settings["orbits"])
    return _orbits_and_drifts(evidence.the(ReactionStructure), finding.parts, count, evidence.context)[1]


def _orbits_and_drifts(
    found: ReactionStructure, parts: Mapping[str, Any], count: int, context: Context
) -> tuple[Orbits, tuple[Claim, ...]]:
    """Up to `count` orbits, integrated numerically, and how much totals and the laws in `parts` change along them."""
    dynamics = Dynamics(found.variables, tuple(map(to_text, found.sympy())), found.parameters)
    orbits = integrate_orbits(dynamics, count, np.random.default_rng(context.seed), positive=True)
    laws = parts["laws"].expressions if "laws" in parts else ()
    return orbits, _drifts(found, laws, orbits)


def _drifts(found: ReactionStructure, laws: tuple[str, ...], orbits: Orbits) -> tuple[Claim, ...]:
    """How much totals and laws change along orbits that were integrated numerically."""
    count = Measured("orbits integrated numerically from random positive amounts and constants", len(orbits), "orbits")
    if not len(orbits):
        return (count,)
    names = (*found.variables, *found.parameters)
    sums = [" + ".join(f"{n}*{v}" for n, v in zip(y, found.variables, strict=True) if n) for y in found.totals]
    shown = dict(zip(sums, found.totals_text(), strict=True))
    further = [to_text(law) for law in further_laws(found, laws)]
    functions = {text: numpy_function(parse(text, names), names) for text in (*sums, *further)}
    return (count, *(drift_claim(shown.get(text, text), f, orbits) for text, f in functions.items()))

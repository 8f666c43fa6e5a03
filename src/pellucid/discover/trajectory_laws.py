"""Laws of trajectories: equations are recovered, what these conserve is found, and both are held to the data.

trajectories -> SINDy (arXiv 1509.03580: equations) -> exact invariants of these equations
             -> AI Poincare (arXiv 2011.04698: how many invariants the data have, and formulas for them) -> one finding

What is exact is about the recovered equations. That they are the system's is measured, on trajectories kept for
testing. Where no equations follow the data, the data speak alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from ..algebra.expressions.text import parse
from ..artifacts.formulas.formula import Formula
from ..artifacts.laws.empirical_invariants import EmpiricalInvariants
from ..artifacts.laws.invariants import Invariants as ExactInvariants
from ..artifacts.laws.measured_orbits import MeasuredOrbits
from ..artifacts.laws.recovered_dynamics import RecoveredDynamics
from ..core.artifact import Artifact
from ..core.claim import Claim, Measured, Undecided
from ..core.context import Context
from ..core.finding import Finding
from ..core.measurement import Evidence, measured_by, measurement
from ..core.method import Found, Method
from ..run.cached import cached
from ..subjects.equations.dynamics import Dynamics
from ..subjects.equations.trajectories import Trajectories
from ..subjects.tables.samples import Samples
from .conserved.invariants import Invariants
from .trajectories.ai_poincare import AIPoincare
from .trajectories.constant_functions import drift
from .trajectories.sindy import NoEquations, SINDy

REMEDY = (
    "name a basis that their terms are in, give more samples, measure what else changes (a velocity beside a "
    "position), or say which columns drive the system from outside (--input)"
)


@dataclass(frozen=True)
class TrajectoryLaws(Method[Trajectories, Artifact]):
    """What trajectories conserve: exactly, for the equations that they obey, where such are found; else measured.

    The artifact is `Invariants` of the recovered equations, or `EmpiricalInvariants` where none follow the data; of
    systems that inputs or the time drive, which conserve nothing, the recovered equations. The parts are these
    equations, the held-out trajectories beside their predictions, and what AI Poincare counted.

    >>> t = np.linspace(0.0, 6.0, 60)
    >>> circles = Trajectories(t, [np.stack([r * np.cos(2 * t), -r * np.sin(2 * t)], 1) for r in (1, 2, 3)], ("x", "v"))
    >>> TrajectoryLaws(degree=2).explain(circles).artifact.expressions
    ('v**2 + x**2',)
    """

    degree: int = 4
    basis: tuple[str, ...] = ()
    """What invariants may be polynomials in; by default the variables, and logarithms of amounts."""
    distiller: Method[Samples, Formula] | None = None
    """Makes formulas of the networks that stand for invariants where there are no equations."""
    most_misfit: float = 1.3
    """Equations that leave over more than this, of the noise, are not those of the system. 1 is what the right ones
    leave over; the level of the noise is itself known to a tenth or two from a few hundred samples."""
    name: str = ""
    """What the trajectories are called, for titles."""
    terms: tuple[str, ...] = ()
    """Expressions that right-hand sides may hold beside all that is tried anyway."""
    known: tuple[str, ...] = ()
    """What is known of the equations: "x' = v", or "v' = -x + ..." where terms are missing."""
    signs: tuple[str, ...] = ()
    """Signs that coefficients have: "v': v <= 0"."""
    ensembles: int = 0
    """How many times the data are drawn again, to say how often each term of the equations is chosen."""

    def _find(self, subject: Trajectories, context: Context) -> Found[Artifact]:
        """The laws of `subject`; raises ValueError where neither equations nor invariants can be found."""
        equations, trouble = self._equations(subject, context)
        followed = equations is not None and self._follows(equations.artifact)
        if equations is not None and self._is_driven(equations.artifact):
            return self._driven(equations, subject)
        counted, uncounted = self._counted(subject, context, followed)
        if counted is None and equations is None:
            raise ValueError(uncounted)
        if equations is not None and followed:
            return self._exact(equations, counted, subject, context)
        if counted is None:
            raise ValueError(f"no equations follow the trajectories, and {uncounted}; or {REMEDY}")
        return self._measured(equations, counted, trouble, subject)

    def _follows(self, equations: RecoveredDynamics) -> bool:
        return equations.misfit <= self.most_misfit and equations.terms > 0

    def _is_driven(self, equations: RecoveredDynamics) -> bool:
        """Whether inputs drive the system, or the time in equations that follow the samples."""
        return bool(equations.inputs or (self._follows(equations) and equations.time))

    def _sindy(self, subject: Trajectories) -> SINDy:
        """What recovers the equations; names of variables in the basis are nothing new to it."""
        basis = tuple(text for text in self.basis if text not in subject.names)
        return SINDy(basis=basis, terms=self.terms, known=self.known, signs=self.signs, ensembles=self.ensembles)

    def _equations(self, subject: Trajectories, context: Context) -> tuple[Finding[RecoveredDynamics] | None, str]:
        """The equations of motion, or why there are none."""
        method = self._sindy(subject)
        folder = context.stage_folder("equations")
        try:
            found = cached(method, subject, context.seed, folder=folder, reporter=context.reporter)
            return replace(found, claims=measured_by("discover.recovery", found.claims)), ""
        except NoEquations as error:
            return None, str(error)

    def _counted(
        self, subject: Trajectories, context: Context, followed: bool
    ) -> tuple[Finding[EmpiricalInvariants] | None, str]:
        """What the data alone say, or why they say nothing; networks are trained only where no equations follow."""
        method = AIPoincare(self.degree, self.basis)
        method = replace(method, steps=0) if followed else replace(method, distiller=self.distiller)
        folder = context.stage_folder("counted")
        try:
            found = cached(method, subject, context.seed, folder=folder, reporter=context.reporter)
            named = measured_by("discover.orbit_dimension", found.claims) if followed else found.claims
            return replace(found, claims=named), ""
        except ValueError as error:
            return None, str(error)

    def _driven(self, equations: Finding[RecoveredDynamics], subject: Trajectories) -> Found[Artifact]:
        """The equations alone, of a system that something drives."""
        artifact = replace(equations.artifact, title=f"Equations recovered from {self.name or 'trajectories'}")
        by = " and ".join((*subject.inputs, *([f"the time {artifact.time}"] if artifact.time else [])))
        claims = [*equations.claims, Undecided("what is conserved", f"the system is driven by {by}, so that its "
                  "states alone do not determine its future", "leave inputs out, or give their equations")]  # fmt: skip
        if not self._follows(artifact):
            claims.append(_unexplained(artifact))
        parts: dict[str, Artifact] = {"measured": equations.parts["orbits"]}
        return Found(artifact, tuple(claims), parts, settings={"notes": list(subject.notes)})

    def _exact(
        self,
        equations: Finding[RecoveredDynamics],
        counted: Finding[EmpiricalInvariants] | None,
        subject: Trajectories,
        context: Context,
    ) -> Found[Artifact]:
        """The invariants of the recovered equations, and all that the data say."""
        dynamics = as_dynamics(equations.artifact, f"Equations recovered from {self.name or 'trajectories'}")
        method = Invariants(self.degree, self.basis or with_logarithms(equations.artifact, subject))
        folder = context.stage_folder("exact")
        exact = method.explain(dynamics, context.seed, reporter=context.reporter, checkpoint=folder)
        orbits = equations.parts["orbits"]
        claims = list(equations.claims)
        if isinstance(orbits, MeasuredOrbits):
            claims += measured_by("discover.held_out", _drifts(exact.artifact, equations.artifact, orbits))
        parts: dict[str, Artifact] = {"equations": equations.artifact, "measured": orbits, **exact.parts}
        if counted is not None:
            parts["counted"] = counted.artifact
            claims += [*counted.claims, *_compared(exact.artifact, counted.artifact)]
        remedy = "the measured claims say how well it does"
        caveat = "the proofs are about the recovered equations, and no finite data prove that these are the system's"
        claims.append(Undecided("the system obeys exactly these equations", caveat, remedy))
        return Found(exact.artifact, tuple(claims), parts, settings={"notes": list(subject.notes)})

    def _measured(
        self,
        equations: Finding[RecoveredDynamics] | None,
        counted: Finding[EmpiricalInvariants],
        trouble: str,
        subject: Trajectories,
    ) -> Found[Artifact]:
        """What the data alone say."""
        parts: dict[str, Artifact] = {"measured": counted.parts["orbits"]}
        missing = Undecided("the equations of motion", trouble, REMEDY)
        if equations is not None:
            parts["equations"] = equations.artifact
            missing = _unexplained(equations.artifact)
        artifact = replace(counted.artifact, title=f"Trajectories of {self.name}" if self.name else "")
        return Found(artifact, (*counted.claims, missing), parts, settings={"notes": list(subject.notes)})


def _unexplained(equations: RecoveredDynamics) -> Undecided:
    trouble = f"the best ones leave over {equations.misfit:.3g} times the noise"
    return Undecided("the equations of motion", trouble, REMEDY)


def as_dynamics(found: RecoveredDynamics, title: str = "") -> Dynamics:
    """The recovered equations as a subject, on the set where the relations are 0 that they keep.

    Parameters stay symbols.

    >>> as_dynamics(RecoveredDynamics(("x", "v"), ("v", "-k1*x"), ("k1",), (2.0,), (0.1,))).describe()
    "x' = v; v' = -k1*x"
    """
    kept = tuple(relation for relation in found.relations if _keeps(found, relation))
    return Dynamics(found.variables, found.rhs, found.parameters, kept, title=title)


def _keeps(found: RecoveredDynamics, relation: str) -> bool:
    """Whether the equations keep a relation at 0 exactly: its rate is a multiple of it."""
    level = parse(relation, found.variables)
    symbols = [sympy.Symbol(name, real=True) for name in found.variables]
    rate = sum((level.diff(s) * f for s, f in zip(symbols, found.sympy(), strict=True)), sympy.Integer(0))
    top = sympy.expand(sympy.fraction(sympy.together(rate))[0])
    if top.atoms(sympy.Float) or level.atoms(sympy.Float) or not top.is_polynomial(*symbols):
        return False
    return bool(top == 0 or sympy.expand(sympy.reduced(top, [level], *symbols)[1]) == 0)


def with_logarithms(found: RecoveredDynamics, subject: Trajectories) -> tuple[str, ...]:
    """The variables, and log x for every amount x: where x' = x g, d log x / dt = g is a polynomial as well.

    Nothing where the equations are no polynomials, or hold no amounts.
    """
    symbols = [sympy.Symbol(name, real=True) for name in found.variables]
    rates = found.sympy()
    if not all(rate.is_polynomial(*symbols) for rate in rates):
        return ()
    amounts = [
        symbol.name
        for j, (symbol, rate) in enumerate(zip(symbols, rates, strict=True))
        if _is_amount(symbol, rate) and _stays_positive(subject, j)
    ]
    return (*found.variables, *(f"log({name})" for name in amounts)) if amounts else ()


def _is_amount(symbol: sympy.Symbol, rate: sympy.Expr) -> bool:
    """Whether the variable stays 0 where it is 0."""
    return bool(rate != 0 and rate.subs(symbol, 0) == 0)


def _stays_positive(subject: Trajectories, variable: int) -> bool:
    """By the median: x = 0 is never crossed by an amount, so that only noise can make one negative."""
    return all(np.median(x[:, variable]) > 0 for x in subject.x)


@measurement("discover.recovery", on_data=True)
def _recovered_again(evidence: Evidence) -> tuple[Claim, ...]:
    """The equations are recovered again, and must be those that were found."""
    told, subject = evidence.finding.provenance, evidence.subject
    basis, terms, known, signs = (tuple(told.settings[name]) for name in ("basis", "terms", "known", "signs"))
    method = TrajectoryLaws(
        basis=basis, terms=terms, known=known, signs=signs, ensembles=int(told.settings["ensembles"])
    )
    found = method._sindy(subject).explain(subject, told.seed)
    if replace(evidence.the(RecoveredDynamics), title="") != replace(found.artifact, title=""):
        raise ValueError(f"from these data other equations are recovered: {found.artifact.describe()}")
    return found.claims


@measurement("discover.orbit_dimension", on_data=True)
def _counted_again(evidence: Evidence) -> tuple[Claim, ...]:
    """The dimension of the orbits is estimated again."""
    told = evidence.finding.provenance
    method = AIPoincare(int(told.settings["degree"]), tuple(told.settings["basis"]), steps=0)
    return method.explain(evidence.subject, told.seed).claims


@measurement("discover.held_out")
def _held_out_again(evidence: Evidence) -> list[Claim]:
    found, equations = evidence.the(ExactInvariants), evidence.the(RecoveredDynamics)
    return _drifts(found, equations, evidence.the(MeasuredOrbits))


def _drifts(exact: ExactInvariants, found: RecoveredDynamics, orbits: MeasuredOrbits) -> list[Claim]:
    """How much each invariant varies along the samples of held-out trajectories, over its spread between them."""
    claims: list[Claim] = []
    pieces = [x for _, x, _ in orbits]
    if len(pieces) < 2:
        return claims
    usual = float(np.median([drift([x[:, j] for x in pieces]) for j in range(len(orbits.variables))]))
    for text, function in zip(exact.expressions, exact.along(), strict=True):
        values = [_finite_values(function, x, found.values) for x in pieces]
        if all(len(v) for v in values):
            statement = f"{text} varies along held-out samples, noise and all, by"
            claims.append(Measured(statement, drift(values), "of its spread between orbits", usual))
    return claims


def _finite_values(function: Any, states: Any, parameters: tuple[float, ...]) -> Any:
    """The invariant along the samples, without those at which noise has left the domain of a logarithm."""
    with np.errstate(all="ignore"):
        values = np.broadcast_to(function(*states.T, *parameters), len(states))
    return values[np.isfinite(values)]


def _compared(exact: ExactInvariants, counted: EmpiricalInvariants) -> list[Claim]:
    """Whether the equations have as many invariants as the orbits' dimension leaves room for."""
    if counted.count is None or counted.count == len(exact.expressions):
        return []
    reason = (
        f"the recovered equations have {len(exact.expressions)} up to degree {exact.degree}, the orbits' dimension "
        f"leaves room for {counted.count}"
    )
    return [Undecided("the number of invariants", reason, "raise the degree, or name a basis that they are in")]

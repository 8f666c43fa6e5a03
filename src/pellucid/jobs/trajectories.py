"""The job `laws` for trajectories: equations are recovered, what these conserve is proved, and held to the data.

trajectories -> SINDy (equations) -> exact invariants of these equations, with certificates
             -> AI Poincare (how many invariants the data have, and formulas for them)      -> one finding

A proof is about the recovered equations. That they are the system's is measured, on trajectories kept for testing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from ..artifacts.laws.empirical_invariants import EmpiricalInvariants
from ..artifacts.laws.invariants import Invariants as Found
from ..artifacts.laws.measured_orbits import MeasuredOrbits
from ..artifacts.laws.recovered_dynamics import RecoveredDynamics
from ..core.claim import Claim, Measured, Undecided
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..discover.conserved.invariants import Invariants
from ..discover.trajectories.ai_poincare import AIPoincare
from ..discover.trajectories.constant_functions import drift
from ..discover.trajectories.sindy import NoEquations, SINDy
from ..distill import Algebraic
from ..prove.laws.conserved import prove_conserved
from ..prove.manifest import certificate_files
from ..subjects.equations.dynamics import Dynamics
from ..subjects.equations.trajectories import Trajectories
from .resume import keep, resumed

FOLLOWS = 1.3
"""Equations that leave over more than this, of the noise, are not those of the system."""
CAVEAT = "the proofs are about the recovered equations, and no finite data prove that these are the system's"


def open_trajectories(
    subject: Trajectories,
    *,
    name: str = "",
    degree: int = 4,
    basis: Sequence[str] = (),
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Any]:
    """What the trajectories conserve: proved for the equations that they obey, where such are found; else measured.

    The artifact is `Invariants` of the recovered equations, or `EmpiricalInvariants` where no equations follow the
    data. Raises ValueError where neither can be found.
    """
    extra = tuple(text for text in basis if text not in subject.names)
    stages = {key: checkpoint / key if checkpoint else None for key in ("equations", "counted")}
    equations: Finding[RecoveredDynamics] | None = None
    trouble = ""
    try:
        equations = _found(SINDy(basis=extra), subject, seed, reporter, stages["equations"])
    except NoEquations as error:
        trouble = str(error)
    follows = equations is not None and equations.artifact.misfit <= FOLLOWS and equations.artifact.terms > 0
    counting = AIPoincare(degree, tuple(basis)) if not follows else AIPoincare(degree, tuple(basis), steps=0)
    if not follows:
        counting = replace(counting, distiller=Algebraic(thorough=False))
    counted: Finding[EmpiricalInvariants] | None = None
    try:
        counted = _found(counting, subject, seed, reporter, stages["counted"])
    except ValueError as error:
        if equations is None:
            raise
        trouble = str(error)
    if follows and equations is not None:
        return _proved(equations, counted, subject, name, degree, tuple(basis), seed, reporter)
    if counted is None:
        raise ValueError(f"no equations follow the trajectories, and {trouble}")
    return _measured(equations, counted, subject, trouble, name)


def recovered(found: RecoveredDynamics, title: str = "") -> Dynamics:
    """The recovered equations as a subject; their parameters stay symbols."""
    return Dynamics(found.variables, found.rhs, found.parameters, title=title)


def _proved(
    equations: Finding[RecoveredDynamics], counted: Finding[EmpiricalInvariants] | None, subject: Trajectories,
    name: str, degree: int, basis: tuple[str, ...], seed: int, reporter: Reporter,
) -> Finding[Any]:  # fmt: skip
    """The invariants of the recovered equations, their certificates, and all that the data say."""
    title = f"Equations recovered from {name or 'trajectories'}"
    dynamics = recovered(equations.artifact, title)
    exact = Invariants(degree, basis or _with_logarithms(equations.artifact, subject)).explain(
        dynamics, seed, reporter=reporter
    )
    proofs = prove_conserved(exact.artifact, seed)
    orbits = equations.parts["orbits"]
    told = list(equations.claims)
    told += _drifts(exact.artifact, equations.artifact, orbits) if isinstance(orbits, MeasuredOrbits) else []
    parts: dict[str, Any] = {"equations": equations.artifact, "measured": orbits, **exact.parts}
    if counted is not None:
        parts["counted"] = counted.artifact
        told += [*counted.claims, *_compared(exact.artifact, counted.artifact)]
    told.append(
        Undecided("the system obeys exactly these equations", CAVEAT, "the measured claims say how well it does")
    )
    finding = Finding(exact.artifact, tuple(told), exact.provenance, parts)
    return _told(
        finding.plus(*(p.claim for p in proofs), proofs=certificate_files(exact.artifact, proofs)), subject, name
    )


def _measured(
    equations: Finding[RecoveredDynamics] | None, counted: Finding[EmpiricalInvariants], subject: Trajectories,
    trouble: str, name: str,
) -> Finding[Any]:  # fmt: skip
    """What the data alone say."""
    parts: dict[str, Any] = {"measured": counted.parts["orbits"]}
    reason = trouble
    if equations is not None:
        parts["equations"] = equations.artifact
        reason = f"the best ones leave over {equations.artifact.misfit:.3g} times the noise"
    missing = Undecided("the equations of motion", reason, "name a basis that their terms are in, or give more samples")
    title = f"Trajectories of {name}" if name else ""
    return _told(
        Finding(replace(counted.artifact, title=title), (*counted.claims, missing), counted.provenance, parts),
        subject,
        name,
    )


def _found(method: Any, subject: Trajectories, seed: int, reporter: Reporter, folder: Path | None) -> Finding[Any]:
    found = resumed(folder, method, subject, seed)
    if found is None:
        found = method.explain(subject, seed, reporter=reporter)
        keep(found, folder)
    return found


def _told(finding: Finding[Any], subject: Trajectories, name: str) -> Finding[Any]:
    """With the settings of the job: the trajectories' fingerprint, and what was noted about them."""
    settings = {**finding.provenance.settings, "system": name, "notes": list(subject.notes)}
    provenance = replace(finding.provenance, settings=settings, subject=subject.fingerprint())
    return replace(finding, provenance=provenance)


def _with_logarithms(found: RecoveredDynamics, subject: Trajectories) -> tuple[str, ...]:
    """Of amounts, x' = x g, log x may stand in invariants: d log x / dt = g is a polynomial as well."""
    symbols = [sympy.Symbol(name, real=True) for name in found.variables]
    rates = found.sympy()
    if not all(rate.is_polynomial(*symbols) for rate in rates):
        return ()
    # x = 0 is never crossed then, so that only noise can make a positive amount negative
    positive = [all(np.median(x[:, j]) > 0 for x in subject.x) for j in range(subject.variables)]
    given = zip(symbols, rates, positive, strict=True)
    amounts = [s for s, rate, above in given if above and rate != 0 and rate.subs(s, 0) == 0]
    return (*found.variables, *(f"log({s.name})" for s in amounts)) if amounts else ()


def _drifts(exact: Found, found: RecoveredDynamics, orbits: MeasuredOrbits) -> list[Claim]:
    """How much each invariant varies along the samples of held-out trajectories, over its spread between them."""
    claims: list[Claim] = []
    pieces = [x for _, x, _ in orbits]
    if len(pieces) < 2:
        return claims
    usual = float(np.median([drift([x[:, j] for x in pieces]) for j in range(len(orbits.variables))]))
    for text, function in zip(exact.expressions, exact.numpy(), strict=True):
        with np.errstate(all="ignore"):
            values = [np.broadcast_to(function(*x.T, *found.values), len(x)) for x in pieces]
        values = [v[np.isfinite(v)] for v in values]  # noise may leave the domain of a logarithm
        if all(len(v) for v in values):
            statement = f"{text} varies along held-out samples, noise and all, by"
            claims.append(Measured(statement, drift(values), "of its spread between orbits", usual))
    return claims


def _compared(exact: Found, counted: EmpiricalInvariants) -> list[Claim]:
    """Whether the equations have as many invariants as the orbits' dimension leaves room for."""
    if counted.count is None or counted.count == len(exact.expressions):
        return []
    reason = (
        f"the recovered equations have {len(exact.expressions)} up to degree {exact.degree}, the orbits' dimension "
        f"leaves room for {counted.count}"
    )
    return [Undecided("the number of invariants", reason, "raise the degree, or name a basis that they are in")]

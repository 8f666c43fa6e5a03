"""How many quantities trajectories conserve, and which (AI Poincare, arXiv 2011.04698, and 2.0, arXiv 2203.12610).

    number of invariants = dimension of the states - dimension of the set that an orbit fills

1. `smoothing`: states with less noise. 2. `orbit_dimension`: the number, with an interval, from several orbits; none
where all orbits end on the same set. 3. `constant_functions`: formulas, as null vectors of variances along orbits.
4. `neural_invariants`: networks for what has no such formula; a distiller may turn them into formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.expressions.text import parse, to_text
from ...artifacts.formulas.formula import Formula
from ...artifacts.laws.empirical_invariants import EmpiricalInvariants
from ...artifacts.laws.measured_orbits import MeasuredOrbits
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.equations.trajectories import ALONE, Trajectories
from ...subjects.tables.samples import Samples
from .constant_functions import Constant, candidate_libraries, constant_functions
from .orbit_dimension import OrbitDimensions, orbit_dimensions
from .settings import COUNTING, NETWORKS
from .smoothing import smooth, smooth_states
from .term_library import Library

Array = NDArray[np.float64]


@dataclass(frozen=True)
class AIPoincare(Method[Trajectories, EmpiricalInvariants]):
    """How many invariants trajectories have, by dimension; then formulas for them, and networks where there are none.

    Formulas are polynomials up to `degree`, with logarithms, sines and cosines, or inverse distances; or polynomials in
    `basis` alone. `steps` train each network (0: none); a `distiller` for samples may turn it into a formula. A share
    `held_out` of the trajectories is kept for the claims.

    >>> t = np.linspace(0.0, 6.5, 60)
    >>> circles = [np.stack([r * np.cos(t + r), -r * np.sin(t + r)], 1) for r in (1.0, 1.5, 2.0, 3.0)]
    >>> AIPoincare().explain(Trajectories(t, circles, ("x", "v"))).artifact.expressions
    ('v**2 + x**2',)
    """

    degree: int = 4
    basis: tuple[str, ...] = ()
    steps: int = 400
    distiller: Method[Samples, Formula] | None = None
    held_out: float = 0.25

    def _find(self, subject: Trajectories, context: Context) -> Found[EmpiricalInvariants]:
        """The invariants of `subject`; raises ValueError where orbits are too short or noisy to have a dimension."""
        generator, reporter = np.random.default_rng(context.seed), context.reporter
        seen, held = subject.split(self.held_out, generator)
        reporter.start("invariants of trajectories", 3)
        smoothed, kept = smooth(seen), smooth_states(smooth(held))
        states = smooth_states(smoothed)
        dimensions = orbit_dimensions(states, smoothed.left, generator)
        reporter.advance(1, f"{dimensions.dimension:.2f} dimensions of {dimensions.state}")
        formulas: list[Constant] = []
        if len(seen) > 1:
            candidates = candidate_libraries(subject.names, states, self.degree, self.basis)
            formulas = constant_functions(states, smoothed.left, candidates, max(0, dimensions.state - 1))
        known = Library(subject.names, tuple(one.expression for one in formulas))
        question = _open_question(dimensions, len(subject), _lasting(known, states, kept))
        count = None if question[0] else _count(dimensions)
        reporter.advance(1, f"{len(formulas)} formulas")
        missing = max(0, (count or 0) - len(formulas)) if self.steps and len(seen) > 1 else 0
        networks, centre, scale = _networks(states, known, missing, self.steps, generator)
        artifact = EmpiricalInvariants(
            subject.names, tuple(to_text(e) for e in known.terms), count, dimensions.state, dimensions.dimension,
            dimensions.low, dimensions.high, tuple(networks), centre, scale, COUNTING.scales, dimensions.curves,
        )  # fmt: skip
        if self.distiller is not None and networks:
            artifact = _distilled(artifact, self.distiller, states, kept, context.seed)
        reporter.advance(1, f"{len(networks)} networks")
        orbits = MeasuredOrbits.joined(subject.names, held.t, kept)
        claims = (*_number_claims(artifact, dimensions, len(states), question), *_drift_claims(artifact, states, kept))
        reporter.finish()
        return Found(artifact, claims, {"orbits": orbits})


def _count(found: OrbitDimensions) -> int:
    """The number of invariants that leaves an orbit this dimension."""
    return 0 if found.shared else max(0, found.state - round(found.dimension))


def _open_question(found: OrbitDimensions, orbits: int, formulas: int) -> tuple[str, str]:
    """Why the orbits do not tell the number of invariants, and what would; empty where they do."""
    if orbits == 1:
        return ALONE, "give trajectories that start differently"
    if not found.returning and found.meeting:
        reason = (
            "the orbits do not come back to where they were, and run together: should they end in one point, then no "
            "continuous function tells them apart, and the number is 0"
        )
        return reason, "give longer trajectories, which show where they end"
    if not found.returning:
        reason = "the orbits do not come back to where they were, so that they need not fill what they would in time"
        return reason, "give longer trajectories"
    if found.shared and formulas:
        reason = (
            "samples of different orbits lie as near to each other as those of one orbit, and yet "
            f"{'a formula tells' if formulas == 1 else f'{formulas} formulas tell'} the orbits apart"
        )
        return reason, "give longer trajectories, which fill their sets more densely"
    if not found.shared and round(found.low) != round(found.high):
        reason = f"the dimension of an orbit is between {found.low:.2f} and {found.high:.2f}, which is no whole number"
        return reason, "give longer trajectories, or more of them"
    return "", ""


def _lasting(formulas: Library, states: Sequence[Array], kept: Sequence[Array]) -> int:
    """How many formulas hold on orbits that they were not fitted to."""
    if not len(formulas):
        return 0
    seen, held = ([formulas.values(x) for x in part] for part in (states, kept))
    return sum(_drift([v[:, i] for v in seen], [v[:, i] for v in held]) < COUNTING.holds for i in range(len(formulas)))


def _number_claims(
    artifact: EmpiricalInvariants, found: OrbitDimensions, orbits: int, question: tuple[str, str]
) -> tuple[Claim, ...]:
    doubt = max((found.high - found.low) / 2, 0.005)
    statement = f"the dimension of the set that an orbit fills (median of {orbits} orbits)"
    claims: list[Claim] = [Measured(statement, found.dimension, f"of {found.state}", found.state, doubt)]
    if question[0]:
        claims.append(Undecided("the number of invariants", *question))
    elif found.shared:
        claims.append(Measured("invariants: all orbits end on the same set, so that nothing tells them apart", 0, ""))
    else:
        count = artifact.count or 0
        claims.append(
            Measured(
                f"invariants: the {found.state} dimensions of the states less those of an orbit", count, "", None, doubt
            )
        )
    return tuple(claims)


def _drift_claims(artifact: EmpiricalInvariants, states: Sequence[Array], kept: Sequence[Array]) -> tuple[Claim, ...]:
    """How much each varies along orbits that it was not fitted to, over its spread between orbits."""
    if len(states) < 2:
        return ()
    claims: list[Claim] = []
    usual = [_drift([x[:, j] for x in states], [x[:, j] for x in kept]) for j in range(states[0].shape[1])]
    baseline = float(np.median(usual))
    texts = (*artifact.expressions, *(f"{name} (a network)" for name in artifact.names()[len(artifact.expressions) :]))
    for text, function in zip(texts, artifact.numpy(), strict=True):
        drift = _drift([_along(function, x) for x in states], [_along(function, x) for x in kept])
        statement = f"{text} varies along held-out orbits by"
        claims.append(Measured(statement, drift, "of its spread between orbits", baseline))
    if artifact.networks:
        claims.append(Undecided("what a network has found has this very form", "an invariant is known only up to a "
                                "function of it and the others", "compare level sets, not values"))  # fmt: skip
    return tuple(claims)


def _along(function: Any, x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.broadcast_to(function(*x.T), len(x)).astype(np.float64)


def _drift(seen: Sequence[Array], kept: Sequence[Array]) -> float:
    between = float(np.std([v.mean() for v in (*seen, *kept)]))
    return float(np.sqrt(np.mean([v.var() for v in kept]))) / max(between, 1e-300)


def _networks(
    states: Sequence[Array], known: Library, count: int, steps: int, generator: np.random.Generator
) -> tuple[list[dict[str, Array]], Array, Array]:
    """So many networks, and the centre and scale (variables,) of what goes into them."""
    if not count:
        together = np.concatenate(list(states))
        return [], together.mean(0), together.std(0)
    from .neural_invariants import neural_invariants  # torch, whose import takes longer than all others together

    return neural_invariants(states, known, count, steps, generator)


def _distilled(
    artifact: EmpiricalInvariants,
    distiller: Method[Samples, Formula],
    states: Sequence[Array],
    kept: Sequence[Array],
    seed: int,
) -> EmpiricalInvariants:
    """Formulas in the place of those networks that they follow on orbits that they were not fitted to."""
    together, apart = np.concatenate(list(states)), np.concatenate(list(kept))
    rows = np.linspace(0, len(together) - 1, min(len(together), NETWORKS.distilled)).astype(int)
    expressions, rest = list(artifact.expressions), []
    for weights, function in zip(artifact.networks, artifact.numpy()[len(artifact.expressions) :], strict=True):
        target = next(name for name in ("H", "H_", "H__") if name not in artifact.variables)
        samples = Samples(together[rows], _along(function, together[rows]), artifact.variables, target)
        try:
            formula = distiller.explain(samples, seed).artifact
        except ValueError:  # no law of its shapes
            rest.append(weights)
            continue
        predicted, wanted = formula(apart), _along(function, apart)
        if np.isfinite(predicted).all() and ((predicted - wanted) ** 2).mean() < NETWORKS.faithful * wanted.var():
            expressions.append(_without_constant(formula, artifact.variables))
        else:
            rest.append(weights)
    given = (artifact.variables, tuple(expressions), artifact.count, artifact.state_dimension, artifact.orbit_dimension)
    return EmpiricalInvariants(*given, artifact.low, artifact.high, tuple(rest), artifact.centre, artifact.scale,
                               artifact.scales, artifact.curves)  # fmt: skip


def _without_constant(formula: Formula, names: tuple[str, ...]) -> str:
    terms = sympy.Add.make_args(parse(formula.expression, names))
    return to_text(sympy.Add(*(term for term in terms if term.free_symbols)))

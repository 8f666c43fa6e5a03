"""Every invariant of a rational map that is a polynomial in its variables and in 1 / its denominators, exactly.

H(F(x)) = H(x) is linear in the coefficients of H: as for flows (arXiv 2305.19525 section II), a null space at random
points, here modulo a prime, made exact and checked as an identity. Integrable maps of the plane have such invariants
(Quispel, Roberts and Thompson, Phys. Lett. A 126, 419, 1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, Residues, null_space, rank
from ...algebra.arithmetic.residue_points import Points
from ...algebra.expressions.text import parse, to_text
from ...algebra.systems.rational_maps import InvariantCandidates, RationalMap
from ...algebra.systems.sampling import SPARE_POINTS
from ...artifacts.formulas.formula_source import numpy_function
from ...artifacts.laws.map_invariants import MapInvariants as MapInvariantsFound
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...subjects.equations.discrete_map import DiscreteMap
from .null_vectors import parametric_rows, simplest_first, sparsify
from .settings import NULL_VECTORS, ORBITS
from .stages import Stages


@dataclass(frozen=True)
class MapInvariants(Method[DiscreteMap, MapInvariantsFound]):
    """All invariants of a map up to a degree, in its variables and in 1/q for the denominators q in it.

    >>> cat = DiscreteMap.parse("x[n+1] = 2x[n] + y[n]; y[n+1] = x[n] + y[n]")
    >>> MapInvariants(degree=2).explain(cat).artifact.expressions
    ('x**2 - x*y - y**2',)
    """

    degree: int = 4
    basis: tuple[str, ...] = ()
    """What besides the variables polynomials are in: "1/x, 1/(x + 1)"; by default 1/q for the map's denominators."""

    def _find(self, subject: DiscreteMap, context: Context) -> Found[MapInvariantsFound]:
        """The invariants of `subject`; raises ValueError for maps that are not rational, or too many monomials."""
        generator, reporter = np.random.default_rng(context.seed), context.reporter
        reporter.start("map invariants", 3)
        candidates = candidates_of(subject, self.degree, self.basis)
        table = candidates.monomials
        reporter.advance(1, f"{len(table)} monomials")
        parameters = {name: int(generator.integers(2, PRIME)) for name in subject.parameters}
        points = candidates.points(len(table) + SPARE_POINTS, generator, parameters)
        stages = Stages.at(context.checkpoint, subject.fingerprint(), self.settings(), context.seed)
        space = stages.arrays("null_space", lambda: {"space": null_space(candidates.matrix(points))})["space"]
        reporter.advance(1, f"{len(space)} invariants")
        degrees = table.exponents.sum(1)
        short = sparsify(space, degrees, PRIME)[: NULL_VECTORS.most_sparse]
        found = [_exact(np.flatnonzero(short[i]), candidates, generator) for i in simplest_first(short, degrees)]
        laws = [law for law in found if law is not None]
        chosen = _independent(laws, candidates, generator)
        artifact = MapInvariantsFound(
            subject.variables,
            subject.rhs,
            subject.parameters,
            tuple(to_text(laws[i]) for i in chosen),
            self.degree,
            (*subject.variables, *(to_text(1 / q) for q in candidates.inverses)),
            len(space),
            others=tuple(to_text(law) for i, law in enumerate(laws) if i not in chosen),
            title=subject.title,
        )
        reporter.finish()
        return Found(artifact, measured_by("discover.map_orbits", _claims(artifact, context)))


def candidates_of(subject: DiscreteMap, degree: int, basis: Sequence[str] = ()) -> InvariantCandidates:
    """The monomials that invariants are sought among. Raises ValueError."""
    mapping = RationalMap(subject.variables, subject.parameters, subject.expressions())
    if not basis:
        return InvariantCandidates(mapping, mapping.denominators(), degree)
    names = (*subject.variables, *subject.parameters)
    inverses = []
    for text in basis:
        above, below = sympy.fraction(sympy.together(parse(text, names)))
        if str(above) in subject.variables and below == 1:
            continue
        if above != 1 or not below.free_symbols:
            raise ValueError(f"basis {text!r} is no 1/(...) of a polynomial; name variables and such quotients")
        inverses.append(below)
    return InvariantCandidates(mapping, tuple(inverses), degree)


def _exact(support: Any, candidates: InvariantCandidates, generator: np.random.Generator) -> sympy.Expr | None:
    """The invariant on `support` with coefficients in the parameters, checked as an identity; None where none is."""
    mapping = candidates.map

    def sampled(count: int) -> tuple[Points, Residues]:
        points = candidates.points(count, generator)
        return points, candidates.matrix(points)[:, support]

    parameters = [mapping.generators[name] for name in mapping.parameters]
    for row in parametric_rows(support, parameters, mapping.ring.constant(1), sampled):
        law = candidates.expression(row)
        if law.free_symbols and mapping.is_invariant(law):
            return _readable(law)
    return None


def _readable(law: sympy.Expr) -> sympy.Expr:
    expanded: Any = sympy.expand(law)
    return -expanded if expanded.as_ordered_terms()[0].could_extract_minus_sign() else expanded


def _independent(
    laws: Sequence[sympy.Expr], candidates: InvariantCandidates, generator: np.random.Generator
) -> list[int]:
    """Which of them are functionally independent of earlier ones: the rank of their gradients at a point."""
    point = candidates.points(1, generator)
    chosen: list[int] = []
    rows: list[list[int]] = []
    for i, law in enumerate(laws):
        rows.append(candidates.map.gradient(law, point))
        if rank(np.array(rows, dtype=np.int64)) == len(rows):
            chosen.append(i)
        else:
            rows.pop()
    return chosen


@measurement("discover.map_orbits")
def _orbits_again(evidence: Evidence) -> tuple[Claim, ...]:
    return _claims(evidence.the(MapInvariantsFound), evidence.context)


def _claims(found: MapInvariantsFound, context: Context) -> tuple[Claim, ...]:
    """How much each invariant changes along orbits of the map in floating point."""
    seen, parameters = _orbits(found, np.random.default_rng(context.stream("orbits")))
    claims: list[Claim] = [Measured("orbits of the map followed from random states", seen.shape[2], "orbits")]
    if not seen.shape[2]:
        return tuple(claims)
    spread = _change((seen**2).sum(1))
    with np.errstate(all="ignore"):
        for text, function in zip(found.expressions, found.numpy(), strict=True):
            values = np.stack([np.broadcast_to(function(*state, *parameters), seen.shape[2]) for state in seen])
            change = _change(values)
            claims.append(Measured(f"{text} changes along them by at most", change, "of its size", spread, key="drift"))
    return tuple(claims)


def _orbits(
    found: MapInvariantsFound, generator: np.random.Generator, orbits: int = 12, steps: int = 30, largest: float = 1e3
) -> tuple[Any, Any]:
    """Orbits (steps + 1, variables, orbits) and their parameters (parameters, orbits), those of some steps only.

    States are NaN from where on one is beyond `largest`: rounding decides there.
    """
    names = (*found.variables, *found.parameters)
    rhs = [numpy_function(parse(text, names), names) for text in found.rhs]
    parameters = generator.uniform(0.5, 1.5, (len(found.parameters), orbits))
    states = [[generator.uniform(0.2, 1.2, orbits) for _ in found.variables]]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            states.append([np.broadcast_to(f(*states[-1], *parameters), orbits).astype(float) for f in rhs])
    seen = np.array(states)
    within = np.logical_and.accumulate(np.abs(seen).max(1) < largest)
    kept = within.sum(0) > ORBITS.fewest
    return np.where(within[:, None], seen, np.nan)[:, :, kept], parameters[:, kept]


def _change(values: Any) -> float:
    """The largest distance from the first value, of its size; values (steps, orbits), NaN for those not to be used."""
    size = np.abs(values[0]) + 1e-9
    return float(np.nanmax(np.abs(values - values[0]) / size))

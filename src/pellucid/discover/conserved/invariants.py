"""Every conserved polynomial of given equations, up to a degree, exactly.

A combination H = sum_i c_i b_i of monomials is conserved where sum_i c_i (grad b_i . f) = 0. The matrix of the drifts
grad b_i . f at random points has these c as its null space; modulo a prime it is found exactly and fast, and what was
found is turned into fractions and checked as an identity. Sampling points and taking the null space is SID's idea
(arXiv 2305.19525 section II, with singular values); counting independent ones by the rank of gradients is that of AI
Poincare 2.0 (arXiv 2203.12610 section III). Cost: O(points monomials^2), 3,000 monomials in about 30 s.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.arithmetic.finite_field import PRIME, Residues, independent_columns, null_space
from ...algebra.arithmetic.residue_points import Points
from ...algebra.expressions.text import parse, symbols_of, to_text
from ...algebra.systems.monomials import Monomials, monomials
from ...algebra.systems.polynomial_system import PolynomialSystem, polynomial_system
from ...algebra.systems.sampling import SPARE_POINTS, gradients_of, sample_points
from ...artifacts.laws.invariants import Invariants as InvariantsFound
from ...artifacts.laws.orbits import Orbits
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...subjects.equations.dynamics import Dynamics
from .beyond import Beyond, BeyondSearch
from .law_names import meanings_of
from .null_vectors import Row, exact_coefficients, first_independent, simplest_first, sparsify
from .orbits import drift_claim, integrate_orbits
from .settings import BEYOND, NULL_VECTORS
from .stages import Arrays, Stages


@dataclass(frozen=True)
class Invariants(Method[Dynamics, InvariantsFound]):
    """All polynomial invariants of equations of motion up to a degree.

    `basis` names what the polynomials are in, as expressions ("x, y, 1/sqrt(x**2 + y**2)"); by default all variables,
    every root, sine, exponential and logarithm in the equations, and the reciprocal of what they divide by. `beyond`
    says whether quotients, logarithms, products of powers and laws with the time are looked for, too (never where a
    basis is named, or under constraints).

    >>> finding = Invariants(degree=2).explain(Dynamics.parse("x' = v; v' = -k*x", parameters="k"))
    >>> finding.artifact.expressions
    ('k*x**2 + v**2',)
    """

    degree: int = 3
    basis: tuple[str, ...] = ()
    orbits: int = 12
    beyond: bool = True

    def _find(self, subject: Dynamics, context: Context) -> Found[InvariantsFound]:
        """The invariants of `subject`; raises ValueError for functions without a rule, or too many monomials."""
        generator, reporter = np.random.default_rng(context.seed), context.reporter
        reporter.start("invariants", 5)
        basis = self.basis or default_basis(subject, self.degree)
        stages = Stages.at(context.checkpoint, subject.fingerprint(), self.settings(), context.seed)
        found = self._polynomials(subject, basis, generator, stages, reporter)
        if self.beyond and not self.basis and not subject.constraints:
            search = BeyondSearch(subject, found.sympy(), found.time, generator, reporter)
            beyond = stages.one("beyond", lambda: asdict(search.run()), generator)
            found = with_beyond(found, Beyond(**{**beyond, "darboux": [tuple(pair) for pair in beyond["darboux"]]}))
        reporter.advance(1, f"{len(found.expressions)} independent, {len(found.timed)} with the time")
        found = replace(found, meanings=meanings_of(subject, found.sympy()))
        reporter.advance(1, "orbits")
        orbits, claims = orbits_and_drifts(found, self.orbits, context)
        reporter.finish()
        return Found(found, measured_by("discover.orbits", claims), {"orbits": orbits} if len(orbits) else {})

    def _polynomials(
        self,
        subject: Dynamics,
        names: tuple[str, ...],
        generator: np.random.Generator,
        stages: Stages,
        reporter: Reporter,
    ) -> InvariantsFound:
        """Those that are polynomials in the basis, all of them up to the degree."""
        system, basis = system_of(subject, names)
        candidates = monomials(basis, self.degree)
        space = _Space(system, candidates, generator, stages)
        reporter.advance(1, f"{len(space.vectors)} conserved polynomials of {len(candidates)} monomials")
        rows, others = space.readable(generator, stages, reporter)
        reporter.advance(1, f"{len(rows)} independent")
        texts = [tuple(_text(row, candidates, system) for row in group) for group in (rows, others)]
        return InvariantsFound(
            subject.variables,
            subject.rhs,
            subject.parameters,
            texts[0],
            self.degree,
            tuple(to_text(_meaning(symbol, system)) for symbol in basis),
            len(space.vectors),
            space.trivial,
            texts[1],
            subject.constraints,
            subject.title,
        )


def default_basis(dynamics: Dynamics, degree: int) -> tuple[str, ...]:
    """() for the symbols that the equations hold; with the reciprocals of what they divide by where these are few.

    >>> default_basis(Dynamics.parse("x' = v; v' = 1/x**3"), 4)
    ('x', 'v', '1/x')
    """
    system, symbols = system_of(dynamics)
    quotients = _moving_reciprocals(dynamics, system)
    count = len(symbols) + len(quotients)
    if not quotients or dynamics.constraints or math.comb(count + degree, degree) > BEYOND.most_basis:
        return ()
    return tuple(to_text(e) for e in (*(_meaning(s, system) for s in symbols), *quotients))


def _moving_reciprocals(dynamics: Dynamics, system: PolynomialSystem) -> list[Any]:
    """The reciprocals of what the equations divide by, where that moves and can be written in a basis."""
    names, moving = (*dynamics.variables, *dynamics.parameters), set(symbols_of(dynamics.variables).values())
    quotients: list[Any] = [a.definition for a in system.auxiliaries if a.function.is_quotient]
    return [q for q in quotients if q.free_symbols & moving and parse(to_text(q), names) == q and q.is_Pow]


def with_beyond(found: InvariantsFound, beyond: Beyond) -> InvariantsFound:
    """The invariants with what was found beyond the basis."""
    return replace(
        found,
        expressions=(*found.expressions, *beyond.expressions),
        outside=len(beyond.expressions),
        timed=tuple(beyond.timed),
        darboux=tuple(beyond.darboux),
        multipliers=tuple(beyond.multipliers),
        searched=tuple(beyond.searched),
    )


def _refuse_moving_constraints(dynamics: Dynamics, system: PolynomialSystem) -> None:
    for text, constraint in zip(dynamics.constraints, system.constraints, strict=True):
        if not system.vanishes(system.derivative(system.polynomial(constraint))):
            raise ValueError(f"constraint {text!r} does not stay 0 along the equations; correct one of them")


def system_of(dynamics: Dynamics, basis: tuple[str, ...] = ()) -> tuple[PolynomialSystem, tuple[sympy.Symbol, ...]]:
    """The polynomial system of `dynamics`, and the symbols that polynomials are to be in. Raises ValueError."""
    names = (*dynamics.variables, *dynamics.parameters)
    symbols = symbols_of(names)
    wanted = [parse(text, names) for text in basis]
    system, extra = polynomial_system(
        [symbols[name] for name in dynamics.variables],
        dynamics.expressions(),
        [symbols[name] for name in dynamics.parameters],
        dynamics.constraint_expressions(),
        wanted,
    )
    _refuse_moving_constraints(dynamics, system)
    if not basis:
        quotients = {a.symbol for a in system.auxiliaries if a.function.is_quotient}
        return system, tuple(s for s in system.symbols if s not in quotients)
    return system, _named(basis, extra, system)


def _named(
    basis: tuple[str, ...], rewritten: Sequence[sympy.Expr], system: PolynomialSystem
) -> tuple[sympy.Symbol, ...]:
    """The symbols that the expressions of the basis are, each once. Raises ValueError for what is none."""
    symbols: dict[sympy.Symbol, None] = {}
    for text, expression in zip(basis, rewritten, strict=True):
        if not isinstance(expression, sympy.Symbol) or expression in system.parameters:
            raise ValueError(
                f"basis {text!r} is no symbol of its own; name variables, 1/(...), 1/sqrt(...), sin, cos, exp, log"
            )
        symbols[expression] = None
    return tuple(symbols)


class _Space:
    """The conserved polynomials modulo a prime, without those that are constant by what the symbols mean."""

    def __init__(
        self, system: PolynomialSystem, candidates: Monomials, generator: np.random.Generator, stages: Stages
    ) -> None:
        self.system, self.candidates = system, candidates
        parameters = {s.name: int(generator.integers(2, PRIME)) for s in system.parameters}
        count = len(candidates) + SPARE_POINTS
        self.points = sample_points(system, count, generator, parameters=parameters)
        found = stages.arrays("null_space", self._solved)
        self.columns, self.vectors = found["columns"], found["vectors"]
        self.trivial = len(candidates) - len(self.columns)

    def _solved(self) -> Arrays:
        """The monomials that are independent as functions, and a basis of the conserved combinations of them."""
        columns = _independent_columns(self.system, self.candidates, self.points)
        within = null_space(self.candidates.drift(self.system, self.points)[:, columns])
        vectors = np.zeros((len(within), len(self.candidates)), dtype=np.int64)
        vectors[:, columns] = within
        return {"columns": columns, "vectors": vectors}

    def readable(
        self, generator: np.random.Generator, stages: Stages, reporter: Reporter
    ) -> tuple[list[Row], list[Row]]:
        """Independent invariants, simplest first, with exact coefficients; and the others, where they are few."""
        degrees = self.candidates.exponents.sum(1)
        top = np.array([degrees[np.flatnonzero(row)].max() for row in self.vectors], dtype=np.int64)
        low = np.argsort(top, kind="stable")[: NULL_VECTORS.most_sparse]
        short = sparsify(self.vectors[low], degrees, PRIME)
        order = simplest_first(short, 2 * degrees + self._holds_functions())
        gradients, fixed = self._gradients()
        chosen = first_independent(short, gradients, order, fixed, PRIME)
        few = len(self.candidates) <= NULL_VECTORS.most_listed and len(short) == len(self.vectors)
        rest = [i for i in order if i not in chosen] if few else []

        places = [*chosen, *rest]

        def make(k: int) -> Row | None:
            reporter.advance(0, f"{k} of {len(places)} made exact")
            return exact_coefficients(np.flatnonzero(short[places[k]]), self.candidates, self.system, generator)

        found = stages.rows("exact", len(places), make, generator, [s.name for s in self.system.parameters])
        rows = [[row for row in part if row is not None] for part in (found[: len(chosen)], found[len(chosen) :])]
        return rows[0], rows[1]

    def _holds_functions(self) -> NDArray[np.int64]:
        """1 for monomials with more than variables in them: of one degree S + I + R is read before 1/(S + I + R)."""
        functions = [symbol not in self.system.variables for symbol in self.candidates.symbols]
        return np.any(self.candidates.exponents[:, functions], axis=1).astype(np.int64)

    def _gradients(self) -> tuple[Residues, Residues]:
        """Gradients of the monomials at a point, through what symbols mean, and those of the constraints."""
        first = Points({name: value[:1] for name, value in self.points.values.items()}, PRIME)
        partials = self.system.partials
        gradients = np.stack([self.candidates.drift(partial, first)[0] for partial in partials], 1)
        fixed = [self.system.polynomial(e) for e in self.system.constraints]
        return gradients, gradients_of(fixed, self.system, first)


def _independent_columns(system: PolynomialSystem, candidates: Monomials, points: Points) -> NDArray[np.int64]:
    """Monomials that are linearly independent of simpler ones (and of 1) as functions on the variety."""
    if not system.constraints and not system.auxiliaries:
        return np.arange(len(candidates))
    ones = np.ones((len(points.values[candidates.symbols[0].name]), 1), dtype=np.int64)
    return independent_columns(np.concatenate([ones, candidates.values(points)], 1))[1:] - 1


def _meaning(symbol: sympy.Symbol, system: PolynomialSystem) -> sympy.Expr:
    return next((a.definition for a in system.auxiliaries if a.symbol == symbol), symbol)


def _text(row: Row, candidates: Monomials, system: PolynomialSystem) -> str:
    """The invariant in what a person wrote: auxiliaries replaced by what they stand for, first coefficient positive."""
    meanings = {a.symbol.name: a.definition for a in system.auxiliaries}
    total = sympy.Add(*(coefficient * candidates.expression(i, meanings) for i, coefficient in row))
    _, rest = sympy.factor_terms(total).as_coeff_Mul()
    expression = sympy.Add(
        *(sympy.powsimp(term, combine="exp") for term in sympy.expand(rest, multinomial=False).as_ordered_terms())
    )
    return to_text(-expression if _leading_minus(expression) else expression)


def _leading_minus(expression: sympy.Expr) -> bool:
    terms: Any = expression.as_ordered_terms()
    return sum(term.could_extract_minus_sign() for term in terms) * 2 > len(terms)


@measurement("discover.orbits")
def _orbits_again(evidence: Evidence) -> tuple[Claim, ...]:
    count = int(evidence.finding.provenance.settings["orbits"])
    return orbits_and_drifts(evidence.the(InvariantsFound), count, evidence.context)[1]


def orbits_and_drifts(found: InvariantsFound, count: int, context: Context) -> tuple[Orbits, tuple[Claim, ...]]:
    """Up to `count` orbits of the equations, integrated numerically, and how much each invariant changes along them."""
    dynamics = Dynamics(found.variables, found.rhs, found.parameters, found.constraints)
    orbits = integrate_orbits(dynamics, count, np.random.default_rng(context.stream("orbits")))
    return orbits, _drifts(found, orbits)


def _drifts(found: InvariantsFound, orbits: Orbits) -> tuple[Claim, ...]:
    """How much each invariant changes along orbits that were integrated numerically."""
    if not len(orbits):
        return (Measured("orbits that could be integrated from random states", 0.0, "orbits"),)
    claims: list[Claim] = [Measured("orbits integrated numerically from random states", len(orbits), "orbits")]
    laws = zip(found.expressions, found.along(), strict=True)
    return (*claims, *(drift_claim(text, function, orbits) for text, function in laws))

"""What is conserved beyond polynomials in a basis, in stages: each stage looks at more functions than the one before.

(1) The equations' own monomials, and logarithms of their variables and of what they divide by, also times known laws.
(2) Darboux polynomials and polynomials that only grow or decay, as logarithms: rational integrals, products of powers,
    laws with exp(s t); and Jacobi multipliers where an integral is still missing.
(3) Angles, where an integral is still missing: atan(y/x) + log(r) of a focus, half angles, phases of oscillations.
(4) Polynomials of a higher degree in the sines and cosines of half the angles, where the equations have such.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, Residues, null_space
from ...algebra.arithmetic.parametric_rank import irreducible
from ...algebra.arithmetic.polynomials import Polynomial, to_expression
from ...algebra.arithmetic.residue_points import Points
from ...algebra.auxiliaries.auxiliary import FUNCTIONS
from ...algebra.auxiliaries.rewriter import Rewriter
from ...algebra.expressions.text import symbols_of, to_text
from ...algebra.systems.angles import Angle, angles_in
from ...algebra.systems.darboux import Darboux, DarbouxSearch, WholeFlow, whole_flow
from ...algebra.systems.monomials import Monomials, monomials
from ...algebra.systems.polynomial_system import PolynomialSystem, polynomial_system
from ...algebra.systems.sampling import SPARE_POINTS, gradients_of, sample_points
from ...core.reporter import Reporter
from ...subjects.equations.dynamics import Dynamics
from .elementary import Columns, ElementaryLaws, exact_terms, expression_of, laurent_monomials
from .null_vectors import sparsify
from .settings import BEYOND


@dataclass
class Beyond:
    """Laws that are no polynomials in the basis, as text; `timed` hold the time; D polynomial = cofactor polynomial."""

    expressions: list[str] = field(default_factory=list)
    timed: list[str] = field(default_factory=list)
    multipliers: list[str] = field(default_factory=list)
    darboux: list[tuple[str, str]] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)
    """Which functions were looked at, in words."""


@dataclass
class BeyondSearch:
    """Laws independent of the `known` ones, for equations without constraints."""

    dynamics: Dynamics
    known: Sequence[sympy.Expr]
    time: str
    generator: np.random.Generator
    reporter: Reporter
    found: Beyond = field(default_factory=Beyond)

    def run(self) -> Beyond:
        """Everything that is found; stops where as many laws are known as there can be."""
        stage = self._stage()
        arguments = list(_arguments(stage.system))
        logarithms = [stage.meaning(g) for g in arguments]
        what = f"sums of the equations' own monomials, simple ones, and logarithms of {_listed(logarithms)}"
        self._laws(stage, arguments, what)
        few = len(self.dynamics.variables) - 1 <= BEYOND.most_timed_search
        if self._missing or (few and not self.found.timed and not self._clock):
            self._further(stage, logarithms)
        return self.found

    def _further(self, stage: Stage, logarithms: list[sympy.Expr]) -> None:
        """Laws in Darboux polynomials; where one is still missing, in angles, and in sines of half angles."""
        points = BEYOND.most_points if self._missing else BEYOND.most_timed_points
        curves = [stage.meaning(d.polynomial) for d in self._darboux(stage, whole_flow(stage.system), points)]
        others = [g for g in logarithms if g not in curves]
        if curves:
            self._around(curves, others)
        if self._missing:
            self._turning(curves, others)
        if self._missing:
            self._halved(stage.system)

    @property
    def _missing(self) -> bool:
        """Whether fewer laws are known than there can be."""
        return len(self.known) + len(self.found.expressions) < len(self.dynamics.variables) - 1

    @property
    def _clock(self) -> bool:
        """Whether one of the variables is the time itself."""
        return any(rate == 1 for rate in self.dynamics.expressions())

    def _around(self, curves: list[sympy.Expr], logarithms: list[sympy.Expr]) -> None:
        """Laws in logarithms of Darboux polynomials and quotients by them; then multipliers, where one is missing."""
        few = curves[: BEYOND.most_quotients]
        stage = self._stage([1 / g for g in few])
        everything = [stage.system.polynomial(stage.rewritten(g)) for g in (*curves, *logarithms)]
        what = f"products of powers of the Darboux polynomials {_listed(curves)}, and quotients by them"
        self._laws(stage, everything, what)
        if self._missing:
            self.found.multipliers = multipliers(stage.system, everything, self.generator)

    def _turning(self, curves: list[sympy.Expr], logarithms: list[sympy.Expr]) -> None:
        """Laws in the angles of Darboux polynomials, denominators, sines and known laws."""
        stage = self._stage([1 / g for g in curves[: BEYOND.most_quotients]])
        everything = [stage.system.polynomial(stage.rewritten(g)) for g in (*curves, *logarithms)]
        angles = angles_in(stage.system, everything, stage.known)
        if angles:
            meanings = {a.symbol.name: a.definition for a in stage.system.auxiliaries}
            what = f"angles {_listed([angle.expression(meanings) for angle in angles])}"
            self._laws(stage, everything, what, angles)

    def _halved(self, system: PolynomialSystem) -> None:
        """Polynomials with the sines and cosines of half of what the equations hold sines of (swinging Atwood's)."""
        halves = self._half_angles(system)
        if not halves or len(halves) > BEYOND.most_halves:
            return
        wanted = [f(angle) for angle in halves for f in (sympy.sin, sympy.cos)]
        stage = self._stage(wanted)
        held = _held_by_rates(stage.system)
        basis = [s for s in stage.system.symbols if s.name in held or s in stage.functions]
        degree = BEYOND.half_angle_degree
        while degree > 1 and math.comb(len(basis) + degree, degree) > BEYOND.most_basis:
            degree -= 1
        what = f"polynomials of degree <= {degree} with {_listed(wanted)}"
        self._laws(stage, (), what, candidates=laurent_monomials(stage.system, monomials(basis, degree)))

    def _half_angles(self, system: PolynomialSystem) -> list[Any]:
        """Half of what there are sines and cosines of, where that holds variables alone."""
        sines = [a for a in system.auxiliaries if a.function in (FUNCTIONS["sin"], FUNCTIONS["cos"])]
        angles: list[Any] = [a.definition.args[0] for a in sines if a.definition.free_symbols <= self._moving]
        return list(dict.fromkeys(angle / 2 for angle in angles))

    @property
    def _moving(self) -> set[sympy.Symbol]:
        return set(symbols_of(self.dynamics.variables).values())

    def _stage(self, functions: Sequence[sympy.Expr] = ()) -> Stage:
        names = (*self.dynamics.variables, *self.dynamics.parameters)
        symbols = symbols_of(names)
        system, extra = polynomial_system(
            [symbols[name] for name in self.dynamics.variables],
            self.dynamics.expressions(),
            [symbols[name] for name in self.dynamics.parameters],
            (),
            [*self.known, *functions],
        )
        count = len(self.known)
        return Stage(system, [system.polynomial(e) for e in extra[:count]], extra[count:])

    def _laws(
        self,
        stage: Stage,
        logarithms: Sequence[Polynomial],
        what: str,
        angles: Sequence[Angle] = (),
        candidates: Monomials | None = None,
    ) -> None:
        """Replaces what was found by the laws in these logarithms.

        A stage whose columns found fewer replaces nothing.
        """
        start = time.process_time()
        timed = () if self._clock else (stage.system.ring.constant(1), *stage.known[: BEYOND.most_timed])
        late: Any = stage.functions
        simple = stage.monomials() if candidates is None else candidates
        scaled = itertools.product(stage.known[: BEYOND.most_scaling], (*logarithms[: BEYOND.most_scaled], *angles))
        columns = Columns(stage.system, simple, tuple(logarithms), timed, False, late, tuple(angles), tuple(scaled))
        clock = int(self.generator.integers(1, PRIME))
        points = stage.points(len(columns), self.generator)
        search = ElementaryLaws(columns, self.generator, stage.gradients(points), clock, points)
        texts: tuple[list[str], list[str]] = ([], [])
        symbol = sympy.Symbol(self.time, real=True)
        for terms in search.run():
            expression = expression_of(terms, columns, self.time)
            texts[symbol in expression.free_symbols].append(to_text(expression))
        if len(texts[0]) >= len(self.found.expressions):
            self.found.expressions, self.found.timed = texts
        self.found.searched.append(what)
        seconds = time.process_time() - start
        self.reporter.advance(0, f"{what}: {len(texts[0])} more, {len(texts[1])} with time ({seconds:.1f} s)")

    def _darboux(self, stage: Stage, flow: WholeFlow, most_points: int) -> list[Darboux]:
        """Those that mean something: not 0, no law, no single exponential (its logarithm is a polynomial)."""
        start = time.process_time()
        if len(flow.names) > BEYOND.most_symbols:
            self.found.searched.append(f"no Darboux polynomials ({len(flow.names)} symbols are too many)")
            return []
        points = stage.points(3, self.generator)
        search = DarbouxSearch(flow, self.generator, most_points=most_points)
        kept = [d for d in search.run() if stage.says_something(d, points)]
        below = stage.meaning(flow.denominator)
        self.found.darboux = [
            (to_text(stage.meaning(d.polynomial)), to_text(stage.meaning(d.cofactor) / below)) for d in kept
        ]
        told = f"Darboux polynomials of degree <= {search.reached} (by zeros on random lines: there may be others)"
        nothing = "no Darboux polynomials (a variable stands still, or there are too many monomials)"
        self.found.searched.append(told if search.reached else nothing)
        seconds = time.process_time() - start
        self.reporter.advance(0, f"{len(kept)} Darboux polynomials ({seconds:.1f} s)")
        return kept


@dataclass(frozen=True)
class Stage:
    """Equations with auxiliaries for the functions that a stage looks at."""

    system: PolynomialSystem
    known: list[Polynomial]
    functions: tuple[sympy.Expr, ...] = ()
    """Reciprocals of Darboux polynomials, as symbols."""

    def meaning(self, polynomial: Polynomial) -> sympy.Expr:
        """In what a person wrote."""
        return to_expression(polynomial, {a.symbol.name: a.definition for a in self.system.auxiliaries})

    def says_something(self, curve: Darboux, points: Points) -> bool:
        """Whether a Darboux polynomial is not 0 at these points, no law, and no single product of auxiliaries."""
        powers = zip(curve.polynomial.context().names(), curve.polynomial.degrees(), strict=True)
        held = {str(name) for name, power in powers if power}
        trivial = len(curve.polynomial) == 1 and held <= {a.symbol.name for a in self.system.auxiliaries}
        return curve.cofactor != 0 and bool(points.evaluate(curve.polynomial).all()) and not trivial

    def rewritten(self, expression: Any) -> Any:
        """An expression in what a person wrote, in this stage's symbols."""
        known, constants = list(self.system.auxiliaries), frozenset(self.system.parameters)
        return Rewriter(set(self.system.generators), constants, known).rewrite(expression)

    def monomials(self) -> Monomials:
        """Simple monomials in all symbols, those of the equations, and quotients by the stage's functions."""
        new = set(self.functions)
        basis = [s for s in self.system.symbols if s not in new]
        degree = BEYOND.degree
        while degree > 1 and math.comb(len(basis) + degree, degree) > BEYOND.most_monomials:
            degree -= 1
        candidates = monomials(basis, degree)
        if not new:
            return laurent_monomials(self.system, candidates)
        rows = candidates.exponents[candidates.exponents.sum(1) <= BEYOND.quotient_degree]
        rows = np.concatenate([np.zeros((1, len(basis)), dtype=np.int64), rows])
        blocks = [np.pad(candidates.exponents, ((0, 0), (0, len(new))))]
        for place in range(len(new)):
            for power in (1, 2):
                block = np.pad(rows, ((0, 0), (0, len(new))))
                block[:, len(basis) + place] = power
                blocks.append(block)
        symbols = (*basis, *(s for s in self.system.symbols if s in new))
        return laurent_monomials(self.system, Monomials(symbols, np.concatenate(blocks)))

    def points(self, count: int, generator: np.random.Generator) -> Points:
        """Random points at one random value of each parameter."""
        values = {s.name: int(generator.integers(2, PRIME)) for s in self.system.parameters}
        return sample_points(self.system, count + SPARE_POINTS, generator, parameters=values)

    def gradients(self, points: Points) -> Residues:
        """Of the laws that are known, with a column of 0 for the time.

        Shape (laws, variables + 1).
        """
        return np.pad(gradients_of(self.known, self.system, points), ((0, 0), (0, 1)))


def multipliers(
    system: PolynomialSystem, logarithms: Sequence[Polynomial], generator: np.random.Generator
) -> list[str]:
    """M with div(M f) = 0, M = exp(sum c_j x_j) prod g_i^l_i, where there is one that is not constant; the simplest."""
    first = monomials(system.variables, 1)
    columns = Columns(system, first, tuple(logarithms), (), divergence=True)
    points = Stage(system, []).points(len(columns), generator)
    rows = [row for row in sparsify(null_space(columns.drift(points)), columns.efforts, PRIME) if row[-1]]
    if not rows:
        return []
    exact = dict(exact_terms(np.flatnonzero(min(rows, key=np.count_nonzero)), columns, generator) or ())
    scale = exact.pop(len(columns) - 1, None)
    if not exact or scale is None:
        return []
    meanings = {a.symbol.name: a.definition for a in system.auxiliaries}
    expression: Any = sympy.Integer(1)
    for k, c in exact.items():
        power = sympy.cancel(c / scale)
        if k < len(first):
            (place,) = np.flatnonzero(first.exponents[k])
            expression *= sympy.exp(power * first.symbols[place])
        else:
            expression *= to_expression(logarithms[k - len(first)], meanings) ** power
    return [to_text(expression)]


def _arguments(system: PolynomialSystem) -> Iterator[Polynomial]:
    """What may stand in a logarithm: variables, and the factors of all that the equations divide by or root."""
    seen = set()
    found = [system.generators[s.name] for s in system.variables]
    for a in system.auxiliaries:
        if a.function.relation_holds_argument:
            found += irreducible(system.polynomial(a.argument))
    for g in found:
        moving = any(g.derivative(s.name) != 0 for s in system.symbols)
        if moving and str(g) not in seen:
            seen.add(str(g))
            yield g


def _held_by_rates(system: PolynomialSystem) -> set[str]:
    """The names of the symbols in what the variables and auxiliaries change by."""
    names = [str(n) for n in system.ring.names()]
    rates = [rate for rate in system.flow if rate != 0]
    return {n for rate in rates for n, power in zip(names, rate.degrees(), strict=True) if power}


def _listed(expressions: Sequence[sympy.Expr], most: int = 8) -> str:
    """The first of them, and how many more there are."""
    texts = [to_text(e) for e in expressions[:most]]
    rest = len(expressions) - len(texts)
    return ", ".join(texts) + (f" and {rest} more" if rest > 0 else "")

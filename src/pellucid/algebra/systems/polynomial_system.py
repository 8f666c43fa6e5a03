"""Equations of motion as polynomials with exact coefficients: derivatives along the flow, and proofs that one is 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sympy
from flint import Ordering, fmpq_mpoly_ctx

from ..arithmetic.constraint_ideal import groebner_basis, normal_form, substituted, triangular
from ..arithmetic.polynomials import Polynomial, to_polynomial
from ..auxiliaries.auxiliary import Auxiliary
from ..auxiliaries.common_arguments import common_exponentials, with_common_angles, with_single_tanh
from ..auxiliaries.fractional_power import prepare_roots
from ..auxiliaries.power import prepare
from ..auxiliaries.rewriter import Rewriter


@dataclass(frozen=True)
class PolynomialSystem:
    """x' = f(x) for `variables` and `auxiliaries` together, over the rationals with `parameters` as further symbols."""

    variables: tuple[sympy.Symbol, ...]
    parameters: tuple[sympy.Symbol, ...]
    auxiliaries: tuple[Auxiliary, ...]
    equations: tuple[sympy.Expr, ...]
    """Right-hand sides of the variables: polynomials in all symbols."""
    constraints: tuple[sympy.Expr, ...] = ()
    """Polynomials that are 0 on the orbits considered."""

    @property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        """Variables, then auxiliaries: everything that moves."""
        return (*self.variables, *(a.symbol for a in self.auxiliaries))

    @cached_property
    def ring(self) -> Any:
        """The polynomials in all symbols and parameters."""
        names = [symbol.name for symbol in (*self.symbols, *self.parameters)]
        return fmpq_mpoly_ctx.get(names, Ordering.degrevlex)

    @cached_property
    def flow(self) -> tuple[Polynomial, ...]:
        """The derivative of every symbol, in the order of `symbols`."""
        known = {s: self.polynomial(e) for s, e in zip(self.variables, self.equations, strict=True)}
        for auxiliary in self.auxiliaries:
            known[auxiliary.symbol] = self._rule(auxiliary, known)
        return tuple(known[symbol] for symbol in self.symbols)

    def polynomial(self, expression: sympy.Expr) -> Polynomial:
        """A polynomial expression in this system's symbols, as an element of the ring."""
        return to_polynomial(expression, self.generators, self.ring, str([s.name for s in self.symbols]))

    def derivative(self, polynomial: Polynomial) -> Polynomial:
        """d/dt along the flow: sum_j (d/dx_j) f_j.

        >>> x, v = sympy.symbols("x v", real=True)
        >>> system, _ = polynomial_system([x, v], [v, -x])
        >>> system.vanishes(system.derivative(system.polynomial(x**2 + v**2)))
        True
        """
        total = self.ring.constant(0)
        for symbol, speed in zip(self.symbols, self.flow, strict=True):
            slope = polynomial.derivative(symbol.name)
            if slope != 0 and speed != 0:
                total = total + slope * speed
        return total

    @cached_property
    def partials(self) -> tuple[PolynomialSystem, ...]:
        """For each variable the system whose `derivative` is the partial one by it, through what auxiliaries mean."""
        one, zero, size = sympy.Integer(1), sympy.Integer(0), len(self.variables)
        units = (tuple(one if i == j else zero for j in range(size)) for i in range(size))
        return tuple(replace(self, equations=unit) for unit in units)

    def vanishes(self, polynomial: Polynomial) -> bool:
        """Whether the polynomial is 0 wherever the auxiliaries mean what they say and the constraints are 0.

        Auxiliaries are eliminated last to first, each by the rule of its function, then each constraint is solved for a
        variable in which it is linear. True is a proof; False is one, too, where no constraint is left over and the
        roots are independent. Where a constraint is linear in no variable, the normal form by a Groebner basis of the
        constraints and what the auxiliaries mean has to be 0; there True is a proof, too.

        >>> x = sympy.Symbol("x", real=True)
        >>> system, (both,) = polynomial_system([x], [x], functions=[sympy.sin(x) ** 2 + sympy.cos(x) ** 2])
        >>> system.vanishes(system.polynomial(both - 1))
        True
        """
        if not self.is_linear:
            return normal_form(polynomial, self._basis) == 0
        left = [polynomial]
        for auxiliary in reversed(self.auxiliaries):
            left = [part for p in left if p != 0 for part in auxiliary.function.eliminated(auxiliary, self, p)]
        for constraint, symbol in self.solved:
            left = [substituted(p, constraint, symbol.name) for p in left if p != 0]
        return all(p == 0 for p in left)

    def relations(self) -> list[Polynomial]:
        """What is 0 by what the auxiliaries mean: w q - 1, u^2 q - 1, s^2 + c^2 - 1, and monomials of exponentials."""
        found = (a.function.relation(a, self) for a in self.auxiliaries)
        return [relation for relation in found if relation is not None]

    @cached_property
    def solved(self) -> tuple[tuple[Polynomial, sympy.Symbol], ...]:
        """Each constraint with a variable in which it is linear and that no other one is solved for.

        Fewer than there are constraints where one is linear in none.
        """
        found: list[tuple[Polynomial, sympy.Symbol]] = []
        for expression in self.constraints:
            constraint = self.polynomial(expression)
            for earlier, symbol in found:
                constraint = substituted(constraint, earlier, symbol.name)
            own = self._solvable_for(constraint)
            if own is None:
                break
            found.append((constraint, own))
        return tuple(found)

    @property
    def is_linear(self) -> bool:
        """Whether every constraint can be solved for a variable in which it is linear."""
        return len(self.solved) == len(self.constraints)

    @cached_property
    def triangular(self) -> list[tuple[Polynomial, str]]:
        """Constraints of any degree, each with a variable to solve it for that no earlier one holds.

        Raises ValueError where they cannot be solved one after the other.
        """
        held = {symbol for a in self.auxiliaries for symbol in a.argument.free_symbols}
        names = [
            s.name for s in (*(v for v in self.variables if v in held), *(v for v in self.variables if v not in held))
        ]
        return triangular([self.polynomial(e) for e in self.constraints], names)

    @cached_property
    def _basis(self) -> tuple[Polynomial, ...]:
        """A Groebner basis of the constraints and of what the auxiliaries mean."""
        return groebner_basis([*map(self.polynomial, self.constraints), *self.relations()])

    def _solvable_for(self, constraint: Polynomial) -> sympy.Symbol | None:
        """A variable in which the constraint is linear, one that no auxiliary holds where there is such a one."""
        held = {symbol for a in self.auxiliaries for symbol in a.argument.free_symbols}
        degrees = dict(zip(self.generators, constraint.degrees(), strict=True))
        linear = [symbol for symbol in self.variables if degrees[symbol.name] == 1]
        if not linear:
            return None
        return ([symbol for symbol in linear if symbol not in held] or linear)[-1]

    @cached_property
    def generators(self) -> Mapping[str, Polynomial]:
        """The ring's symbols by name: variables, auxiliaries, parameters."""
        names = [symbol.name for symbol in (*self.symbols, *self.parameters)]
        return dict(zip(names, self.ring.gens(), strict=True))

    def _rule(self, auxiliary: Auxiliary, known: Mapping[sympy.Symbol, Polynomial]) -> Polynomial:
        """The auxiliary's derivative along the flow, by the chain rule; `known` are those of what it holds."""
        inner, speed = self.polynomial(auxiliary.argument), self.ring.constant(0)
        for symbol, rate in known.items():
            speed = speed + inner.derivative(symbol.name) * rate
        return auxiliary.function.slope(auxiliary, self) * speed


def polynomial_system(
    variables: Sequence[sympy.Symbol],
    equations: Sequence[sympy.Expr],
    parameters: Sequence[sympy.Symbol] = (),
    constraints: Sequence[sympy.Expr] = (),
    functions: Sequence[sympy.Expr] = (),
) -> tuple[PolynomialSystem, tuple[sympy.Expr, ...]]:
    """The polynomial system of some equations, and each of `functions` as a polynomial in its symbols.

    Raises NoRule for functions without a rule.

    >>> x, v = sympy.symbols("x v", real=True)
    >>> system, _ = polynomial_system([x, v], [v, -sympy.sin(x)])
    >>> len(system.symbols), len(system.auxiliaries)
    (4, 2)
    """
    rewriter = Rewriter({symbol.name for symbol in (*variables, *parameters)}, frozenset(parameters))
    groups = with_common_angles(with_single_tanh((equations, constraints, functions)))
    prepare(groups, rewriter)
    prepare_roots(groups, rewriter, halves=False)
    for exponential in common_exponentials(groups):
        rewriter.rewrite(exponential)  # before its powers, which become monomials of it
    rewritten, conditions, extra = (tuple(map(rewriter.rewrite, group)) for group in groups)
    system = PolynomialSystem(tuple(variables), tuple(parameters), tuple(rewriter.found), rewritten, conditions)
    return system, extra

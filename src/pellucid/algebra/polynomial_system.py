"""Equations of motion as polynomials with exact coefficients: derivatives along the flow, and proofs that one is 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from .auxiliary import Auxiliary, Rewriter

Polynomial: TypeAlias = Any
"""A flint fmpq_mpoly; python-flint has no annotations."""


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
        e: Any = expression
        if e.is_Symbol:
            return self._generators[e.name]
        if e.is_Rational:
            return self.ring.constant(fmpq(int(e.p), int(e.q)))
        if e.is_Add:
            return sum((self.polynomial(a) for a in e.args[1:]), self.polynomial(e.args[0]))
        if e.is_Mul:
            product = self.polynomial(e.args[0])
            for argument in e.args[1:]:
                product = product * self.polynomial(argument)
            return product
        if e.is_Pow and e.args[1].is_Integer and e.args[1] >= 0:
            return self.polynomial(e.args[0]) ** int(e.args[1])
        raise ValueError(f"{e} is no polynomial in {[s.name for s in self.symbols]}")

    def derivative(self, polynomial: Polynomial) -> Polynomial:
        """d/dt along the flow: sum_j (d/dx_j) f_j."""
        total = self.ring.constant(0)
        for symbol, speed in zip(self.symbols, self.flow, strict=True):
            slope = polynomial.derivative(symbol.name)
            if slope != 0 and speed != 0:
                total = total + slope * speed
        return total

    def vanishes(self, polynomial: Polynomial) -> bool:
        """Whether the polynomial is 0 wherever the auxiliaries mean what they say and the constraints are 0.

        Auxiliaries are eliminated last to first (w by multiplying with q, u^2 = 1/q, s^2 = 1 - c^2), then each
        constraint is solved for a variable in which it is linear. True is a proof; False is one, too, where no
        constraint is left over and the roots are independent.
        """
        left = [polynomial]
        for auxiliary in reversed(self.auxiliaries):
            left = [part for p in left for part in self._eliminate(auxiliary, p)]
        for constraint, symbol in self.solved:
            left = [self._substitute(p, constraint, symbol) for p in left]
        return all(p == 0 for p in left)

    def relations(self) -> list[Polynomial]:
        """What is 0 by what the auxiliaries mean: w q - 1, u^2 q - 1, s^2 + c^2 - 1, and monomials of exponentials."""
        found = []
        for a in self.auxiliaries:
            if a.kind == "inverse":
                found.append(self.polynomial(a.symbol * a.argument) - 1)
            elif a.kind == "root":
                found.append(self.polynomial(a.symbol**2 * a.argument) - 1)
            elif a.kind == "sin":
                cosine = next(b.symbol for b in self.auxiliaries if b.kind == "cos" and b.argument == a.argument)
                found.append(self.polynomial(a.symbol**2 + cosine**2) - 1)
            elif a.kind == "monomial":
                above = sympy.Mul(*(symbol**n for symbol, n in a.powers if n > 0))
                below = sympy.Mul(*(symbol**-n for symbol, n in a.powers if n < 0))
                found.append(self.polynomial(a.symbol * below - above))
        return found

    @cached_property
    def solved(self) -> tuple[tuple[Polynomial, sympy.Symbol], ...]:
        """Each constraint with a variable in which it is linear and that no other one is solved for.

        Raises ValueError where there is none.
        """
        found: list[tuple[Polynomial, sympy.Symbol]] = []
        for expression in self.constraints:
            constraint = self.polynomial(expression)
            for earlier, symbol in found:
                constraint = self._substitute(constraint, earlier, symbol)
            used = set().union(*(a.argument.free_symbols for a in self.auxiliaries)) if self.auxiliaries else set()
            degrees = self._degrees(constraint)
            linear = [s for s in self.variables if degrees[s.name] == 1]
            free = [s for s in linear if s not in used] or linear
            if not free:
                raise ValueError(f"constraint {expression} is linear in no variable; write it so that it is in one")
            found.append((constraint, free[-1]))
        return tuple(found)

    @cached_property
    def _generators(self) -> Mapping[str, Polynomial]:
        names = [symbol.name for symbol in (*self.symbols, *self.parameters)]
        return dict(zip(names, self.ring.gens(), strict=True))

    def _degrees(self, polynomial: Polynomial) -> dict[str, int]:
        return dict(zip(self._generators, polynomial.degrees(), strict=True))

    def _rule(self, auxiliary: Auxiliary, known: Mapping[sympy.Symbol, Polynomial]) -> Polynomial:
        own, inner = self._generators[auxiliary.symbol.name], self.polynomial(auxiliary.argument)
        slope = self.ring.constant(0)
        for symbol, speed in known.items():
            slope = slope + inner.derivative(symbol.name) * speed
        if auxiliary.kind == "inverse":
            return -own * own * slope
        if auxiliary.kind == "root":
            return self.ring.constant(fmpq(-1, 2)) * own**3 * slope
        if auxiliary.kind in ("exp", "monomial"):
            return own * slope
        if auxiliary.kind == "tanh":
            return (1 - own * own) * slope
        partner = {"sin": "cos", "cos": "sin", "log": "inverse"}[auxiliary.kind]
        other = next(a.symbol for a in self.auxiliaries if a.kind == partner and a.argument == auxiliary.argument)
        return (-1 if auxiliary.kind == "cos" else 1) * self._generators[other.name] * slope

    def _eliminate(self, auxiliary: Auxiliary, polynomial: Polynomial) -> list[Polynomial]:
        """Polynomials without the auxiliary that are all 0 where this is 0 (and, for independent roots, only there)."""
        if polynomial == 0:
            return []
        parts = self.by_power(polynomial, auxiliary.symbol.name)
        top = max(parts)
        if auxiliary.kind == "inverse":
            q = self.polynomial(auxiliary.argument)
            return [self._sum(part * q ** (top - k) for k, part in parts.items())]
        if auxiliary.kind == "root":
            q = self.polynomial(auxiliary.argument)
            most = top // 2
            halves = [{k // 2: part for k, part in parts.items() if k % 2 == odd} for odd in (0, 1)]
            return [self._sum(part * q ** (most - k) for k, part in half.items()) for half in halves if half]
        if auxiliary.kind == "sin":
            cosine = next(a for a in self.auxiliaries if a.kind == "cos" and a.argument == auxiliary.argument)
            square = 1 - self._generators[cosine.symbol.name] ** 2
            halves = [{k // 2: part for k, part in parts.items() if k % 2 == odd} for odd in (0, 1)]
            without = [self._sum(part * square**k for k, part in half.items()) for half in halves if half]
            return [part for p in without if p != 0 for part in self.by_power(p, cosine.symbol.name).values()]
        if auxiliary.kind == "cos":
            return [polynomial]  # goes with its sine
        if auxiliary.kind == "monomial":
            above, below = self.ring.constant(1), self.ring.constant(1)
            for symbol, n in auxiliary.powers:
                if n > 0:
                    above = above * self._generators[symbol.name] ** n
                else:
                    below = below * self._generators[symbol.name] ** -n
            return [self._sum(part * above**k * below ** (top - k) for k, part in parts.items())]
        return list(parts.values())  # nothing relates it to the others: every coefficient must be 0

    def _substitute(self, polynomial: Polynomial, constraint: Polynomial, symbol: sympy.Symbol) -> Polynomial:
        """The numerator after symbol = -a/b, where the constraint is a + b symbol."""
        if polynomial == 0:
            return polynomial
        linear = self.by_power(constraint, symbol.name)
        a, b = linear.get(0, self.ring.constant(0)), linear[1]
        parts = self.by_power(polynomial, symbol.name)
        top = max(parts)
        return self._sum(part * (-a) ** k * b ** (top - k) for k, part in parts.items())

    def by_power(self, polynomial: Polynomial, name: str) -> dict[int, Polynomial]:
        """The coefficients of name^k."""
        place = list(self._generators).index(name)
        grouped: dict[int, dict[tuple[int, ...], Any]] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            rest = (*exponents[:place], 0, *exponents[place + 1 :])
            grouped.setdefault(exponents[place], {})[rest] = coefficient
        return {k: self.ring.from_dict(terms) for k, terms in grouped.items()}

    def _sum(self, parts: Any) -> Polynomial:
        return sum(parts, self.ring.constant(0))


def polynomial_system(
    variables: Sequence[sympy.Symbol],
    equations: Sequence[sympy.Expr],
    parameters: Sequence[sympy.Symbol] = (),
    constraints: Sequence[sympy.Expr] = (),
    functions: Sequence[sympy.Expr] = (),
) -> tuple[PolynomialSystem, tuple[sympy.Expr, ...]]:
    """The polynomial system of some equations, and each of `functions` as a polynomial in its symbols.

    Raises NoRule for functions without a rule.
    """
    rewriter = Rewriter({symbol.name for symbol in (*variables, *parameters)})
    rewritten = tuple(rewriter.rewrite(e) for e in equations)
    conditions = tuple(rewriter.rewrite(e) for e in constraints)
    extra = tuple(rewriter.rewrite(e) for e in functions)
    system = PolynomialSystem(tuple(variables), tuple(parameters), tuple(rewriter.found), rewritten, conditions)
    return system, extra

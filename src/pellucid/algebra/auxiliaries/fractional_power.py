"""Fractional powers: r = q^(1/m), r' = r w q' / m with w = 1/q, r^m = q, for one m that all powers of q share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from flint import fmpq
from numpy.typing import NDArray

from ..arithmetic.finite_field import power
from ..arithmetic.polynomials import Polynomial, by_power
from .auxiliary import FUNCTIONS, Auxiliary, Function, System, partner
from .reciprocal import RECIPROCAL

if TYPE_CHECKING:
    from ..arithmetic.residue_points import Points
    from .rewriter import Rewriter


class FractionalPower(Function):
    """Every power of a positive q whose exponent is a fraction; it comes with 1/q. Half powers alone are `Root`s."""

    name, letter = "fractional", "r"
    relation_holds_argument = is_power = in_fields = True

    def recognises(self, expression: Any) -> bool:
        return bool(expression.is_Pow and expression.args[1].is_Rational and expression.args[1].q > 2)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        from .rewriter import NoRule

        written = self.known(expression, rewriter)
        if written is None:
            base, exponent = expression.args
            raise NoRule(f"({base})**({exponent}) has no rule beside these equations; name it as a parameter")
        return written

    def known(self, expression: Any, rewriter: Rewriter) -> sympy.Expr | None:
        """The power by a root that `prepare_roots` has made; None where there is none."""
        base, exponent = expression.args
        roots = [a for a in rewriter.found if a.function is self]
        argument = sympy.expand(rewriter.rewrite(base)) if roots else base
        for root in (a for a in roots if a.argument == argument):
            times = exponent / root.exponent
            whole, rest = divmod(int(times), int(1 / root.exponent))
            if times.is_Integer:
                return root.symbol**rest * rewriter.rewrite(base**whole)
        return None

    def meaning(self, argument: Any) -> sympy.Expr:
        return argument ** sympy.Symbol("exponent", real=True)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        below = system.polynomial(partner(own, system, "reciprocal").symbol)
        return system.ring.constant(fmpq(1, int(1 / own.exponent))) * system.polynomial(own.symbol) * below

    def relation(self, own: Auxiliary, system: System) -> Polynomial:
        return system.polynomial(own.symbol ** int(1 / own.exponent)) - system.polynomial(own.argument)

    def eliminated(self, own: Auxiliary, system: System, polynomial: Polynomial) -> list[Polynomial]:
        """The coefficients of 1, r, ..., r^(m - 1), with q for r^m."""
        q, most = system.polynomial(own.argument), int(1 / own.exponent)
        found: dict[int, Polynomial] = {}
        for k, part in by_power(polynomial, own.symbol.name).items():
            found[k % most] = found.get(k % most, system.ring.constant(0)) + part * q ** (k // most)
        return list(found.values())

    def reduced(self, own: Auxiliary, system: System, polynomial: Polynomial) -> Polynomial:
        """The same with less than m of the root; what that leaves of q cancels with 1/q."""
        q, r, most = system.polynomial(own.argument), system.polynomial(own.symbol), int(1 / own.exponent)
        parts = by_power(polynomial, own.symbol.name)
        total = sum((part * q ** (k // most) * r ** (k % most) for k, part in parts.items()), polynomial * 0)
        return RECIPROCAL.reduced(partner(own, system, "reciprocal"), system, total)

    def sample(self, own: Auxiliary, system: System, points: Points, generator: np.random.Generator) -> NDArray[Any]:
        """Where q is in the group of residues in which every one has exactly one root."""
        q, most = points.evaluate(system.polynomial(own.argument)), int(1 / own.exponent)
        order = points.prime - 1
        while (shared := math.gcd(order, most)) > 1:
            order //= shared
        points.values[own.symbol.name] = power(q, pow(most, -1, order), points.prime)
        return power(q, order, points.prime) == 1


_known = FUNCTIONS["fractional"]
assert isinstance(_known, FractionalPower)
FRACTIONAL = _known


def prepare_roots(groups: Sequence[Sequence[Any]], rewriter: Rewriter, *, halves: bool) -> None:
    """Makes the roots of which all fractional powers in these expressions are whole powers, of each base one.

    Where it has half powers alone there is none, unless `halves` are wanted, too.
    """
    powers = {e for group in groups for expression in group for e in expression.atoms(sympy.Pow)}
    found: dict[Any, list[int]] = {}
    for e in sorted(powers, key=str):
        base, exponent = e.args
        if exponent.is_Rational and not exponent.is_Integer and base.free_symbols:
            found.setdefault(base, []).append(int(exponent.q))
    for base, below in found.items():
        if halves or max(below) > 2:
            exponent = sympy.Rational(1, math.lcm(*below))
            rewriter.symbol_of(RECIPROCAL, base)
            argument = sympy.expand(rewriter.rewrite(base))
            rewriter.add(FRACTIONAL, argument, base**exponent, exponent=exponent)

"""Maps whose components are quotients of polynomials: what monomials in variables and 1/q become, exactly.

A function H of the state is invariant where H(F(x)) = H(x): a polynomial identity, once denominators are multiplied
away. Modulo a prime, at random points, it is linear in the coefficients of H. Exponentials, sines and cosines in a map
are letters of their own, exp(p) and tan(p/2): where no sum of whole multiples of the p is constant, they are
algebraically independent of each other and of the variables (Ax, Ann. Math. 93, 252, 1971, theorem 3), so that
H(F(x)) = H(x) is the same identity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np
import sympy
from flint import Ordering, fmpq_mpoly_ctx

from ..arithmetic.finite_field import PRIME, Residues, inverse
from ..arithmetic.polynomials import Polynomial, to_expression, to_polynomial
from ..arithmetic.residue_points import Points
from .monomials import Monomials
from .monomials import monomials as all_monomials

Quotient = tuple[Polynomial, Polynomial]
"""Numerator and denominator, without a common factor."""


@dataclass(frozen=True)
class RationalMap:
    """x_i becomes images[i], over `variables` and `parameters`."""

    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    images: tuple[sympy.Expr, ...]

    @cached_property
    def ring(self) -> Any:
        return fmpq_mpoly_ctx.get([*self.variables, *self.letters.values(), *self.parameters], Ordering.degrevlex)

    @cached_property
    def letters(self) -> dict[Any, str]:
        """A name for exp(p) of each exponential, and for tan(p/2) of each pair of sine and cosine.

        Raises ValueError for other functions, and where the p are not independent.
        """
        found: dict[Any, str] = {}
        for image in self.images:
            for function in sorted(image.atoms(sympy.exp, sympy.sin, sympy.cos), key=str):
                kind, (inside,) = sympy.exp if function.func is sympy.exp else sympy.tan, function.args
                if not any(_times(inside, known, kind) for known in found):
                    found[kind(inside)] = f"_f{len(found)}"
        for kind in (sympy.exp, sympy.tan):
            self._refuse_dependent([function.args[0] for function in found if function.func is kind])
        return found

    def _refuse_dependent(self, inside: Sequence[Any]) -> None:
        """Raises ValueError where what stands in functions of one kind is no polynomial, or adds up to a constant."""
        rows = [self._moving_terms(each) for each in inside]
        columns = list(dict.fromkeys(rest for row in rows for rest in row))
        matrix = sympy.Matrix([[sympy.nsimplify(row.get(c, 0), rational=True) for c in columns] for row in rows])
        if rows and (not columns or matrix.rank() < len(rows)):
            shown = ", ".join(map(str, inside))
            raise ValueError(f"functions of {shown} stand together in a map, and these depend on each other; "
                             "what is invariant is not covered then")  # fmt: skip

    def _moving_terms(self, inside: Any) -> dict[Any, Any]:
        """The monomials that hold a variable, and the numbers before them. Raises ValueError for no polynomial."""
        expanded, moving = sympy.expand(inside), {_real(name) for name in self.variables}
        if not expanded.is_polynomial(*expanded.free_symbols):
            raise ValueError(f"{expanded} within a function of the map is no polynomial, which is not covered")
        terms = (term.as_coeff_Mul() for term in sympy.Add.make_args(expanded))
        return {rest: number for number, rest in terms if rest.free_symbols & moving}

    @cached_property
    def generators(self) -> dict[str, Polynomial]:
        return dict(zip(map(str, self.ring.names()), self.ring.gens(), strict=True))

    @cached_property
    def quotients(self) -> tuple[Quotient, ...]:
        """The images as quotients. Raises ValueError where one is none."""
        return tuple(self.quotient(image) for image in self.images)

    def quotient(self, expression: sympy.Expr, at: Mapping[str, Quotient] | None = None) -> Quotient:
        """A rational expression as a quotient, of the variables or of what `at` puts for them. Raises ValueError."""
        e: Any = expression
        if e.is_Add or e.is_Mul:
            return reduce(_sum if e.is_Add else _product, (self.quotient(argument, at) for argument in e.args))
        if e.is_Pow and e.args[1].is_Integer:
            return _power(self.quotient(e.args[0], at), int(e.args[1]))
        if at is None:
            return self._of_atom(e)
        return at[e.name] if e.is_Symbol and e.name in at else self._of_atom(e, functions=False)

    def _of_atom(self, atom: Any, functions: bool = True) -> Quotient:
        """A symbol, a number, or, with `functions`, one of the map's. Raises ValueError for anything else."""
        if atom.is_Symbol:
            return self._symbol(atom), self.ring.constant(1)
        if atom.is_Float or atom.is_Rational:
            return to_polynomial(atom, self.generators, self.ring), self.ring.constant(1)
        if functions and atom.func in (sympy.exp, sympy.sin, sympy.cos):
            return self._of_function(atom)
        what = "the invariants of maps are sought where all are such, or exp, sin or cos of polynomials"
        raise ValueError(f"{atom} is no quotient of polynomials; {what}")

    def denominators(self, most_degree: int = 4) -> tuple[sympy.Expr, ...]:
        """The factors of the images' denominators, and of what these become, and variables that stay 0 where they are.

        Those whose degrees by each variable are together at most `most_degree`.
        """
        found = {
            n: _real(n)
            for n, (above, _) in zip(self.variables, self.quotients, strict=True)
            if n in self._factors(above, 2)
        }
        stay = set(found.values())
        for _, below in self.quotients:
            found |= self._factors(below, most_degree)
        moved = dict(zip(self.variables, self.quotients, strict=True))
        for expression in list(found.values()):
            found |= self._factors(self.quotient(expression, moved)[0], most_degree) if expression not in stay else {}
        return tuple(found.values())

    def is_invariant(self, expression: sympy.Expr) -> bool:
        """Whether H(F(x)) = H(x), an identity of polynomials."""
        here = self.quotient(expression)
        there = self.quotient(expression, dict(zip(self.variables, self.quotients, strict=True)))
        return here[0] * there[1] == there[0] * here[1]

    def gradient(self, expression: sympy.Expr, point: Points) -> list[int]:
        """By the variables, at the first of the points."""
        above, below = self.quotient(expression)
        bottom = point.evaluate(below)
        scale = inverse(bottom * bottom % point.prime, point.prime)
        parts = (above.derivative(n) * below - above * below.derivative(n) for n in self.variables)
        return [int((point.evaluate(part) * scale % point.prime)[0]) for part in parts]

    def _of_function(self, function: Any) -> Quotient:
        """An exponential as a power of its letter, a sine or cosine by the tangent of half its angle."""
        kind, one = sympy.exp if function.func is sympy.exp else sympy.tan, self.ring.constant(1)
        for known, name in self.letters.items():
            times, letter = _times(function.args[0], known, kind), self.generators[name]
            if not times:
                continue
            if kind is sympy.exp:
                return _power((letter, one), times)
            return (2 * times * letter if function.func is sympy.sin else one - letter**2), one + letter**2
        raise ValueError(f"{function} is no function of the map")

    def _symbol(self, symbol: sympy.Symbol) -> Polynomial:
        if symbol.name not in self.generators:
            raise ValueError(f"{symbol} is neither a variable nor a parameter")
        return self.generators[symbol.name]

    def _factors(self, polynomial: Polynomial, most_degree: int) -> dict[str, sympy.Expr]:
        """Irreducible factors that hold a variable, by their text; degrees by each together at most `most_degree`."""
        names, letters = set(self.variables), set(self.letters.values())
        found = {}
        for factor, _ in polynomial.factor()[1] if polynomial != 0 else ():
            degrees = dict(zip(self.generators, factor.degrees(), strict=True))
            if any(degrees[name] for name in letters):
                continue
            if 0 < sum(degrees[n] for n in names) <= most_degree:
                expression = to_expression(factor)
                found[str(expression)] = expression
        return found


@dataclass(frozen=True)
class InvariantCandidates:
    """Monomials in variables and 1/q for each q of `inverses`, up to a degree; those that are sums of others left out.

    >>> step = RationalMap(("x",), (), (sympy.Symbol("x", real=True) + 1,))
    >>> x = sympy.Symbol("x", real=True)
    >>> table = InvariantCandidates(step, (x, x + 1), 2).monomials  # without 1/(x*(x + 1)) = 1/x - 1/(x + 1)
    >>> table.exponents.tolist()
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [2, 0, 0], [0, 2, 0], [0, 0, 2]]
    """

    map: RationalMap
    inverses: tuple[sympy.Expr, ...]
    degree: int

    @cached_property
    def monomials(self) -> Monomials:
        """A monomial is left out where the relations w q = 1, w = 1/q, together write it by lower ones.

        Those that are left are linearly independent as functions, at almost all parameters.
        """
        symbols = [*map(_real, self.map.variables), *(_real(f"_w{i}") for i in range(len(self.inverses)))]
        every, leading = all_monomials(symbols, self.degree), self._leading(symbols)
        kept = [row for row in every.exponents if not any((row >= lead).all() for lead in leading)]
        return Monomials(every.symbols, np.array(kept, dtype=np.int64).reshape(len(kept), len(symbols)))

    def _leading(self, symbols: Sequence[sympy.Symbol]) -> list[Any]:
        """The exponents of the highest monomials of a Groebner basis of w q - 1 for all q, over the parameters' field.

        By degree first, so that what a monomial is written by has no higher degree. Shapes (symbols,).
        """
        constants = [_real(name) for name in self.map.parameters]
        field = sympy.QQ.frac_field(*constants) if constants else sympy.QQ
        pairs = zip(symbols[len(self.map.variables) :], self._polynomials, strict=True)
        relations = [w * to_expression(q) - 1 for w, q in pairs]
        basis = sympy.groebner(relations, *symbols, order="grevlex", domain=field).polys if relations else ()
        return [np.array(relation.monoms(order="grevlex")[0], dtype=np.int64) for relation in basis]

    def matrix(self, points: Points) -> Residues:
        """H(F(x)) - H(x) for every monomial, (points, monomials).

        Shape (points, monomials).
        """
        there = {n: _value(q, points) for n, q in zip(self.map.variables, self.map.quotients, strict=True)}
        moved = Points({**points.values, **there}, points.prime)
        return (self.values(moved) - self.values(points)) % points.prime

    def points(self, count: int, generator: np.random.Generator, parameters: Mapping[str, int] | None = None) -> Points:
        """Random points at which map and monomials are defined; with these parameters, or random ones at each."""
        size = 2 * count + 64
        values = {name: generator.integers(1, PRIME, size) for name in self.map.generators}
        for name in self.map.parameters if parameters is not None else ():
            values[name] = np.full(size, (parameters or {})[name])
        points = Points(values, PRIME)
        moved = {n: _value(q, points) for n, q in zip(self.map.variables, self.map.quotients, strict=True)}
        there = Points({**values, **moved}, PRIME)
        defined = np.ones(size, dtype=bool)
        for _, below in self.map.quotients:
            defined &= points.evaluate(below) != 0
        for q in self._polynomials:
            defined &= (points.evaluate(q) != 0) & (there.evaluate(q) != 0)
        places = np.flatnonzero(defined)[:count]
        if len(places) < count:
            raise ValueError("the map is defined at hardly any point; check its denominators")
        return Points({name: value[places] for name, value in values.items()}, PRIME)

    def expression(self, row: Sequence[tuple[int, sympy.Expr]]) -> sympy.Expr:
        """sum c_i b_i, in variables and parameters."""
        table = self.monomials
        meanings = [*map(_real, self.map.variables), *(1 / q for q in self.inverses)]
        return sympy.Add(
            *(c * sympy.Mul(*(m ** int(e) for m, e in zip(meanings, table.exponents[i], strict=True))) for i, c in row)
        )

    def value(self, expression: sympy.Expr, points: Points) -> Residues:
        """A rational expression at every point, (points,)."""
        return _value(self.map.quotient(expression), points)

    def values(self, points: Points) -> Residues:
        """Every monomial at every point, (points, monomials).

        Shape (points, monomials).
        """
        inverses = {f"_w{i}": inverse(points.evaluate(q), points.prime) for i, q in enumerate(self._polynomials)}
        return self.monomials.values(Points({**points.values, **inverses}, points.prime))

    @cached_property
    def _polynomials(self) -> list[Polynomial]:
        return [to_polynomial(sympy.expand(q), self.map.generators, self.map.ring) for q in self.inverses]


def _times(inside: Any, known: Any, kind: Any) -> int:
    """The whole number k with exp(inside) = exp(p)^k, or 1 or -1 for a tangent; 0 where there is none."""
    if known.func is not kind:
        return 0
    ratio = sympy.cancel(inside / (known.args[0]))
    return int(ratio) if ratio.is_Integer and (kind is sympy.exp or abs(ratio) == 1) else 0


def _real(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, real=True)


def _value(quotient: Quotient, points: Points) -> Residues:
    return points.evaluate(quotient[0]) * inverse(points.evaluate(quotient[1]), points.prime) % points.prime


def _sum(one: Quotient, other: Quotient) -> Quotient:
    return _cancelled(one[0] * other[1] + other[0] * one[1], one[1] * other[1])


def _product(one: Quotient, other: Quotient) -> Quotient:
    return _cancelled(one[0] * other[0], one[1] * other[1])


def _power(quotient: Quotient, exponent: int) -> Quotient:
    above, below = quotient if exponent >= 0 else (quotient[1], quotient[0])
    if below == 0:
        raise ValueError("a division by 0")
    return above ** abs(exponent), below ** abs(exponent)


def _cancelled(above: Polynomial, below: Polynomial) -> Quotient:
    if below == 0:
        raise ValueError("a division by 0")
    if above == 0:
        return above, below.context().constant(1)
    common = above.gcd(below)
    return divmod(above, common)[0], divmod(below, common)[0]

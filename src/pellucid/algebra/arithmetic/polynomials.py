"""FLINT's polynomials and sympy's expressions: from one to the other, by powers of one symbol, and as columns."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import sympy
from flint import fmpq

from .finite_field import PRIME, Residues, residue

Polynomial: TypeAlias = Any
"""A flint fmpq_mpoly; python-flint has no annotations."""


def to_polynomial(
    expression: sympy.Expr, generators: Mapping[str, Polynomial], ring: Any, what: str = "these symbols"
) -> Polynomial:
    """A polynomial expression over the rationals as an element of `ring`, floats as the decimals they print as.

    `generators` are the ring's, by name; `what` says in messages what they are. Raises ValueError for no polynomial.
    """
    e: Any = expression
    if e.is_Symbol and e.name in generators:
        return generators[e.name]
    if e.is_Float or e.is_Rational:
        return ring.constant(_fraction(e))
    if e.is_Add or e.is_Mul:
        parts = [to_polynomial(argument, generators, ring, what) for argument in e.args]
        return reduce(operator.add if e.is_Add else operator.mul, parts)
    if is_whole_power(e):
        return to_polynomial(e.args[0], generators, ring, what) ** int(e.args[1])
    raise ValueError(f"{e} is no polynomial in {what}; write the equation with such terms")


def is_whole_power(expression: Any) -> bool:
    """Whether it is a power with a whole exponent that is not negative.

    >>> x = sympy.Symbol("x")
    >>> is_whole_power(x**2), is_whole_power(1 / x)
    (True, False)
    """
    return expression.is_Pow and expression.args[1].is_Integer and bool(expression.args[1] >= 0)


def to_expression(polynomial: Polynomial, meanings: Mapping[str, sympy.Expr] | None = None) -> sympy.Expr:
    """The polynomial as a sympy expression over real symbols, those in `meanings` replaced by what they stand for.

    >>> from flint import Ordering, fmpq_mpoly_ctx
    >>> x, w = fmpq_mpoly_ctx.get(["x", "w"], Ordering.degrevlex).gens()
    >>> to_expression(x * w, {"w": 1 / sympy.Symbol("y")})
    x/y
    """
    names = [str(n) for n in polynomial.context().names()]
    symbols = [(meanings or {}).get(n, sympy.Symbol(n, real=True)) for n in names]
    terms = []
    for exponents, coefficient in polynomial.to_dict().items():
        number = sympy.Rational(int(coefficient.p), int(coefficient.q))
        terms.append(number * sympy.Mul(*(s ** int(e) for s, e in zip(symbols, exponents, strict=True) if e)))
    return sympy.Add(*terms)


def by_power(polynomial: Polynomial, name: str) -> dict[int, Polynomial]:
    """The coefficients of name^k, by k.

    >>> from flint import Ordering, fmpq_mpoly_ctx
    >>> x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.degrevlex).gens()
    >>> by_power(x**2 * y + 3 * x**2 + y, "x")
    {2: y + 3, 0: y}
    """
    ring = polynomial.context()
    place = [str(n) for n in ring.names()].index(name)
    grouped: dict[int, dict[tuple[int, ...], Any]] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        rest = (*exponents[:place], 0, *exponents[place + 1 :])
        grouped.setdefault(exponents[place], {})[rest] = coefficient
    return {k: ring.from_dict(terms) for k, terms in grouped.items()}


def power_product(factors: Sequence[Polynomial], exponents: Iterable[Any], one: Polynomial) -> Polynomial:
    """one * factors[0]**exponents[0] * factors[1]**exponents[1] * ..."""
    for factor, exponent in zip(factors, exponents, strict=True):
        if exponent:
            one = one * factor ** int(exponent)
    return one


def coefficients(images: Sequence[Sequence[Polynomial]], values: Mapping[str, int]) -> Residues:
    """One column for each tuple of polynomials: its coefficients modulo a prime, a row for each monomial.

    Symbols in `values` are replaced by residues; all others have rows of their own.

    Shape (monomials, images).
    """
    rows: dict[Any, int] = {}
    entries: dict[tuple[int, int], int] = {}
    for column, image in enumerate(images):
        for which, polynomial in enumerate(image):
            names = [str(name) for name in polynomial.context().names()]
            numbers = [(k, values[name]) for k, name in enumerate(names) if name in values]
            for exponents, coefficient in polynomial.to_dict().items():
                factor = residue(Fraction(int(coefficient.p), int(coefficient.q)))
                left = list(map(int, exponents))
                for k, number in numbers:
                    factor = factor * pow(number, left[k], PRIME) % PRIME
                    left[k] = 0
                key = (rows.setdefault((which, tuple(left)), len(rows)), column)
                entries[key] = (entries.get(key, 0) + factor) % PRIME
    matrix = np.zeros((max(len(rows), 1), len(images)), dtype=np.int64)
    for (row, column), factor in entries.items():
        matrix[row, column] = factor
    return matrix


def _fraction(number: Any) -> fmpq:
    """A rational number of sympy's, or a float as the decimal that it prints as."""
    exact: Any = sympy.Rational(repr(float(number))) if number.is_Float else number
    return fmpq(int(exact.p), int(exact.q))

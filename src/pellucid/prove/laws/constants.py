"""Polynomials that are constant by definition, such as sin(x)^2 + cos(x)^2: how many are shown to be, exactly.

A certificate that tells n conserved polynomials from t that are constant anyway rests on there being t of these. Each
is exhibited: found modulo a prime as a relation between the values of monomials, and shown over the rationals; or,
where its coefficients depend on parameters, made as a multiple of what the symbols' definitions say, or of what two of
these say together (Buchberger's S-polynomials: 1/(x + a) 1/(x + b) is a difference of the two).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.arithmetic.finite_field import PRIME, fraction, null_space, rank, residue
from ...algebra.arithmetic.residue_points import Points
from ...algebra.systems.monomials import Monomials
from ...algebra.systems.polynomial_system import PolynomialSystem

Row = NDArray[np.int64]
"""Coefficients of 1 and of every monomial, modulo the prime."""


def with_one(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Values (points, functions) of 1 and of the functions: (points, 1 + functions).

    >>> with_one(np.array([[7], [8]])).tolist()
    [[1, 7], [1, 8]]
    """
    return np.concatenate([np.ones((len(values), 1), dtype=np.int64), values], 1)


def count_constants(
    system: PolynomialSystem, candidates: Monomials, points: Points, parameters: Mapping[str, int], wanted: int
) -> tuple[int, int]:
    """How many combinations of the monomials, linearly independent, are shown to be constant; and how many are at most.

    No more than `wanted` are shown. `parameters` are their values at the `points`. The first count is a lower bound for
    almost all parameters.
    """
    relations = null_space(with_one(candidates.values(points)))
    shown: list[Row] = []
    for row in itertools.chain(_found(system, candidates, relations), _defined(system, candidates, parameters)):
        if len(shown) == wanted:
            break
        if rank(np.stack([*shown, row])) > len(shown):
            shown.append(row)
    return len(shown), len(relations)


def _found(system: PolynomialSystem, candidates: Monomials, relations: NDArray[np.int64]) -> Iterator[Row]:
    """Relations between the values at the points, with rational coefficients, that are identities."""
    for row in relations:
        lifted = {int(k): fraction(int(row[k])) for k in np.flatnonzero(row)}
        if None in lifted.values():
            continue
        exact: dict[int, Any] = {k: sympy.Rational(c.numerator, c.denominator) for k, c in lifted.items() if c}
        terms = candidates.polynomial(system, [(k - 1, c) for k, c in exact.items() if k > 0])
        if system.vanishes(terms + system.polynomial(exact.get(0, sympy.Integer(0)))):
            yield row


def _defined(system: PolynomialSystem, candidates: Monomials, parameters: Mapping[str, int]) -> Iterator[Row]:
    """Multiples of the definitions and constraints that hold no other monomials than the candidates."""
    names = [str(name) for name in system.ring.names()]
    places = {tuple(map(int, row)): k for k, row in enumerate(candidates.exponents, 1)}
    places[(0,) * len(candidates.symbols)] = 0
    one = sympy.Integer(1)
    factors = [system.polynomial(one), *(candidates.polynomial(system, [(k, one)]) for k in range(len(candidates)))]
    given = [*system.relations(), *map(system.polynomial, system.constraints)]
    moving = [name not in parameters for name in names]
    for relation in itertools.chain(given, _together(given, moving, int(candidates.exponents.sum(1).max()))):
        for factor in factors:
            row = _row(relation * factor, names, candidates, places, parameters)
            if row is not None:
                yield row


def _together(
    given: Sequence[Any], moving: Sequence[bool], degree: int, rounds: int = 2, most: int = 60
) -> Iterator[Any]:
    """Combinations of two relations in which the leading monomials of the symbols that are `moving` cancel.

    They are identities in the parameters, too. None of them is of a higher degree in those symbols.
    """
    known, older = list(given), 0
    for _ in range(rounds):
        count = len(known)
        for i, j in itertools.combinations(range(count), 2):
            if j < older or len(known) >= most:
                continue
            combined = _cancelled(known[i], known[j], moving)
            if combined != 0 and _degree(combined, moving) <= degree and combined not in known:
                known.append(combined)
                yield combined
        older = count


def _cancelled(first: Any, second: Any, moving: Sequence[bool]) -> Any:
    """a first - b second, with the least monomials a and b for which the leading ones cancel."""
    (left, above), (right, below) = (_leading(p, moving) for p in (first, second))
    shared = tuple(map(max, left, right))
    ring = first.context()
    factors = [ring.from_dict({tuple(s - e for s, e in zip(shared, power, strict=True)): 1}) for power in (left, right)]
    return factors[0] * below * first - factors[1] * above * second


def _leading(polynomial: Any, moving: Sequence[bool]) -> tuple[tuple[int, ...], Any]:
    """The exponents of the largest monomial in the moving symbols, by degree, and its coefficient in the others."""
    terms = {tuple(map(int, powers)): c for powers, c in polynomial.to_dict().items()}

    def moved(powers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(e if m else 0 for e, m in zip(powers, moving, strict=True))

    top = max(map(moved, terms), key=lambda powers: (sum(powers), powers))
    rest = {tuple(e - t for e, t in zip(p, top, strict=True)): c for p, c in terms.items() if moved(p) == top}
    return top, polynomial.context().from_dict(rest)


def _degree(polynomial: Any, moving: Sequence[bool]) -> int:
    return max(sum(int(e) for e, m in zip(powers, moving, strict=True) if m) for powers in polynomial.to_dict())


def _row(
    polynomial: Any,
    names: list[str],
    candidates: Monomials,
    places: Mapping[tuple[int, ...], int],
    parameters: Mapping[str, int],
) -> Row | None:
    """The coefficients of a polynomial in the candidates; None where it holds other monomials."""
    row = np.zeros(1 + len(candidates), dtype=np.int64)
    for exponents, coefficient in polynomial.to_dict().items():
        powers = {name: int(e) for name, e in zip(names, exponents, strict=True) if e}
        value = residue(Fraction(int(coefficient.p), int(coefficient.q)))
        for name in parameters:
            value = value * pow(parameters[name], powers.pop(name, 0), PRIME) % PRIME
        place = places.get(tuple(powers.pop(symbol.name, 0) for symbol in candidates.symbols))
        if place is None or powers:
            return None
        row[place] = (row[place] + value) % PRIME
    return row

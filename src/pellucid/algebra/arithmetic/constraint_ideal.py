"""Constraints of any degree: what is 0 where they are (Groebner bases), and random points on them modulo a prime.

A polynomial whose normal form by a Groebner basis of the constraints is 0 is a combination of them, and so 0 wherever
they are: a proof. The converse holds where the ideal is radical; where it is not, less is proved than is true.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from flint import Ordering, fmpq, fmpz_mpoly_ctx, fmpz_mpoly_vec, nmod_poly
from numpy.typing import NDArray

from .finite_field import Residues, inverse, square_root
from .polynomials import Polynomial, by_power


def groebner_basis(
    polynomials: Sequence[Polynomial], most: tuple[int, int, int] = (300, 3000, 4000)
) -> tuple[Polynomial, ...]:
    """A Groebner basis over the rationals, in the order of the polynomials' ring.

    `most` elements, terms of one, and bits of its numbers; raises ValueError beyond.

    >>> from flint import fmpq_mpoly_ctx
    >>> x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.degrevlex).gens()
    >>> normal_form(x**3 + x * y**2 - x, groebner_basis([x**2 + y**2 - 1]))
    0
    """
    ring = polynomials[0].context()
    whole = fmpz_mpoly_ctx.get([str(name) for name in ring.names()], Ordering.degrevlex)
    given = [whole.from_dict(_whole(p)) for p in polynomials]
    found: Any
    found, complete = fmpz_mpoly_vec(given, whole).buchberger_naive(limits=most)
    if not complete:
        raise ValueError("the constraints are too involved together; give fewer, or use coordinates without them")
    reduced = found.autoreduction()
    return tuple(
        ring.from_dict({e: fmpq(int(c)) for e, c in reduced[i].to_dict().items()}) for i in range(len(reduced))
    )


def normal_form(polynomial: Polynomial, basis: Sequence[Polynomial]) -> Polynomial:
    """What is left after division by a Groebner basis: 0 exactly for combinations of it."""
    while True:
        before = polynomial
        for element in basis:
            if polynomial != 0:
                polynomial = divmod(polynomial, element)[1]
        if polynomial == before:
            return polynomial


def triangular(constraints: Sequence[Polynomial], names: Sequence[str]) -> list[tuple[Polynomial, str]]:
    """Each constraint with a variable to solve it for, none of which an earlier constraint in the list holds.

    Variables of low degree are preferred. Raises ValueError where there is no such order.

    >>> from flint import fmpq_mpoly_ctx
    >>> x, y, v = fmpq_mpoly_ctx.get(["x", "y", "v"], Ordering.degrevlex).gens()
    >>> [name for _, name in triangular([x + y * v, x**2 + y**2 - 1], ["x", "y", "v"])]
    ['y', 'v']
    """
    degrees = [dict(zip(map(str, c.context().names()), c.degrees(), strict=True)) for c in constraints]
    choices = [_choices(of, names) for of in degrees]
    best: tuple[int, list[tuple[Polynomial, str]]] | None = None
    for chosen in itertools.islice(itertools.product(*choices), 5000):
        if len(set(chosen)) < len(chosen):
            continue
        ordered = _ordered(constraints, degrees, chosen)
        cost = sum(d[n] for d, n in zip(degrees, chosen, strict=True))
        if ordered is not None and (best is None or cost < best[0]):
            best = cost, ordered
    return _after_elimination(constraints, degrees, names) if best is None else best[1]


def substituted(polynomial: Polynomial, constraint: Polynomial, name: str) -> Polynomial:
    """The numerator after x = -a/b, where the constraint is a + b x.

    >>> from flint import fmpq_mpoly_ctx
    >>> x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.degrevlex).gens()
    >>> substituted(x**2 + y, x - y, "x")
    y^2 + y
    """
    if polynomial == 0:
        return polynomial
    linear, parts = by_power(constraint, name), by_power(polynomial, name)
    top, zero = max(parts), polynomial.context().constant(0)
    a, b = linear.get(0, zero), linear[1]
    return sum((part * (-a) ** k * b ** (top - k) for k, part in parts.items()), zero)


def _choices(degrees: Mapping[str, int], names: Sequence[str]) -> list[str]:
    """The variables that occur, those of low degree first, of equal ones the last in `names`."""
    return sorted((n for n in names if degrees[n]), key=lambda n: (degrees[n], -names.index(n)))


def _after_elimination(
    constraints: Sequence[Polynomial], degrees: Sequence[dict[str, int]], names: Sequence[str]
) -> list[tuple[Polynomial, str]]:
    """The same with a variable put into the other constraints by one in which it is linear."""
    for i, name in _linear(degrees, names):
        others = [substituted(c, constraints[i], name) for k, c in enumerate(constraints) if k != i]
        if others and all(c != 0 and any(c.degrees()) for c in others):
            return [*triangular(others, [n for n in names if n != name]), (constraints[i], name)]
    raise ValueError("the constraints cannot be solved one after the other; write one that holds a variable less")


def _linear(degrees: Sequence[Mapping[str, int]], names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The place of each constraint with every variable in which it is linear, the last in `names` first."""
    for i, of in enumerate(degrees):
        yield from ((i, name) for name in reversed(names) if of[name] == 1)


def _ordered(
    constraints: Sequence[Polynomial], degrees: Sequence[dict[str, int]], chosen: Sequence[str]
) -> list[tuple[Polynomial, str]] | None:
    """Constraints in an order in which each holds only variables that are solved for before; None in a circle."""
    left, found = list(range(len(chosen))), []
    while left:
        free = [i for i in left if not any(degrees[i][chosen[j]] for j in left if j != i)]
        if not free:
            return None
        found += [(constraints[i], chosen[i]) for i in free]
        left = [i for i in left if i not in free]
    return found


def solve_at(
    constraint: Polynomial, name: str, points: Any, generator: np.random.Generator
) -> tuple[Residues, NDArray[np.bool_]]:
    """A value of the variable at every point that makes the constraint 0, at random where there are several.

    And at which points there is one. `points.values` are those of all other symbols.

    Shapes (points,).
    """
    prime, size = points.prime, len(points.values[name])
    points.values[name] = np.zeros(size, dtype=np.int64)
    parts = by_power(constraint, name)
    top = max(parts)
    zero = np.zeros(size, dtype=np.int64)
    columns = [points.evaluate(parts[k]) if k in parts else zero for k in range(top + 1)]
    if top == 1:
        return -columns[0] * inverse(columns[1], prime) % prime, columns[1] != 0
    if top == 2:
        c, b, a = columns
        root, square = square_root((b * b % prime - 4 * (a * c % prime)) % prime, prime)
        root = np.where(generator.integers(0, 2, size) == 1, root, -root % prime)
        return (root - b) * inverse(2 * a % prime, prime) % prime, square & (a != 0)
    return _by_factors(np.stack(columns, 1), prime, generator)


def _by_factors(rows: Residues, prime: int, generator: np.random.Generator) -> tuple[Residues, NDArray[np.bool_]]:
    """A root of the polynomial with the coefficients (points, degrees) of each row."""
    values, good = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
    for i, row in enumerate(rows.tolist()):
        polynomial = nmod_poly(row, prime)
        if polynomial.degree() < 1:
            continue
        linear = [f for f, _ in polynomial.factor()[1] if f.degree() == 1]
        if linear:
            factor = linear[int(generator.integers(0, len(linear)))]
            values[i] = -int(factor[0]) * pow(int(factor[1]), -1, prime) % prime
            good[i] = True
    return values, good


def _whole(polynomial: Polynomial) -> dict[Any, int]:
    """The terms times the common denominator."""
    terms = polynomial.to_dict()
    common = math.lcm(*(int(c.q) for c in terms.values()))
    return {exponents: int(c.p) * (common // int(c.q)) for exponents, c in terms.items()}

"""Which parameters leave a matrix a smaller rank: hypersurfaces and what lies within them, solved for a parameter.

A branch is a set of conditions k_j = a / b, one after the other. On it the matrix is eliminated with the parameters
that are left as symbols; of the factors that come up each is made a further condition, and the rank there is counted.
Where the work is used up before the matrix on a branch is eliminated, the factors beside the branch's own are still
tried as its next condition, by the rank at random values alone. No parameter is 0. The walk is finite, the same every
time, and says what it left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from flint import nmod_poly

from ..arithmetic.finite_field import PRIME, rank, residue
from ..arithmetic.parametric_rank import (
    Elimination,
    Row,
    TooLarge,
    Work,
    eliminate,
    eliminate_monomials,
    irreducible,
    is_unit,
    substitute,
    substitute_row,
)
from ..arithmetic.polynomials import Polynomial


@dataclass(frozen=True)
class Condition:
    """`polynomial` = 0, solved: `name` = `above` / `below`."""

    polynomial: Polynomial
    name: str
    above: Polynomial
    below: Polynomial


@dataclass(frozen=True)
class Branch:
    """Conditions one after the other, and the rank where they hold and nothing else does."""

    conditions: tuple[Condition, ...]
    rank: int


@dataclass
class Walk:
    """The rank in general, every branch where it is smaller, and the equations that were left undecided.

    `deeper`: whether there may be parameters of smaller rank where more conditions hold than were asked for.
    """

    rank: int
    branches: list[Branch]
    left: list[tuple[Polynomial, ...]] = field(default_factory=list)
    deeper: bool = False
    eliminations: int = 0
    guesses: int = 0
    seen: list[tuple[Condition, ...]] = field(default_factory=list)


def special_parameters(
    rows: Sequence[Row],
    excluded: Sequence[Polynomial],
    depth: int,
    most: int,
    seed: int,
    never: Callable[[Polynomial], bool] = lambda polynomial: False,
    told: Callable[[int, int], None] = lambda eliminations, branches: None,
) -> Walk:
    """Every branch of at most `depth` conditions where the rank is smaller than around it.

    `never` says of which polynomials it is known that they are not 0; `told` hears of every elimination. At most
    `most` terms of polynomials are multiplied. Raises TooLarge where the first elimination needs more.
    """
    work = Work(most)
    always, rows = eliminate_monomials(rows, work)
    first = _simplest(rows, work)
    walk = Walk(always + first.rank, [], eliminations=1)
    _Walker(walk, depth, work, seed, never, told).descend(rows, first, (), list(excluded))
    walk.branches = _without_contained([replace(b, rank=always + b.rank) for b in walk.branches])
    return walk


@dataclass(frozen=True)
class _Walker:
    walk: Walk
    depth: int
    work: Work
    seed: int
    never: Callable[[Polynomial], bool]
    told: Callable[[int, int], None]
    most_guesses: int = 300
    """Conditions that are tried by a rank alone, 20 to 50 ms each."""

    def descend(
        self, rows: Sequence[Row], here: Elimination, conditions: tuple[Condition, ...], not_zero: list[Polynomial]
    ) -> None:
        """Each factor of the elimination becomes a condition more."""
        factors = sorted(here.factors, key=lambda f: (f.total_degree(), len(f), str(f)))
        for factor in factors:
            if factor in not_zero or self.never(factor):
                continue
            if len(conditions) == self.depth:
                self.walk.deeper = True
                return
            solved = _solved(factor)
            if solved is None:
                self._curved(rows, here.rank, conditions, factor)
            else:
                self._condition(rows, here.rank, (*conditions, solved), not_zero, factors)

    def _curved(self, rows: Sequence[Row], above: int, conditions: tuple[Condition, ...], factor: Polynomial) -> None:
        """A factor that is linear in no parameter: only that the rank is not smaller on all of it can be shown."""
        if len(conditions) + 1 == self.depth and _rank_on(rows, factor, self.seed) == above:
            self.walk.deeper = True
        else:
            self.walk.left.append((*(c.polynomial for c in conditions), factor))

    def _condition(
        self,
        rows: Sequence[Row],
        above: int,
        conditions: tuple[Condition, ...],
        not_zero: list[Polynomial],
        beside: Sequence[Polynomial],
    ) -> None:
        """Looks at the last of the conditions; `beside` are the factors that came up together with it."""
        solved = conditions[-1]
        carried = self._entered(conditions, not_zero)
        if carried is None:
            return
        polynomials = tuple(c.polynomial for c in conditions)
        if not is_unit(solved.below) and not self.never(solved.below):
            if len(conditions) < self.depth:
                self.walk.left.append((*polynomials, solved.below))
            else:
                self.walk.deeper = True
        within = substitute(rows, solved.name, solved.above, solved.below)
        rank_here = rank_at_random(within, self.seed)
        if rank_here < above:
            self.walk.branches.append(Branch(conditions, rank_here))
        try:
            reduced = _simplest(within, self.work)
        except TooLarge:
            self.walk.left.append(polynomials)
            if len(conditions) < self.depth:
                self._guessed(within, rank_here, conditions, carried, beside)
            return
        self.walk.eliminations += 1
        self.told(self.walk.eliminations, len(self.walk.branches))
        self.descend(within, reduced, conditions, carried)

    def _entered(self, conditions: tuple[Condition, ...], not_zero: list[Polynomial]) -> list[Polynomial] | None:
        """What is not 0 with the last condition put in, and the branch is seen; None where it is empty, or was seen."""
        carried = _carried(not_zero, conditions[-1])
        known = (c for c in self.walk.seen if len(c) == len(conditions))
        if carried is None or any(_within(conditions, other) for other in known):
            return None
        self.walk.seen.append(conditions)
        return carried

    def _guessed(
        self,
        rows: Sequence[Row],
        above: int,
        conditions: tuple[Condition, ...],
        not_zero: list[Polynomial],
        beside: Sequence[Polynomial],
    ) -> None:
        """Branches with one more condition, of those beside, where the rank at random values is smaller."""
        last = conditions[-1]
        for factor in beside:
            row = substitute_row({0: factor}, last.name, last.above, last.below)
            for part in irreducible(row[0]) if row else ():
                solved = _solved(part)
                if solved is None or part in not_zero or self.never(part) or self.walk.guesses == self.most_guesses:
                    continue
                both = (*conditions, solved)
                if self._entered(both, not_zero) is None:
                    continue
                self.walk.guesses += 1
                rank_here = _rank_where(rows, solved, self.seed)
                if rank_here < above:
                    self.walk.branches.append(Branch(both, rank_here))
                self.told(self.walk.eliminations, len(self.walk.branches))


def _rank_where(rows: Sequence[Row], solved: Condition, seed: int) -> int:
    """The rank at random parameters for which one condition holds; as large as there are rows where it cannot be."""
    generator, names = np.random.default_rng(seed), [str(n) for n in solved.polynomial.context().names()]
    values = [int(generator.integers(2, PRIME)) for _ in names]
    above, below = (_value(p, values, PRIME) for p in (solved.above, solved.below))
    if below == 0:
        return len(rows)
    values[names.index(solved.name)] = above * pow(below, -1, PRIME) % PRIME
    return _rank_at(rows, values)


def rank_at_random(rows: Sequence[Row], seed: int) -> int:
    """The rank at random parameters modulo a prime: never above the rank in general, and hardly ever below it."""
    names = next((entry.context().names() for row in rows for entry in row.values()), ())
    generator = np.random.default_rng(seed)
    return _rank_at(rows, [int(generator.integers(2, PRIME)) for _ in names])


def _rank_at(rows: Sequence[Row], values: Sequence[int], prime: int = PRIME) -> int:
    width = 1 + max((column for row in rows for column in row), default=0)
    matrix = np.zeros((len(rows), width), dtype=np.int64)
    for i, row in enumerate(rows):
        for column, entry in row.items():
            matrix[i, column] = _value(entry, values, prime)
    return rank(matrix, prime)


def _rank_on(rows: Sequence[Row], polynomial: Polynomial, seed: int) -> int:
    """The rank at a zero of the polynomial modulo a prime, random in all parameters but one; -1 where none is found.

    Where it is r, some minor of size r is no multiple of the polynomial: then the rank is r at almost all of its zeros.
    """
    generator, count = np.random.default_rng(seed), len(polynomial.context().names())
    degrees = [int(d) for d in polynomial.degrees()]
    place = min((i for i, d in enumerate(degrees) if d), key=lambda i: degrees[i])
    # the largest primes below 2^31: a polynomial without zeros modulo one of them has some modulo another
    below = (2147483647, 2147483629, 2147483587, 2147483579, 2147483563, 2147483549, 2147483543, 2147483497)
    for prime in below:
        values = [int(generator.integers(2, prime)) for _ in range(count)]
        zero = _zero(polynomial, place, values, prime)
        if zero is not None:
            values[place] = zero
            return _rank_at(rows, values, prime)
    return -1


def _zero(polynomial: Polynomial, place: int, values: Sequence[int], prime: int) -> int | None:
    """A zero modulo the prime in the parameter at `place`, the others as given; None where there is none."""
    coefficients = [0] * (int(polynomial.degrees()[place]) + 1)
    for exponents, coefficient in polynomial.to_dict().items():
        powers = (pow(v, int(e), prime) for i, (v, e) in enumerate(zip(values, exponents, strict=True)) if i != place)
        number = residue(Fraction(int(coefficient.p), int(coefficient.q)), prime)
        coefficients[int(exponents[place])] += math.prod(powers) * number
    _, factors = nmod_poly([c % prime for c in coefficients], prime).factor()
    return next((int(-factor[0] / factor[1]) for factor, _ in factors if factor.degree() == 1), None)


def _simplest(rows: Sequence[Row], work: Work, orders: int = 6) -> Elimination:
    """Of eliminations in up to so many orders the one that leaves the fewest and simplest conditions to look at."""
    best: Elimination | None = None
    for order in range(orders):
        try:
            found = eliminate(rows, work, order)
        except TooLarge:
            if best is None:
                raise
            break
        if best is None or _burden(found) < _burden(best):
            best = found
        if _burden(best)[0] == 0:
            break
    assert best is not None
    return best


def _burden(elimination: Elimination) -> tuple[int, int]:
    curved = sum(_solved(factor) is None for factor in elimination.factors)
    return curved, len(elimination.factors)


def _value(polynomial: Polynomial, values: Sequence[int], prime: int) -> int:
    total = 0
    for exponents, coefficient in polynomial.to_dict().items():
        term = residue(Fraction(int(coefficient.p), int(coefficient.q)), prime)
        for value, exponent in zip(values, exponents, strict=True):
            term = term * pow(value, int(exponent), prime) % prime
        total += term
    return total % prime


def _solved(factor: Polynomial) -> Condition | None:
    """The factor solved for a parameter in which it is linear, one with a coefficient that is never 0 if there is."""
    names = [str(n) for n in factor.context().names()]
    found: list[tuple[int, int, Condition]] = []
    for place, name in reversed(list(enumerate(names))):
        if int(factor.degrees()[place]) == 1:
            below = factor.derivative(name)
            rest = factor - below * factor.context().gens()[place]
            found.append((0 if is_unit(below) else len(below), len(rest), Condition(factor, name, -rest, below)))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _carried(excluded: Sequence[Polynomial], solved: Condition) -> list[Polynomial] | None:
    """What is not 0, after the condition; None where one of it becomes 0. The solved parameter is not 0, either."""
    kept = [*irreducible(solved.above), *irreducible(solved.below)]
    for polynomial in excluded:
        row = substitute_row({0: polynomial}, solved.name, solved.above, solved.below)
        if not row:
            return None
        kept += irreducible(row[0])
    return [p for i, p in enumerate(kept) if p not in kept[:i]]


def _without_contained(branches: Sequence[Branch]) -> list[Branch]:
    """Without branches that are parts of a larger one where the rank is as small already."""
    kept = []
    for branch in branches:
        wider = (b for b in branches if len(b.conditions) < len(branch.conditions) and b.rank <= branch.rank)
        if not any(_within(branch.conditions, other.conditions) for other in wider):
            kept.append(branch)
    return kept


def _within(conditions: Sequence[Condition], others: Sequence[Condition]) -> bool:
    """Whether the others hold wherever the conditions do."""
    for other in others:
        row: Row = {0: other.polynomial}
        for solved in conditions:
            row = substitute_row(row, solved.name, solved.above, solved.below)
        if row:
            return False
    return True

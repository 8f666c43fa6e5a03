"""Elimination of matrices whose entries are polynomials in parameters: the rank, and where alone it can be smaller.

Rows are multiplied by pivots and divided by what their entries share. Where no pivot and no factor taken out is 0, the
same steps can be done with numbers, so that the rank is the same: all parameters of smaller rank are zeros of these
polynomials. (Of them many are zeros where the rank is not smaller; each is to be looked at.) Parameters count as
different from 0, so that monomials are no conditions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from flint import fmpq

from .polynomials import Polynomial

Row = dict[int, Polynomial]
"""Column -> entry that is not 0."""


class TooLarge(ValueError):
    """The polynomials of an elimination have grown beyond a bound."""


@dataclass
class Work:
    """Terms of polynomials that may still be multiplied or divided; counted, so that every run stops alike."""

    left: int

    def take(self, terms: int) -> None:
        """Raises TooLarge where nothing is left."""
        self.left -= terms
        if self.left < 0:
            raise TooLarge("the polynomials in the parameters have too many terms")


@dataclass(frozen=True)
class Elimination:
    """The rank at almost all parameters, and irreducible polynomials one of which is 0 wherever it is smaller."""

    rank: int
    factors: tuple[Polynomial, ...]


def eliminate(rows: Iterable[Row], work: Work | None = None, order: int = 0) -> Elimination:
    """The rank of a sparse matrix over polynomials; raises TooLarge where that is more than `work`.

    Simple pivots first (Markowitz' rule among equal ones); `order` other than 0 shuffles rows and columns, which gives
    other factors. Cost: O(rank entries), times that of the polynomials.

    >>> from flint import Ordering, fmpq_mpoly_ctx
    >>> a, b = fmpq_mpoly_ctx.get(["a", "b"], Ordering.degrevlex).gens()
    >>> eliminate([{0: a, 1: b}, {0: b, 1: a}])
    Elimination(rank=2, factors=(a - b, a + b))
    """
    factors: list[Polynomial] = []
    given = [dict(row) for row in rows if row]
    if order:
        given = _shuffled(given, order)
    pivots, _ = _reduced(given, work or Work(10**9), partial(_note, factors=factors))
    return Elimination(len(pivots), tuple(factors))


def eliminate_monomials(rows: Iterable[Row], work: Work | None = None) -> tuple[int, list[Row]]:
    """What is left of a matrix after pivots that are monomials, and how many these were: the ranks add up.

    It is the same for all parameters that are not 0, so that it needs doing only once.
    """
    pivots, left = _reduced([dict(row) for row in rows if row], work or Work(10**9), monomials=True)
    return len(pivots), left


def _unnoted(polynomial: Polynomial) -> None:
    """What is multiplied or divided by is of no interest."""


def _reduced(
    left: list[Row], work: Work, note: Callable[[Polynomial], None] = _unnoted, *, monomials: bool = False
) -> tuple[list[tuple[int, Row]], list[Row]]:
    """Eliminate; of `monomials` only as far as they go. The pivots, each with its column, and what is left."""
    left = _different([_primitive(row, work, note, monomials=monomials) for row in left])
    pivots: list[tuple[int, Row]] = []
    while left:
        place, column = _pivot(left)
        if monomials and not is_unit(left[place][column]):
            break
        pivot = left.pop(place)
        note(pivot[column])
        pivots.append((column, pivot))
        reduced = []
        for row in left:
            if column in row:
                row = _primitive(_without(row, pivot, column, work), work, note, monomials=monomials)
            if row:
                reduced.append(row)
        left = _different(reduced)
    return pivots, left


def null_vector(rows: Iterable[Row], columns: int, work: Work) -> list[Polynomial] | None:
    """The polynomials c_0, ..., c_{columns - 1} without a common factor that make every row 0; None unless one.

    Elimination, and then substitution from its last row upwards. Raises TooLarge where that is more than `work`.

    >>> from flint import Ordering, fmpq_mpoly_ctx
    >>> a, b = fmpq_mpoly_ctx.get(["a", "b"], Ordering.degrevlex).gens()
    >>> null_vector([{0: a, 1: b}], 2, Work(1000))
    [b, -a]
    """
    pivots, _ = _reduced([dict(row) for row in rows if row], work)
    free = sorted(set(range(columns)) - {column for column, _ in pivots})
    if len(free) != 1 or not pivots:
        return None
    found = _substituted(pivots, free[0], work)
    return _in_lowest_terms([found[column] for column in range(columns)])


def _substituted(pivots: Sequence[tuple[int, Row]], free: int, work: Work) -> dict[int, Polynomial]:
    """The entry of every column of a solution that is not 0 in the `free` one, from the last pivot upwards."""
    one = next(iter(pivots[0][1].values())).context().constant(1)
    found = {free: one}
    for column, row in reversed(pivots):
        rest = [entry * found[c] for c, entry in row.items() if c in found]
        work.take(sum(map(len, rest)))
        total = sum(rest, one * 0)
        shared = total.gcd(row[column])
        work.take(len(total) * len(row[column]))
        found = {c: value * (row[column] / shared) for c, value in found.items()}
        found[column] = -total / shared
    return found


def _in_lowest_terms(vector: Sequence[Polynomial]) -> list[Polynomial]:
    """With whole coefficients, without a common factor, the leading one of the first that is not 0 above 0."""
    shared = vector[0] * 0
    for value in vector:
        shared = shared.gcd(value)
    vector = [value / shared for value in vector]
    common = math.lcm(*(int(n.q) for value in vector for n in value.coeffs()))
    first = next(value for value in vector if value != 0)
    common = -common if first.leading_coefficient() < 0 else common
    return [value * common for value in vector]


def irreducible(polynomial: Polynomial) -> list[Polynomial]:
    """Its factors, each once, without constants and parameters alone.

    >>> from flint import Ordering, fmpq_mpoly_ctx
    >>> a, b = fmpq_mpoly_ctx.get(["a", "b"], Ordering.degrevlex).gens()
    >>> irreducible(a * (a - b) ** 2)
    [a - b]
    """
    if polynomial.is_constant():
        return []
    return [factor for factor, _ in polynomial.factor()[1] if len(factor) > 1]


def is_unit(polynomial: Polynomial) -> bool:
    """Whether it is one monomial: not 0 where no parameter is.

    >>> from flint import Ordering, fmpq_mpoly_ctx
    >>> a, b = fmpq_mpoly_ctx.get(["a", "b"], Ordering.degrevlex).gens()
    >>> is_unit(3 * a * b), is_unit(a + b)
    (True, False)
    """
    return len(polynomial) == 1


def substitute(rows: Sequence[Row], name: str, above: Polynomial, below: Polynomial) -> list[Row]:
    """The rows at name = above / below, each times a power of `below`."""
    return [substitute_row(row, name, above, below) for row in rows]


def substitute_row(row: Row, name: str, above: Polynomial, below: Polynomial) -> Row:
    """One row at name = above / below, times the power of `below` that leaves no quotient."""
    place = [str(n) for n in above.context().names()].index(name)
    top = max((int(entry.degrees()[place]) for entry in row.values()), default=0)
    found = {}
    for column, entry in row.items():
        value = _at(entry, place, above, below, top)
        if value != 0:
            found[column] = value
    return found


def _at(polynomial: Polynomial, place: int, above: Polynomial, below: Polynomial, top: int) -> Polynomial:
    ring = polynomial.context()
    parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        rest = (*exponents[:place], 0, *exponents[place + 1 :])
        parts.setdefault(int(exponents[place]), {})[rest] = coefficient
    total = ring.constant(0)
    for k, terms in parts.items():
        total = total + ring.from_dict(terms) * above**k * below ** (top - k)
    return total


def _shuffled(rows: list[Row], order: int) -> list[Row]:
    generator = np.random.default_rng(order)
    columns = sorted({column for row in rows for column in row})
    places = dict(zip(columns, generator.permutation(columns).tolist(), strict=True))
    moved = [{places[column]: row[column] for column in sorted(row, key=lambda c: places[c])} for row in rows]
    return [moved[i] for i in generator.permutation(len(moved))]


def _pivot(rows: Sequence[Row]) -> tuple[int, int]:
    """The entry that is simplest, and among these the one that fills in least."""
    counts: dict[int, int] = {}
    for row in rows:
        for column in row:
            counts[column] = counts.get(column, 0) + 1
    best, found = (10**9, 10**9), (0, 0)
    for place, row in enumerate(rows):
        for column, entry in row.items():
            effort = (0 if is_unit(entry) else len(entry), (len(row) - 1) * (counts[column] - 1))
            if effort < best:
                best, found = effort, (place, column)
        if best == (0, 0):
            break
    return found


def _without(row: Row, pivot: Row, column: int, work: Work) -> Row:
    """The row times the pivot minus the multiple of the pivot's row that leaves nothing in `column`."""
    shared = row[column].gcd(pivot[column])
    times, less = pivot[column] / shared, row[column] / shared
    terms = len(times) * sum(map(len, row.values())) + len(less) * sum(map(len, pivot.values()))
    work.take(terms + len(pivot[column]) * len(row[column]))
    result = {c: entry * times for c, entry in row.items() if c != column}
    for c, entry in pivot.items():
        if c == column:
            continue
        value = result.get(c, 0) - entry * less
        if value == 0:
            result.pop(c, None)
        else:
            result[c] = value
    return result


def _primitive(row: Row, work: Work, note: Callable[[Polynomial], None], *, monomials: bool) -> Row:
    """The row without what its entries share (of `monomials`, the monomial); first coefficient 1."""
    if not row:
        return row
    work.take(len(row))
    entries = iter(row.values())
    shared = next(entries)
    if monomials:
        shared = shared.term_content()
    for entry in entries:
        if shared.is_constant():
            break
        work.take(len(shared) * len(entry))
        shared = shared.gcd(entry)
    note(shared)
    first = row[min(row)]
    scale = first.leading_coefficient() / shared.leading_coefficient()
    return {column: entry / shared / scale for column, entry in row.items()}


def _note(polynomial: Polynomial, factors: list[Polynomial]) -> None:
    factors += [factor for factor in irreducible(polynomial) if factor not in factors]


def _different(rows: list[Row]) -> list[Row]:
    """Each row once."""
    seen: dict[tuple[tuple[int, str], ...], Row] = {}
    for row in rows:
        seen.setdefault(tuple((column, str(row[column])) for column in sorted(row)), row)
    return list(seen.values())

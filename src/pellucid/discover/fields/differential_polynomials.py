"""Products of fields and their derivatives, and how few derivatives of the data each needs under an integral.

    u u_xx = D(u u_x) - u_x^2 = D^2(u^2/2) - u_x^2

so that <phi, u u_xx> = <phi_xx, u^2/2> - <phi, u_x^2>. Every product is written as sum c D^a(leaf), leaves with the
lowest derivatives that integration by parts can reach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement, product
from typing import TypeAlias

from ...subjects.equations.field_text import INDEPENDENT
from ...subjects.equations.field_text import jet_name as derivative_name

Order: TypeAlias = "tuple[int, ...]"
"""How often it is derived along each axis of space."""
Jet: TypeAlias = tuple[int, Order]
"""The number of a field, and the derivative of it."""
Monomial: TypeAlias = tuple[Jet, ...]
"""A sorted product of jets; () is 1."""
Polynomial: TypeAlias = dict[Monomial, Fraction]


@dataclass(frozen=True)
class Part:
    """factor * D^order(leaf)."""

    factor: Fraction
    order: Order
    leaf: Monomial


def jets(fields: int, axes: int, order: int) -> Iterator[Jet]:
    """Every derivative of every field up to a total order, lowest first.

    >>> list(jets(1, 1, 2))
    [(0, (0,)), (0, (1,)), (0, (2,))]
    """
    orders = sorted((o for o in product(range(order + 1), repeat=axes) if sum(o) <= order), key=lambda o: (sum(o), o))
    for each in orders:
        yield from ((field, each) for field in range(fields))


def library(fields: int, axes: int, order: int, degree: int, reach: int) -> list[Monomial]:
    """1, every derivative up to `order`, and products of up to `degree` jets with degree + order <= `reach`.

    >>> [name(m, ("u",)) for m in library(1, 1, 2, 2, 3)]
    ['1', 'u', 'u_x', 'u_xx', 'u*u', 'u*u_x']
    """
    alone: list[Monomial] = [(jet,) for jet in jets(fields, axes, order)]
    found: list[Monomial] = [(), *alone]
    for count in range(2, degree + 1):
        factors = list(jets(fields, axes, max(reach - count, -1))) if reach >= count else []
        rows = [tuple(sorted(m)) for m in combinations_with_replacement(factors, count) if _weight(m) <= reach - count]
        found += sorted(rows, key=lambda m: (_weight(m), m))
    return found


def name(monomial: Monomial, fields: Sequence[str]) -> str:
    """As a person writes it."""
    return "*".join(jet_name(jet, fields) for jet in monomial) or "1"


def jet_name(jet: Jet, fields: Sequence[str]) -> str:
    """u_xx, u_4x, u_xy, u_xxyy.

    >>> jet_name((0, (4,)), ("u",)), jet_name((0, (1, 2)), ("u",)), jet_name((0, (0, 0)), ("u",))
    ('u_4x', 'u_xyy', 'u')
    """
    field, order = jet
    return derivative_name(fields[field], (*order, *[0] * (len(INDEPENDENT) - len(order))))


def _weight(monomial: Monomial) -> int:
    return sum(sum(order) for _, order in monomial)


def derivative(polynomial: Polynomial, axis: int) -> Polynomial:
    """The total derivative along an axis."""
    total: Polynomial = {}
    for monomial, factor in polynomial.items():
        for i, jet in enumerate(monomial):
            changed = tuple(sorted((*monomial[:i], _shifted(jet, axis, 1), *monomial[i + 1 :])))
            total[changed] = total.get(changed, Fraction(0)) + factor
    return total


def partial(monomial: Monomial, jet: Jet) -> Polynomial:
    """The derivative by one jet."""
    count = monomial.count(jet)
    if not count:
        return {}
    rest = list(monomial)
    rest.remove(jet)
    return {tuple(rest): Fraction(count)}


def _shifted(jet: Jet, axis: int, by: int) -> Jet:
    field, order = jet
    return field, (*order[:axis], order[axis] + by, *order[axis + 1 :])


@lru_cache(maxsize=4096)
def parts_of(monomial: Monomial) -> tuple[Part, ...]:
    """The monomial as a sum of derivatives of leaves.

    >>> u, u_x, u_xx = ((0, (k,)) for k in range(3))
    >>> for part in parts_of((u, u_xx)):
    ...     print(part.factor, part.order, name(part.leaf, ("u",)))
    1/2 (2,) u*u
    -1 (0,) u_x*u_x
    """
    axes = len(monomial[0][1]) if monomial else 1
    found: Counter[tuple[Order, Monomial]] = Counter()
    _reduce(monomial, Fraction(1), (0,) * axes, found)
    return tuple(Part(Fraction(c), order, leaf) for (order, leaf), c in found.items() if c)


def _reduce(monomial: Monomial, factor: Fraction, outer: Order, found: Counter[tuple[Order, Monomial]]) -> None:
    """Adds factor * D^outer(monomial) to what was found, as far reduced as can be."""
    step = _step(monomial)
    if step is None:
        found[outer, monomial] += factor  # type: ignore[assignment]
        return
    axis, inner, rest, power = step
    raised = tuple(sorted((*rest, *[inner] * power)))
    share = factor / power
    _reduce(raised, share, (*outer[:axis], outer[axis] + 1, *outer[axis + 1 :]), found)
    for changed, c in derivative({rest: Fraction(1)}, axis).items():
        _reduce(tuple(sorted((*changed, *[inner] * power))), -share * c, outer, found)


def _step(monomial: Monomial) -> tuple[int, Jet, Monomial, int] | None:
    """How to integrate by parts: the axis, the jet that is left, the other factors, and its power then.

    None where the highest derivative is not linear, or another one would take its place.
    """
    if not monomial or _weight(monomial) == 0:
        return None
    highest = max(monomial, key=lambda jet: (sum(jet[1]), jet))
    total = sum(highest[1])
    if monomial.count(highest) > 1:
        return None
    rest = list(monomial)
    rest.remove(highest)
    for axis, count in enumerate(highest[1]):
        inner = _shifted(highest, axis, -1)
        others = tuple(jet for jet in rest if jet != inner)
        if count and all(sum(order) < total - 1 for _, order in others):
            return axis, inner, others, rest.count(inner) + 1
    return None

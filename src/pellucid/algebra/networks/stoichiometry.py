"""Complexes, linkage classes and deficiency of a reaction network, in whole numbers.

A complex is what stands on one side of a reaction; the linkage classes are the connected parts of the graph of
complexes and reactions, and the deficiency is complexes - linkage classes - rank of the stoichiometric matrix
(Feinberg, Foundations of Chemical Reaction Network Theory, 2019, chapters 3 and 6).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

Counts = tuple[int, ...]
"""How many of each species."""


def rank_of(rows: Sequence[Sequence[int]]) -> int:
    """The rank of whole numbers, exactly.

    >>> rank_of([[1, -1], [-2, 2]]), rank_of([])
    (1, 0)
    """
    return int(fmpz_mat([list(map(int, row)) for row in rows]).rank()) if len(rows) and len(rows[0]) else 0


def first_independent(rows: Sequence[Sequence[int]]) -> list[int]:
    """The places of the rows that are no combinations of earlier ones.

    >>> first_independent([[1, 0], [2, 0], [0, 3]])
    [0, 2]
    """
    if not len(rows):
        return []
    reduced, _, rank = fmpz_mat([list(map(int, column)) for column in zip(*rows, strict=True)]).rref()
    return [next(k for k in range(len(rows)) if reduced[i, k] != 0) for i in range(rank)]


def _refuse_sides(reactants: Sequence[Counts], products: Sequence[Counts]) -> None:
    """Raises ValueError for what are no two sides of reactions."""
    sides = (*reactants, *products)
    if not reactants or len(reactants) != len(products) or len(set(map(len, sides))) > 1:
        raise ValueError("reactants and products are not counts of the same species; give both for each reaction")
    if any(count < 0 for side in sides for count in side):
        raise ValueError("a reaction takes or gives a negative number of a species; put it on the other side")
    if any(left == right for left, right in zip(reactants, products, strict=True)):
        raise ValueError("a reaction has the same on both sides and changes nothing; leave it out")


@dataclass(frozen=True)
class Stoichiometry:
    """Reaction r turns reactants[r] into products[r], a count for each species. Raises ValueError for what is none.

    >>> enzyme = Stoichiometry(((1, 1, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0)), ((0, 0, 1, 0), (1, 1, 0, 0), (1, 0, 0, 1)))
    >>> len(enzyme.complexes), len(enzyme.linkage_classes), enzyme.rank, enzyme.deficiency
    (3, 1, 2, 0)
    """

    reactants: tuple[Counts, ...]
    products: tuple[Counts, ...]

    def __post_init__(self) -> None:
        for name in ("reactants", "products"):
            given = tuple(tuple(map(int, row)) for row in getattr(self, name))
            object.__setattr__(self, name, given)
        _refuse_sides(self.reactants, self.products)

    @property
    def size(self) -> int:
        """How many species."""
        return len(self.reactants[0])

    @cached_property
    def matrix(self) -> tuple[Counts, ...]:
        """N, species x reactions: how much of each species a reaction makes."""
        sides = list(zip(self.reactants, self.products, strict=True))
        return tuple(tuple(right[i] - left[i] for left, right in sides) for i in range(self.size))

    @cached_property
    def rank(self) -> int:
        """Of N: the dimension in which amounts can move."""
        return rank_of(self.matrix)

    @cached_property
    def complexes(self) -> tuple[Counts, ...]:
        """Every side of a reaction once, in the order in which they stand."""
        pairs = zip(self.reactants, self.products, strict=True)
        return tuple(dict.fromkeys(side for pair in pairs for side in pair))

    @cached_property
    def arrows(self) -> tuple[tuple[int, int], ...]:
        """Each reaction as a pair of places among the complexes."""
        place = {one: i for i, one in enumerate(self.complexes)}
        return tuple((place[a], place[b]) for a, b in zip(self.reactants, self.products, strict=True))

    @cached_property
    def linkage_classes(self) -> tuple[tuple[int, ...], ...]:
        """Places of the complexes that are connected, whichever way the arrows point."""
        return _parts(self._labels("weak"))

    @cached_property
    def strong_classes(self) -> tuple[tuple[int, ...], ...]:
        """Places of the complexes that can be turned into each other and back."""
        return _parts(self._labels("strong"))

    @cached_property
    def terminal_classes(self) -> tuple[tuple[int, ...], ...]:
        """Strong classes that no arrow leaves."""
        inside = [set(one) for one in self.strong_classes]
        return tuple(
            one
            for one, members in zip(self.strong_classes, inside, strict=True)
            if all(b in members for a, b in self.arrows if a in members)
        )

    @property
    def weakly_reversible(self) -> bool:
        """Whether every arrow is part of a circle."""
        return len(self.strong_classes) == len(self.linkage_classes)

    @property
    def deficiency(self) -> int:
        """Complexes - linkage classes - rank."""
        return len(self.complexes) - len(self.linkage_classes) - self.rank

    @cached_property
    def class_deficiencies(self) -> tuple[int, ...]:
        """The deficiency of each linkage class by itself."""
        steps = [[b - a for a, b in zip(left, right, strict=True)]
                 for left, right in zip(self.reactants, self.products, strict=True)]  # fmt: skip
        inside = [
            [step for step, (a, _) in zip(steps, self.arrows, strict=True) if a in one] for one in self.linkage_classes
        ]
        return tuple(len(one) - 1 - rank_of(within) for one, within in zip(self.linkage_classes, inside, strict=True))

    @cached_property
    def robust(self) -> tuple[int, ...]:
        """Species in which alone two complexes differ that are in no terminal class."""
        last = {i for one in self.terminal_classes for i in one}
        open_ones = [one for i, one in enumerate(self.complexes) if i not in last]
        pairs = itertools.combinations(open_ones, 2)
        differ = [[i for i in range(self.size) if a[i] != b[i]] for a, b in pairs]
        return tuple(sorted({places[0] for places in differ if len(places) == 1}))

    def _labels(self, connection: str) -> NDArray[np.int32]:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        count = len(self.complexes)
        ends = np.array(self.arrows)
        graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
        return connected_components(graph, directed=True, connection=connection)[1]


def _parts(labels: NDArray[np.int32]) -> tuple[tuple[int, ...], ...]:
    """The places of each label, in the order of the first."""
    order = dict.fromkeys(labels.tolist())
    return tuple(tuple(np.flatnonzero(labels == label).tolist()) for label in order)

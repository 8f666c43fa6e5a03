"""Logits in the coordinates of the group that is behind a network's answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from ...algebra.groups.finite_group import FiniteGroup, Isotopy, NoGroup, group_behind
from ...subjects.operations.operation import Operation


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Symbols as elements of a group: a stands for left[a], b for right[b], the answer c for out[c].

    Elements of a cyclic group are numbers that add modulo n.
    """

    group: FiniteGroup
    left: Int[np.ndarray, " n"]
    right: Int[np.ndarray, " n"]
    out: Int[np.ndarray, " n"]
    table: Int[np.ndarray, "n n"]
    """The answers as they should be, in the network's symbols."""

    @property
    def cyclic(self) -> bool:
        """Whether elements are numbers modulo n."""
        return self.group.generator is not None

    def centred(self, logits: Float[np.ndarray, "n n n"], i: int) -> Float[np.ndarray, "n n"]:
        """The logits [j, k] of the element i with every j, without their mean over the answers k."""
        rows = logits[np.argsort(self.left)[i]][np.argsort(self.right)][:, np.argsort(self.out)].astype(np.float64)
        return rows - rows.mean(1, keepdims=True)

    def moved(self, tables: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """The embeddings of both places in the order of the elements."""
        return tables[0][np.argsort(self.left)], tables[1][np.argsort(self.right)]


def coordinates_of(operation: Operation, agreement: float) -> Coordinates:
    """The coordinates of the table that the network is wanted to give, or gives, or nearly gives.

    Nearly: a table x a + y b + z modulo n that agrees on at least the share `agreement` of the pairs. Raises NoGroup.
    """
    wanted = operation.answers if operation.target is None else operation.target
    try:
        return _in_numbers(group_behind(wanted), wanted)
    except NoGroup:
        linear = nearest_linear(wanted)
        if linear is None or (linear == wanted).mean() < agreement:
            raise
        return _in_numbers(group_behind(linear), linear)


def _in_numbers(behind: Isotopy, table: Int[np.ndarray, "n n"]) -> Coordinates:
    """In a cyclic group, every element by the power of a generator that it is."""
    group, everything = behind.group, np.arange(behind.group.order)
    generator = group.generator
    if generator is None:
        return Coordinates(group, behind.left, behind.right, everything, table)
    power = np.argsort(group.powers[:, _natural_generator(group, generator)])
    cyclic = FiniteGroup((everything[:, None] + everything) % group.order)
    return Coordinates(cyclic, power[behind.left], power[behind.right], power, table)


def _natural_generator(group: FiniteGroup, first: int) -> int:
    """The symbol 1 where it generates the group, so that a + b modulo n keeps its names."""
    return 1 if group.orders[1] == group.order else first


def nearest_linear(table: Int[np.ndarray, "n n"]) -> Int[np.ndarray, "n n"] | None:
    """The table x a + y b + z modulo n whose steps are the most frequent ones; None where it is no Latin square.

    >>> table = (2 * np.arange(5)[:, None] + np.arange(5)) % 5
    >>> table[3, 3] = 0
    >>> np.argwhere(nearest_linear(table) != table).tolist()
    [[3, 3]]
    """
    count = len(table)
    a, b = np.arange(count)[:, None], np.arange(count)[None]
    x = np.bincount(((np.roll(table, -1, 0) - table) % count).ravel()).argmax()
    y = np.bincount(((np.roll(table, -1, 1) - table) % count).ravel()).argmax()
    z = np.bincount(((table - x * a - y * b) % count).ravel()).argmax()
    if np.gcd(x, count) > 1 or np.gcd(y, count) > 1:
        return None
    return (x * a + y * b + z) % count

"""Shortest expressions for given values: bottom-up enumeration with observational equivalence.

All expressions of size 1, 2, 3, ... are built from smaller ones; of those that agree on every point only the first is
kept (Albarghouthi et al. 2013; Udupa et al. 2013, "Transit"). Values are rows of integer matrices; a row is known by a
random *linear* hash h(v) = sum_p r_p v_p mod 2^64. Linearity is what makes it fast: h(a + b) = h(a) + h(b), so sums
and differences are recognised without being computed, and a target is split into two halves by one sorted look-up.

Hot path: O(pairs) for + and -, O(pairs * points) for the other operators, in chunks of `Bank.chunk` rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Shaped, UInt64
from numpy.typing import NDArray

from ....artifacts.programs.expression import Expression, Name, Number, Operation, evaluate


class Binary(NamedTuple):
    """How an operator of two operands is computed, on which sort, and whether their order matters."""

    takes: str
    gives: str
    compute: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[Any]]
    commutes: bool = True


BINARY: Mapping[str, Binary] = {
    "+": Binary("int", "int", np.add),
    "-": Binary("int", "int", np.subtract, commutes=False),
    "&": Binary("int", "int", np.bitwise_and),
    "|": Binary("int", "int", np.bitwise_or),
    "^": Binary("int", "int", np.bitwise_xor),
    "*": Binary("int", "int", np.multiply),
    "min": Binary("int", "int", np.minimum),
    "max": Binary("int", "int", np.maximum),
    "==": Binary("int", "bool", lambda a, b: (a == b).astype(np.int64)),
    "!=": Binary("int", "bool", lambda a, b: (a != b).astype(np.int64)),
    "<": Binary("int", "bool", lambda a, b: (a < b).astype(np.int64), commutes=False),
    "<=": Binary("int", "bool", lambda a, b: (a <= b).astype(np.int64), commutes=False),
    "and": Binary("bool", "bool", np.bitwise_and),
    "or": Binary("bool", "bool", np.bitwise_or),
}
"""Operators over two enumerated operands, in the order in which they are tried: the cheapest first."""

ALL_OPERATORS = frozenset((*BINARY, "//", "%", "abs", "negate", "not", "if"))


class Node(NamedTuple):
    """How an entry of the bank was made: an operator over earlier entries, or a leaf."""

    operator: str
    parts: tuple[tuple[str, int, int], ...]  # (sort, size, row) of each operand
    leaf: Expression | None = None


@dataclass
class Level:
    """All expressions of one sort and size: their values, hashes, and how they were made."""

    values: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    nodes: list[Node]

    def __len__(self) -> int:
        return len(self.nodes)


@dataclass
class Bank:
    """Expressions over `columns` (name -> values at the points), grown size by size up to `limit` entries."""

    columns: Mapping[str, NDArray[np.int64]]
    constants: Sequence[int] = (0, 1)
    operators: frozenset[str] = ALL_OPERATORS
    limit: int = 60_000
    wanted: NDArray[np.int64] | None = None
    largest: int = 10**6
    """Rows with a value beyond this are left out: they come from towers of products that no program holds."""
    chunk: int = 1 << 15
    """Rows that are computed at once, which bounds the memory."""
    probes: int = 40
    """Chunks that one combination of levels may take once the bank is full."""
    levels: dict[tuple[str, int], Level] = field(default_factory=dict)
    size: int = 0
    full: bool = False
    _seen: set[int] = field(default_factory=set)

    most_points: ClassVar[int] = 4096

    def __post_init__(self) -> None:
        self.points = len(next(iter(self.columns.values()))) if self.columns else 1
        if self.points > self.most_points:
            raise ValueError(f"columns hold {self.points} points, at most {self.most_points} are hashed; give fewer")
        draw = np.random.default_rng(20240501)  # of the hash, not of the search: the same for every table and seed
        odd = draw.integers(0, 2**64, self.most_points, dtype=np.uint64) | np.uint64(1)
        self._multipliers = odd[: self.points]
        leaves = [(Name(name), np.asarray(values, dtype=np.int64)) for name, values in self.columns.items()]
        leaves += [(Number(c), np.full(self.points, c, dtype=np.int64)) for c in dict.fromkeys(self.constants)]
        self._pending: dict[str, list[tuple[NDArray[np.int64], list[Node]]]] = {"int": [], "bool": []}
        self._goal = None if self.wanted is None else self._hash(self.wanted[None])[0]
        for expression, values in leaves:
            self._offer("int", values[None], lambda row, leaf=expression: Node("leaf", (), leaf))
        self._store("int", 1)
        self.size = 1

    def __len__(self) -> int:
        return sum(len(level) for level in self.levels.values())

    def grow(self) -> bool:
        """Build the next size, cheap operators first; False once the bank is full.

        When it fills up on the way, the rest of that size is still searched for the `wanted` values, but not kept.
        """
        if self.full:
            return False
        size = self.size + 1
        self._divisions(size)
        for operator in ("abs", "negate"):
            if operator in self.operators:
                self._map(operator, self.levels.get(("int", size - 1)), "int", ("int", size - 1))
        for operator in BINARY:
            self._combine(operator, size)
        if "not" in self.operators:
            self._map("not", self.levels.get(("bool", size - 1)), "bool", ("bool", size - 1))
        self._store("bool", size)
        self._map("int", self.levels.get(("bool", size)), "int", ("bool", size))
        self._conditionals(size)
        self._store("int", size)
        self.size = size
        return not self.full

    def find(self, values: Int[np.ndarray, " points"]) -> Expression | None:
        """The shortest stored integer expression with these values at the points.

        >>> bank = Bank({"x": np.arange(5)})
        >>> bank.grow(), bank.grow()
        (True, True)
        >>> bank.find(np.arange(5) ** 2)
        Operation(operator='*', operands=(Name(identifier='x'), Name(identifier='x')))
        """
        wanted = self._hash(np.asarray(values, dtype=np.int64)[None])[0]
        for size in range(1, self.size + 1):
            level = self.levels.get(("int", size))
            if level is None:
                continue
            for row in np.flatnonzero(level.hashes == wanted):
                if (level.values[row] == values).all():
                    return self.expression("int", size, int(row))
        return None

    def _larger_pairs(self, sizes: Sequence[int]) -> list[tuple[int, int]]:
        """Sizes of two operands that make more than is stored, the least first, of these the most even."""
        pairs = [(a, b) for a in sizes for b in sizes if a + b + 1 > self.size]
        return sorted(pairs, key=lambda pair: (sum(pair), abs(pair[0] - pair[1])))

    def find_sum(self, values: Int[np.ndarray, " points"]) -> Expression | None:
        """An expression `a + b` or `a - b` of two stored ones with these values, the shortest first."""
        wanted = self._hash(np.asarray(values, dtype=np.int64)[None])[0]
        sizes = [size for (sort, size), level in self.levels.items() if sort == "int" and len(level)]
        ordered = {size: np.argsort(self.levels["int", size].hashes) for size in sizes}
        for a, b in self._larger_pairs(sizes):
            left, right = self.levels["int", a].hashes, self.levels["int", b].hashes
            for operator, needed in (("+", wanted - left), ("-", left - wanted)):
                place = ordered[b][np.searchsorted(right, needed, sorter=ordered[b]) % len(right)]
                rows = np.flatnonzero(right[place] == needed)
                if rows.size:
                    row = int(rows[0])
                    parts = self.expression("int", a, row), self.expression("int", b, int(place[row]))
                    return Operation(operator, parts)
        return None

    def expression(self, sort: str, size: int, row: int) -> Expression:
        """The expression at a row of a level."""
        node = self.levels[sort, size].nodes[row]
        if node.leaf is not None:
            return node.leaf
        return Operation(node.operator, tuple(self.expression(*part) for part in node.parts))

    def entries(self, sort: str) -> Iterator[tuple[int, int, Int[np.ndarray, " points"]]]:
        """(size, row, values) of every stored expression of a sort, shortest first."""
        for size in range(1, self.size + 1):
            level = self.levels.get((sort, size))
            for row in range(len(level) if level else 0):
                yield size, row, level.values[row]  # type: ignore[union-attr]

    def _hash(self, values: NDArray[np.int64]) -> NDArray[np.uint64]:
        return (values.astype(np.uint64) * self._multipliers).sum(1, dtype=np.uint64)

    def _combine(self, operator: str, size: int) -> None:
        """All expressions of this size with this operator outermost."""
        if operator not in self.operators:
            return
        sort, gives, _, commutes = BINARY[operator]
        for a in range(1, size - 1):
            b = size - 1 - a
            if commutes and a < b:
                continue
            left, right = self.levels.get((sort, a)), self.levels.get((sort, b))
            if not left or not right:
                continue
            i = np.flatnonzero(_is_bits(left.values)) if operator in "&|^" else np.arange(len(left))
            j = np.flatnonzero(_is_bits(right.values)) if operator in "&|^" else np.arange(len(right))
            self._emit_pairs(operator, gives, (sort, a, left, i), (sort, b, right, j))

    def _emit_pairs(
        self,
        operator: str,
        gives: str,
        left: tuple[str, int, Level, NDArray[np.int64]],
        right: tuple[str, int, Level, NDArray[np.int64]],
    ) -> None:
        same = left[:2] == right[:2]
        total = len(left[3]) * len(right[3])
        for start in range(0, total, self.chunk):
            if self.full and (gives == "bool" or start > self.probes * self.chunk):
                return
            row, column = np.divmod(np.arange(start, min(start + self.chunk, total)), len(right[3]))
            if same:
                keep = row <= column if BINARY[operator].commutes else row != column
                row, column = row[keep], column[keep]
            i, j = left[3][row], right[3][column]
            if operator in "+-":
                h, g = left[2].hashes[i], right[2].hashes[j]
                fresh = self._fresh("int", h + g if operator == "+" else h - g)
                i, j = i[fresh], j[fresh]
            values = BINARY[operator].compute(left[2].values[i], right[2].values[j])

            def node(row: int, i: NDArray[Any] = i, j: NDArray[Any] = j) -> Node:
                return Node(operator, ((left[0], left[1], int(i[row])), (right[0], right[1], int(j[row]))))

            self._offer(gives, values, node)

    def _divisions(self, size: int) -> None:
        """Division and remainder, by the constants above 1."""
        level = self.levels.get(("int", size - 2))
        if not level:
            return
        divisors = [
            (row, node.leaf.value)
            for row, node in enumerate(self.levels["int", 1].nodes)
            if isinstance(node.leaf, Number) and node.leaf.value > 1
        ]
        for operator in ("//", "%"):
            if operator not in self.operators:
                continue
            for row, divisor in divisors:
                values = level.values // divisor if operator == "//" else level.values % divisor
                parts = ("int", 1, row)
                self._offer("int", values, lambda i, o=operator, d=parts: Node(o, (("int", size - 2, i), d)))

    def _map(self, operator: str, level: Level | None, gives: str, where: tuple[str, int]) -> None:
        if not level:
            return
        values = {
            "not": lambda v: 1 - v,
            "int": lambda v: v,
            "abs": np.abs,
            "negate": np.negative,
        }[operator](level.values)
        self._offer(gives, values, lambda row: Node(operator, ((*where, row),)))

    def _conditionals(self, size: int) -> None:
        if "if" not in self.operators:
            return
        for c in range(3, size - 4):
            conditions = self.levels.get(("bool", c))
            for a in range(1, size - 3 - c):
                b = size - 3 - c - a
                then, other = self.levels.get(("int", a)), self.levels.get(("int", b))
                if not conditions or not then or not other:
                    continue
                shape = (len(conditions), len(then), len(other))
                total = int(np.prod(shape))
                for start in range(0, min(total, self.probes * self.chunk), self.chunk):
                    if self.full:
                        return
                    index = np.arange(start, min(start + self.chunk, total))
                    k, i, j = np.unravel_index(index, shape)
                    values = np.where(conditions.values[k] != 0, then.values[i], other.values[j])
                    triple = np.stack([k, i, j], 1)

                    def node(row: int, sizes: tuple[int, int, int] = (c, a, b), at: NDArray[Any] = triple) -> Node:
                        sorts = ("bool", "int", "int")
                        return Node("if", tuple(zip(sorts, sizes, at[row].tolist(), strict=True)))

                    self._offer("int", values, node)

    def _offer(self, sort: str, values: NDArray[np.int64], node: Callable[[int], Node]) -> None:
        """Keep, for this level, the rows that are new; `node(row)` tells how a row was made."""
        if len(values) == 0:
            return
        fresh = self._fresh(sort, self._hash(values))
        if not self.full:
            fresh = fresh[np.abs(values[fresh]).max(1, initial=0) <= self.largest]
        if len(fresh):
            self._pending[sort].append((values[fresh], [node(int(i)) for i in fresh]))
            waiting = sum(len(nodes) for group in self._pending.values() for _, nodes in group)
            self.full = self.full or len(self) + waiting > self.limit

    def _fresh(self, sort: str, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Rows, in order, whose hash appears for the first time (in the bank and here)."""
        if self.full:
            sought = sort == "int" and self._goal is not None
            return np.flatnonzero(hashes == self._goal)[:1] if sought else np.zeros(0, dtype=np.int64)
        unique, first = np.unique(_tagged(sort, hashes), return_index=True)
        new = [i for h, i in zip(unique.tolist(), first.tolist(), strict=True) if h not in self._seen]
        return np.sort(np.array(new, dtype=np.int64))

    def _store(self, sort: str, size: int) -> None:
        """Close a level: what was offered for it becomes its rows, each once."""
        if not self._pending[sort]:
            return
        values = np.concatenate([v for v, _ in self._pending[sort]])
        nodes = [node for _, group in self._pending[sort] for node in group]
        hashes = self._hash(values)
        _, first = np.unique(hashes, return_index=True)
        keep = np.sort(first)
        self._seen.update(_tagged(sort, hashes[keep]).tolist())
        self.levels[sort, size] = Level(values[keep], hashes[keep], [nodes[i] for i in keep])
        self._pending[sort] = []


def _tagged(sort: str, hashes: UInt64[np.ndarray, " rows"]) -> UInt64[np.ndarray, " rows"]:
    """The hashes, changed for truth values, which are kept apart from 0 and 1."""
    return hashes if sort == "int" else hashes ^ np.uint64(0x9E3779B97F4A7C15)


def _is_bits(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    return ((values == 0) | (values == 1)).all(1)


def agrees(
    expression: Expression, columns: Mapping[str, Shaped[np.ndarray, " rows"]], values: Shaped[np.ndarray, " rows"]
) -> Bool[np.ndarray, " rows"]:
    """Where the expression has the wanted values.

    >>> agrees(Name("x"), {"x": np.array([1, 2])}, np.array([1, 3])).tolist()
    [True, False]
    """
    return np.broadcast_to(evaluate(expression, columns), np.shape(values)) == values

"""Joint: how often two things came together, in whole numbers: counts, or probabilities times what makes them whole."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...core.subject import Subject


@dataclass(frozen=True)
class Joint(Subject):
    """Weights (rows, columns), whole numbers; p(x, y) is a weight over their sum.

    `sampled`: the weights count observations that were made one by one, so that another sample would give others. Rows
    and columns in which nothing is are left out and told in the `notes`. Raises ValueError for negative weights, names
    that do not fit or are given twice, and fewer than two rows or columns with something in them.

    >>> Joint(((3, 1), (0, 2), (0, 0)), ("a", "b", "c")).rows
    ('a', 'b')
    """

    made_by: ClassVar[str] = "Joint.from_counts(counts), Joint.from_pairs(x, y), or read_joint(path)"

    weights: tuple[tuple[int, ...], ...]
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    sampled: bool = True
    notes: tuple[str, ...] = ()
    row_name: str = "x"
    column_name: str = "y"

    def __post_init__(self) -> None:
        weights = [list(row) for row in self.weights]
        _refuse_weights(weights)
        names = _names(self.rows, len(weights), "rows", "x"), _names(self.columns, len(weights[0]), "columns", "y")
        kept = [i for i, row in enumerate(weights) if any(row)]
        used = [j for j, column in enumerate(zip(*weights, strict=True)) if any(column)]
        for what, some in (("row", kept), ("column", used)):
            if len(some) < 2:
                raise ValueError(
                    f"only {len(some)} {what} has weight: nothing depends on anything; give at least two of each"
                )
        left_out = [name for some, held in zip(names, (kept, used), strict=True) for name in _others(some, held)]
        more = ", ..." if len(left_out) > 8 else ""
        note = (f"without any weight, and left out: {', '.join(left_out[:8])}{more}",) if left_out else ()
        for name, value in (
            ("weights", tuple(tuple(int(weights[i][j]) for j in used) for i in kept)),
            ("rows", tuple(names[0][i] for i in kept)),
            ("columns", tuple(names[1][j] for j in used)),
            ("notes", (*self.notes, *note)),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def from_counts(cls, counts: Any, rows: Sequence[str] = (), columns: Sequence[str] = ()) -> Self:
        """Of counts (rows, columns). Raises ValueError for what is no whole number.

        >>> Joint.from_counts([[3, 1], [0, 2]]).total
        6
        """
        table = [[_exact(cell, "counts") for cell in row] for row in _table(counts)]
        if odd := next((cell for row in table for cell in row if cell.denominator != 1), None):
            remedy = "probabilities go through Joint.from_probabilities"
            raise ValueError(f"counts hold {float(odd):g}, which is no whole number; {remedy}")
        return cls(tuple(tuple(map(int, row)) for row in table), tuple(rows), tuple(columns))

    @classmethod
    def from_probabilities(
        cls, table: Any, rows: Sequence[str] = (), columns: Sequence[str] = (), *, normalise: bool = False
    ) -> Self:
        """Of probabilities (rows, columns), read as the decimals that they are written as, whose sum is exactly 1.

        `normalise` divides by the sum where it is not. Raises ValueError for another sum without it.

        >>> Joint.from_probabilities([[0.25, 0.25], [0, 0.5]]).weights
        ((1, 1), (0, 2))
        """
        exact = [[_exact(cell, "probabilities") for cell in row] for row in _table(table)]
        total = sum((sum(row, Fraction(0)) for row in exact), Fraction(0))
        notes: tuple[str, ...] = ()
        if total != 1:
            if not normalise or total <= 0:
                raise ValueError(
                    f"the probabilities sum to {float(total):.12g}, {float(abs(total - 1)):.2g} from 1; correct them, "
                    "or give --normalise (normalise=True) to divide by the sum"
                )
            notes = (f"the probabilities summed to {float(total):.12g} and were divided by it",)
        return cls(_whole(exact), tuple(rows), tuple(columns), sampled=False, notes=notes)

    @classmethod
    def from_pairs(
        cls,
        x: Iterable[Any],
        y: Iterable[Any],
        counts: Iterable[int] | None = None,
        *,
        names: Sequence[str] = ("x", "y"),
    ) -> Self:
        """Counts of the pairs (x_i, y_i), each as often as `counts` say; names in their usual order.

        Raises ValueError for lists of different lengths.

        >>> Joint.from_pairs(["b", "a", "b"], [1, 1, 0]).weights
        ((0, 1), (1, 1))
        """
        x, y = [str(one) for one in x], [str(one) for one in y]
        times = [1] * len(x) if counts is None else list(counts)
        if not len(x) == len(y) == len(times):
            raise ValueError(f"x has {len(x)} entries, y {len(y)}; give one of each for every observation")
        seen: Counter[tuple[str, str]] = Counter()
        for one, other, many in zip(x, y, times, strict=True):
            seen[one, other] += many
        rows, columns = in_order(set(x)), in_order(set(y))
        weights = tuple(tuple(seen[one, other] for other in columns) for one in rows)
        return cls(weights, tuple(rows), tuple(columns), row_name=str(names[0]), column_name=str(names[1]))

    @property
    def total(self) -> int:
        """The sum of all weights: the number of observations, where these are counts."""
        return sum(map(sum, self.weights))

    @property
    def probabilities(self) -> Float[np.ndarray, "rows columns"]:
        """p(x, y), to double precision."""
        total = self.total
        return np.array([[float(Fraction(w, total)) for w in row] for row in self.weights])

    @property
    def counts(self) -> NDArray[np.int64]:
        """The weights (rows, columns) as an array, where they count observations."""
        return np.array(self.weights, np.int64)

    def fingerprint(self) -> str:
        """SHA-256 of weights and names."""
        told = (self.weights, self.rows, self.columns, self.sampled, self.row_name, self.column_name)
        return hashlib.sha256(repr(told).encode()).hexdigest()


def in_order(names: Iterable[str]) -> list[str]:
    """Names in their usual order, numbers by size.

    >>> in_order({"10", "9", "b", "a"})
    ['9', '10', 'a', 'b']
    """

    def key(name: str) -> tuple[int, float, str]:
        try:
            return (0, float(name), name)
        except ValueError:
            return (1, 0.0, name)

    return sorted(names, key=key)


def _refuse_weights(weights: list[list[int]]) -> None:
    """Raises ValueError for what is no table, and for negative weights."""
    if not weights or len({len(row) for row in weights}) != 1 or not weights[0]:
        raise ValueError("weights are no table; give (rows, columns), at least two of each")
    least = min(map(min, weights))
    if least < 0:
        raise ValueError(f"weights reach {least}; give counts or probabilities, none negative")


def _others(names: list[str], held: list[int]) -> list[str]:
    """The names whose places are not held."""
    return [name for i, name in enumerate(names) if i not in set(held)]


def _whole(exact: list[list[Fraction]]) -> tuple[tuple[int, ...], ...]:
    """The smallest whole numbers in the same ratios."""
    scale = math.lcm(*(cell.denominator for row in exact for cell in row))
    weights = [[int(cell * scale) for cell in row] for row in exact]
    shared = math.gcd(*(cell for row in weights for cell in row)) or 1
    return tuple(tuple(cell // shared for cell in row) for row in weights)


def _names(names: Sequence[str], count: int, what: str, letter: str) -> list[str]:
    found = [str(name) for name in names] or [f"{letter}{i}" for i in range(count)]
    if len(found) != count:
        raise ValueError(f"{what} have {len(found)} names but there are {count}; name each of them")
    if len(set(found)) < count:
        twice = next(name for name in found if found.count(name) > 1)
        raise ValueError(f"{what} name {twice!r} twice; add their weights, or rename one")
    return found


def _table(given: Any) -> list[list[Any]]:
    """Rows of cells. Raises ValueError for another shape."""
    try:
        rows = [list(row) for row in given]
    except TypeError:
        raise ValueError(f"a table of shape {np.shape(given)} was given; give (rows, columns)") from None
    return [[cell.item() if isinstance(cell, np.generic) else cell for cell in row] for row in rows]


def _exact(cell: Any, what: str) -> Fraction:
    """The number as it is written: 0.1 is 1/10. Raises ValueError for NaN, infinity and words."""
    try:
        found = Decimal(str(cell).strip())
    except InvalidOperation:
        if isinstance(cell, Fraction):
            return cell
        raise ValueError(f"{what} hold {cell!r}, which is no number; correct it, or leave its row out") from None
    if not found.is_finite():
        raise ValueError(f"{what} hold {cell!r}, which is no finite number; correct it, or leave its row out")
    if abs(found.adjusted()) > 60 and found:
        raise ValueError(f"{what} hold {cell!r}: no table that was counted has such a number; correct it")
    return Fraction(found)

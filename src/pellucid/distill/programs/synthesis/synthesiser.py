"""Synthesis: the shortest readable expression that gives the wanted value in every row of a table.

Engines, cheapest first: an affine map with integer coefficients (solved, not searched), enumeration
(`enumeration.Bank`), a sum of two enumerated expressions, a conjunction or disjunction of simple tests, a decision
list. Enumeration runs on a few points; what it finds is checked on all rows, and a row that disagrees becomes a
point (counterexample-guided).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from jaxtyping import Int, Shaped

from ....artifacts.programs.expression import Expression, Name, Number, apply
from .decision_list import decision_list
from .enumeration import ALL_OPERATORS, Bank, agrees
from .tidy import tidy

Columns = Mapping[str, Int[np.ndarray, " rows"]]
"""Values by name, one for each row of a table."""


@dataclass(frozen=True)
class Synthesiser:
    """What may be tried: constants, operators, how many expressions are kept, the largest size, points to start from.

    Work is bounded by counts, not by time, so that the same table always gives the same expression.
    """

    constants: tuple[int, ...] = (0, 1, 2)
    operators: frozenset[str] = ALL_OPERATORS
    limit: int = 40_000
    largest: int = 9
    points: int = 40

    def find(self, columns: Columns, values: Int[np.ndarray, " rows"]) -> Expression | None:
        """The shortest expression over `columns` (name -> values, one a row) equal to `values` in every row, or None.

        Rows must be functional: equal columns, equal value. Where they are not, the answer is None.

        >>> x = np.arange(-3, 4)
        >>> Synthesiser().find({"x": x}, np.abs(x) % 2).operator
        '%'
        """
        if (values == values[0]).all():
            return Number(int(values[0]))
        found = affine_expression(columns, values) or self._search(columns, values) or self._by_cases(columns, values)
        return None if found is None else tidy(found)

    def _by_cases(self, columns: Columns, values: Int[np.ndarray, " rows"]) -> Expression | None:
        """A decision list that is right on every row; its tests compare columns, their maxima and minima."""
        if len(columns) < 2 or self.largest < 7:
            return None
        rows = _spread(columns, values, 1000)
        tests = frozenset({"min", "max", "==", "!=", "<", "<="})
        bank = Bank({n: c[rows] for n, c in columns.items()}, (), tests, 6000)
        while bank.size < 7 and bank.grow():
            pass
        found = decision_list(bank, values[rows])
        return found if found is not None and agrees(found, columns, values).all() else None

    def _search(self, columns: Columns, values: Int[np.ndarray, " rows"]) -> Expression | None:
        points = _spread(columns, values, self.points)
        for _ in range(8):
            at = {n: c[points] for n, c in columns.items()}
            bank = Bank(at, self.constants, self.operators, self.limit, values[points])
            found = self._grow(bank, values[points])
            if found is None:
                return None
            wrong = np.flatnonzero(~agrees(found, columns, values))
            if wrong.size == 0:
                return found
            points = np.unique(np.concatenate([points, wrong[:: max(1, wrong.size // 6)][:6]]))
        return None

    def _grow(self, bank: Bank, values: Int[np.ndarray, " rows"]) -> Expression | None:
        while True:
            found = bank.find(values)
            if found is not None:
                return found
            if bank.size >= self.largest or not bank.grow():
                break
        options = [bank.find(values), decision_list(bank, values), bank.find_sum(values)]
        return min((e for e in options if e is not None), key=lambda e: e.size, default=None)


def affine_expression(columns: Columns, values: Int[np.ndarray, " rows"]) -> Expression | None:
    """sum_i a_i column_i + b with small integer a_i, b where that is exact in every row; solved by least squares.

    >>> from ....artifacts.programs.python_text import to_python
    >>> to_python(affine_expression({"x": np.array([0, 1, 5])}, np.array([1, 3, 11])))
    '2 * x + 1'
    """
    names = list(columns)
    matrix = np.stack([*(columns[n] for n in names), np.ones(len(values))], 1).astype(np.float64)
    solution = np.linalg.lstsq(matrix, values.astype(np.float64), rcond=None)[0]
    rounded = np.rint(solution)
    if np.abs(rounded).max() > 1000 or not np.array_equal(matrix @ rounded, values):
        return None
    terms = [(int(a), Name(n)) for a, n in zip(rounded[:-1], names, strict=True) if a]
    return affine_sum(terms, int(rounded[-1]))


def affine_sum(terms: Sequence[tuple[int, Expression]], constant: int) -> Expression:
    """a_1 e_1 + ... + constant, written with as few signs as possible.

    >>> from ....artifacts.programs.python_text import to_python
    >>> to_python(affine_sum([(-2, Name("x")), (1, Name("y"))], 3)), to_python(affine_sum([(-1, Name("x"))], 1))
    ('y - 2 * x + 3', '1 - x')
    """
    added = [_times(a, e) for a, e in terms if a >= 0]
    subtracted = [_times(-a, e) for a, e in terms if a < 0]
    if added:
        result = reduce(_minus, subtracted, reduce(_plus, added))
    elif constant > 0 or not subtracted:
        return reduce(_minus, subtracted, Number(constant))
    else:
        result = reduce(_minus, subtracted[1:], apply("negate", subtracted[0]))
    return apply("+" if constant > 0 else "-", result, abs(constant)) if constant else result


def _times(factor: int, expression: Expression) -> Expression:
    return expression if factor == 1 else apply("*", factor, expression)


def _plus(left: Expression, right: Expression) -> Expression:
    return apply("+", left, right)


def _minus(left: Expression, right: Expression) -> Expression:
    return apply("-", left, right)


def _spread(columns: Columns, values: Int[np.ndarray, " rows"], count: int) -> Int[np.ndarray, " chosen"]:
    """Rows to search on: as many different output values as there are, then evenly through the table."""
    total = len(values)
    if total <= count:
        return np.arange(total)
    first = np.unique(values, return_index=True)[1]
    order = np.random.default_rng(total).permutation(total)
    extremes = [f(columns[n]) for n in columns for f in (np.argmin, np.argmax)]
    chosen = np.unique(np.concatenate([first[: count // 2], extremes, order[:count]]))
    return np.sort(chosen)[: 2 * count]


def is_functional(columns: Columns, values: Shaped[np.ndarray, " rows"]) -> tuple[bool, int]:
    """Whether `values` is a function of `columns`, and how many different rows there are.

    >>> is_functional({"x": np.array([1, 0, 1])}, np.array([7, 8, 9]))
    (False, 2)
    """
    stacked = np.stack([*columns.values()], 1) if columns else np.zeros((len(values), 1), dtype=np.int64)
    _, first, inverse = np.unique(stacked, axis=0, return_index=True, return_inverse=True)
    return bool((values == values[first][inverse.reshape(-1)]).all()), len(first)


def distinct_rows(
    columns: Columns, values: Shaped[np.ndarray, " rows"]
) -> tuple[dict[str, Int[np.ndarray, " distinct"]], Shaped[np.ndarray, " distinct"]]:
    """The different rows of the table, each once, and the first value of each.

    >>> distinct_rows({"x": np.array([1, 0, 1])}, np.array([7, 8, 7]))
    ({'x': array([0, 1])}, array([8, 7]))
    """
    stacked = np.stack([*columns.values()], 1)
    _, first = np.unique(stacked, axis=0, return_index=True)
    return {name: column[first] for name, column in columns.items()}, values[first]

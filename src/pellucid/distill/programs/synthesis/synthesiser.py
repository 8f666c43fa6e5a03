"""Synthesis: the shortest readable expression that gives the wanted value in every row of a table.

Engines, cheapest first: an affine map with integer coefficients (solved, not searched), enumeration
(`enumeration.Bank`), a sum of two enumerated expressions, a conjunction or disjunction of simple tests, a decision
list. Enumeration runs on a few points; what it finds is checked on all rows, and a row that disagrees becomes a
point (counterexample-guided).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....artifacts.programs.expression import Expression, Name, Number, apply
from .enumeration import ALL_OPERATORS, Bank, agrees
from .tidy import tidy

_CASES = frozenset({"min", "max", "==", "!=", "<", "<="})

Columns = Mapping[str, NDArray[np.int64]]


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

    def find(self, columns: Columns, values: NDArray[np.int64]) -> Expression | None:
        """The shortest expression over `columns` (name -> values, one a row) equal to `values` in every row, or None.

        Rows must be functional: equal columns, equal value. Where they are not, the answer is None.
        """
        if (values == values[0]).all():
            return Number(int(values[0]))
        found = affine_expression(columns, values) or self._search(columns, values) or self._by_cases(columns, values)
        return None if found is None else tidy(found)

    def _by_cases(self, columns: Columns, values: NDArray[np.int64]) -> Expression | None:
        """A decision list that is right on every row; its tests compare columns, their maxima and minima."""
        if len(columns) < 2 or self.largest < 7:
            return None
        rows = _spread(columns, values, 1000)
        bank = Bank({n: c[rows] for n, c in columns.items()}, (), _CASES, 6000)
        while bank.size < 7 and bank.grow():
            pass
        found = decision_list(bank, values[rows])
        return found if found is not None and agrees(found, columns, values).all() else None

    def _search(self, columns: Columns, values: NDArray[np.int64]) -> Expression | None:
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

    def _grow(self, bank: Bank, values: NDArray[np.int64]) -> Expression | None:
        while True:
            found = bank.find(values)
            if found is not None:
                return found
            if bank.size >= self.largest or not bank.grow():
                break
        options = [bank.find(values), decision_list(bank, values), bank.find_sum(values)]
        return min((e for e in options if e is not None), key=lambda e: e.size, default=None)


def affine_expression(columns: Columns, values: NDArray[np.int64]) -> Expression | None:
    """sum_i a_i column_i + b with small integer a_i, b where that is exact in every row; solved by least squares."""
    names = list(columns)
    matrix = np.stack([*(columns[n] for n in names), np.ones(len(values))], 1).astype(np.float64)
    solution = np.linalg.lstsq(matrix, values.astype(np.float64), rcond=None)[0]
    rounded = np.rint(solution)
    if np.abs(rounded).max() > 1000 or not np.array_equal(matrix @ rounded, values):
        return None
    terms = [(int(a), Name(n)) for a, n in zip(rounded[:-1], names, strict=True) if a]
    return affine_sum(terms, int(rounded[-1]))


def affine_sum(terms: Sequence[tuple[int, Expression]], constant: int) -> Expression:
    """a_1 e_1 + ... + constant, written with as few signs as possible."""
    ordered = sorted(terms, key=lambda term: term[0] < 0)
    result: Expression | None = Number(constant) if constant > 0 and not any(a > 0 for a, _ in ordered) else None
    left_over = 0 if result is not None else constant
    for coefficient, expression in ordered:
        size = abs(coefficient)
        piece = expression if size == 1 else apply("*", size, expression)
        if result is None:
            result = piece if coefficient > 0 else apply("negate", piece)
        else:
            result = apply("+" if coefficient > 0 else "-", result, piece)
    if result is None:
        return Number(constant)
    if left_over:
        result = apply("+" if left_over > 0 else "-", result, abs(left_over))
    return result


def decision_list(bank: Bank, values: NDArray[np.int64], longest: int = 6) -> Expression | None:
    """`v1 if test1 else v2 if test2 else ... v`: tests and values from the bank, greedily the widest-reaching first.

    For outputs 0 and 1 the tests are joined by `and` / `or` (a smallest cover) instead.
    """
    if set(np.unique(values).tolist()) <= {0, 1}:
        return _cover(bank, values)
    tests = [(size, row, v != 0) for size, row, v in bank.entries("bool") if size <= 7]
    if not tests:
        return None
    matrix = np.stack([t for _, _, t in tests])
    costs = np.array([size for size, _, _ in tests], dtype=float)
    results = [(size, Number(int(v)), values == v) for v in np.unique(values) for size in (1,)]
    results += [
        (size, bank.expression("int", size, row), v == values) for size, row, v in bank.entries("int") if size <= 3
    ]
    left, pieces = np.ones(len(values), dtype=bool), []
    for _ in range(longest):
        whole = next((expression for _, expression, right in results if right[left].all()), None)
        if whole is not None:
            for test, expression in reversed(pieces):
                whole = apply("if", test, expression, whole)
            return whole
        best: tuple[float, int, Expression] | None = None
        for size, expression, right in results:
            legal = ~(matrix & left & ~right).any(1)
            reach = (matrix & left).sum(1) * legal
            score = np.where(reach > 0, reach / (costs + size), 0)
            row = int(score.argmax())
            if score[row] > 0 and (best is None or score[row] > best[0]):
                best = (float(score[row]), row, expression)
        if best is None:
            return None
        size, row, covered = tests[best[1]]
        pieces.append((bank.expression("bool", size, row), best[2]))
        left = left & ~covered
    return None


def _cover(bank: Bank, values: NDArray[np.int64]) -> Expression | None:
    """A conjunction or disjunction of the bank's tests with these values: pairs first, then a greedy cover."""
    tests = [(size, row, v != 0) for size, row, v in bank.entries("bool") if size <= 7]
    target = values != 0
    best: list[tuple[int, int]] | None = None
    best_size, best_operator = 10**9, "and"
    for operator, goal in (("and", target), ("or", ~target)):
        # and: tests that hold wherever the target does, each excluding some of the rest; or: the mirror image
        legal = [(s, r, ~t if operator == "and" else t) for s, r, t in tests]
        legal = [(s, r, out) for s, r, out in legal if not (out & (target if operator == "and" else ~target)).any()]
        needed = ~goal
        chosen = _smallest_cover(legal, needed)
        if chosen is not None:
            size = sum(s for s, _ in chosen) + len(chosen) - 1
            if size < best_size:
                best, best_size, best_operator = chosen, size, operator
    if best is None:
        return None
    expressions = [bank.expression("bool", size, row) for size, row in best]
    joined = expressions[0]
    for expression in expressions[1:]:
        joined = apply(best_operator, joined, expression)
    return apply("int", joined)


def _smallest_cover(
    sets: list[tuple[int, int, NDArray[np.bool_]]], needed: NDArray[np.bool_]
) -> list[tuple[int, int]] | None:
    sets = sorted(sets, key=lambda s: s[0] - s[2].sum() / (len(needed) + 1))[:300]
    for a, b in combinations(sets[:120], 2):
        if ((a[2] | b[2]) & needed).sum() == needed.sum():
            return [a[:2], b[:2]]
    left, chosen = needed.copy(), []
    while left.any():
        gains = [(s[2] & left).sum() / s[0] for s in sets]
        if not gains or max(gains) == 0 or len(chosen) > 8:
            return None
        pick = sets[int(np.argmax(gains))]
        chosen.append(pick[:2])
        left &= ~pick[2]
    return chosen


def _spread(columns: Columns, values: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Rows to search on: as many different output values as there are, then evenly through the table."""
    total = len(values)
    if total <= count:
        return np.arange(total)
    first = np.unique(values, return_index=True)[1]
    order = np.random.default_rng(total).permutation(total)
    extremes = [f(columns[n]) for n in columns for f in (np.argmin, np.argmax)]
    chosen = np.unique(np.concatenate([first[: count // 2], extremes, order[:count]]))
    return np.sort(chosen)[: 2 * count]


def is_functional(columns: Columns, values: NDArray[Any]) -> tuple[bool, int]:
    """Whether `values` is a function of `columns`, and how many different rows there are."""
    stacked = np.stack([*columns.values()], 1) if columns else np.zeros((len(values), 1), dtype=np.int64)
    _, first, inverse = np.unique(stacked, axis=0, return_index=True, return_inverse=True)
    return bool((values == values[first][inverse.reshape(-1)]).all()), len(first)


def distinct_rows(columns: Columns, values: NDArray[Any]) -> tuple[dict[str, NDArray[np.int64]], NDArray[Any]]:
    """The different rows of the table, each once."""
    stacked = np.stack([*columns.values()], 1)
    _, first = np.unique(stacked, axis=0, return_index=True)
    return {name: column[first] for name, column in columns.items()}, values[first]


__all__ = [
    "Synthesiser",
    "affine_expression",
    "affine_sum",
    "decision_list",
    "distinct_rows",
    "is_functional",
]

"""Decision lists and covers: expressions made of many small tests, where no single short expression is right.

v1 if test1 else v2 if test2 else ... v          test1 and test2 and ...          test1 or test2 or ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from jaxtyping import Bool, Int

from ....artifacts.programs.expression import Expression, Number, apply
from .enumeration import Bank


@dataclass(frozen=True)
class _Test:
    """A truth value of the bank: where it holds, its size, and its row in the bank."""

    size: int
    row: int
    holds: Bool[np.ndarray, " points"]

    def expression(self, bank: Bank) -> Expression:
        return bank.expression("bool", self.size, self.row)


@dataclass(frozen=True)
class _Result:
    """An integer that a decision may give, and where it is right."""

    size: int
    expression: Expression
    right: Bool[np.ndarray, " points"]


def decision_list(
    bank: Bank, values: Int[np.ndarray, " points"], longest: int = 6, largest_test: int = 7, largest_result: int = 3
) -> Expression | None:
    """`v1 if test1 else v2 if test2 else ... v`: tests and values from the bank, greedily the widest-reaching first.

    At most `longest` of them, of sizes up to `largest_test` and `largest_result`. For outputs 0 and 1 the tests are
    joined by `and` / `or` (a smallest cover) instead.

    >>> from ....artifacts.programs.python_text import to_python
    >>> bank = Bank({"x": np.arange(5)}, (0, 1, 3))
    >>> while bank.size < 3 and bank.grow():
    ...     pass
    >>> to_python(decision_list(bank, np.array([7, 0, 0, 0, 9])))
    '0 if x == 1 else 0 if x == 3 else 7 if x == 0 else 0 if x < 3 else 9'
    """
    tests = [_Test(size, row, v != 0) for size, row, v in bank.entries("bool") if size <= largest_test]
    if set(np.unique(values).tolist()) <= {0, 1}:
        return _cover(bank, tests, values)
    if not tests:
        return None
    results = _results(bank, values, largest_result)
    left = np.ones(len(values), dtype=bool)
    decisions: list[tuple[Expression, Expression]] = []
    for _ in range(longest):
        last = next((result.expression for result in results if result.right[left].all()), None)
        if last is not None:
            return _nested(decisions, last)
        best = _widest(tests, results, left)
        if best is None:
            return None
        test, result = best
        decisions.append((test.expression(bank), result.expression))
        left = left & ~test.holds
    return None


def _results(bank: Bank, values: Int[np.ndarray, " points"], largest: int) -> list[_Result]:
    """Each value as a constant, then the bank's short integers."""
    constants = [_Result(1, Number(int(v)), values == v) for v in np.unique(values)]
    return constants + [
        _Result(size, bank.expression("int", size, row), v == values)
        for size, row, v in bank.entries("int")
        if size <= largest
    ]


def _widest(
    tests: Sequence[_Test], results: Sequence[_Result], left: Bool[np.ndarray, " points"]
) -> tuple[_Test, _Result] | None:
    """The test and the result, right wherever it holds, that settle the most of what is left for their size."""
    matrix = np.stack([test.holds for test in tests])
    costs = np.array([test.size for test in tests], dtype=float)
    best: tuple[_Test, _Result] | None = None
    best_score = 0.0
    for result in results:
        is_right = ~(matrix & left & ~result.right).any(1)
        reach = (matrix & left).sum(1) * is_right
        score = np.where(reach > 0, reach / (costs + result.size), 0)
        row = int(score.argmax())
        if score[row] > best_score:
            best, best_score = (tests[row], result), float(score[row])
    return best


def _nested(decisions: Sequence[tuple[Expression, Expression]], last: Expression) -> Expression:
    """`v1 if test1 else (v2 if test2 else last)`."""
    whole = last
    for test, expression in reversed(decisions):
        whole = apply("if", test, expression, whole)
    return whole


def _cover(bank: Bank, tests: Sequence[_Test], values: Int[np.ndarray, " points"]) -> Expression | None:
    """A conjunction or disjunction of the bank's tests with these values: pairs first, then a greedy cover."""
    target = values != 0
    # and: tests that hold wherever the target does, each excluding some of the rest; or: the mirror image
    conjunction = _smallest_cover([_Test(t.size, t.row, ~t.holds) for t in tests], target)
    disjunction = _smallest_cover(tests, ~target)
    found = [
        (chosen, operator) for chosen, operator in ((conjunction, "and"), (disjunction, "or")) if chosen is not None
    ]
    if not found:
        return None
    chosen, operator = min(found, key=lambda option: _size(option[0]))
    joined = chosen[0].expression(bank)
    for test in chosen[1:]:
        joined = apply(operator, joined, test.expression(bank))
    return apply("int", joined)


def _size(tests: Sequence[_Test]) -> int:
    """Nodes of the tests and of what joins them."""
    return sum(test.size for test in tests) + len(tests) - 1


def _smallest_cover(
    tests: Sequence[_Test],
    forbidden: Bool[np.ndarray, " points"],
    looked_at: int = 300,
    paired: int = 120,
    longest: int = 9,
) -> list[_Test] | None:
    """Few tests that together hold everywhere but at `forbidden` points, where none does; None where none are found.

    The `looked_at` that hold most widely for their size are tried, pairs among the first `paired` of them; a greedy
    choice ends at `longest`. The work is bounded by these counts, not by time.
    """
    needed = ~forbidden
    legal = [test for test in tests if not (test.holds & forbidden).any()]
    ranked = sorted(legal, key=lambda t: t.size - t.holds.sum() / (len(needed) + 1))[:looked_at]
    for a, b in combinations(ranked[:paired], 2):
        if ((a.holds | b.holds) & needed).sum() == needed.sum():
            return [a, b]
    left, chosen = needed.copy(), []
    while left.any():
        gains = [(test.holds & left).sum() / test.size for test in ranked]
        if not gains or max(gains) == 0 or len(chosen) >= longest:
            return None
        chosen.append(ranked[int(np.argmax(gains))])
        left &= ~chosen[-1].holds
    return chosen

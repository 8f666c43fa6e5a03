"""The plainest models, which every other formula has to beat: a constant, and straight lines in few columns.

    y = c_0 + sum_j c_j x_j,     columns are added one by one, each the one that takes most from what is left

as long as it saves more bits of the data than its coefficient and its name cost. On a table without a law this is the
honest answer, and it takes milliseconds.
"""

from __future__ import annotations

import math

import numpy as np
import sympy
from numpy.typing import NDArray

from ....run.cpu_limit import is_over
from ....subjects.tables.samples import Samples
from ..expression.candidate import Candidate
from ..expression.polish import evaluate_candidate, polish
from ..expression.settings import BITS


def plain_candidates(samples: Samples, most_columns: int = 8) -> list[Candidate]:
    """A constant, and each straight line in at most `most_columns` on the way to the best one; shortest first.

    Where units are known, only columns with the unit of the target are in it.

    >>> X = np.random.default_rng(0).uniform(0, 1, (40, 3))
    >>> plain_candidates(Samples(X, 3 * X[:, 0] - X[:, 2]))[-1].expression
    3*x0 - x2
    """
    found = [constant(samples)]
    chosen: list[int] = []
    left = samples.y - samples.y.mean()
    while not is_over() and len(chosen) < min(most_columns, samples.rows // 3):
        following = _next(samples, chosen)
        if following is None:
            break
        column, numbers, rest = following
        before, after = float(left @ left), float(rest @ rest)
        cost = 3 * BITS.symbol + BITS.real + math.log2(samples.rows) / 2
        if not before > 0 or samples.rows / 2 * math.log2(before / max(after, 1e-24 * before)) < cost:
            break
        chosen, left = [*chosen, column], rest
        candidate = _line(samples, chosen, numbers)
        found += [candidate] if candidate is not None else []
    return found


def constant(samples: Samples) -> Candidate:
    """The formula y = constant.

    >>> samples = Samples(np.arange(3.0)[:, None], np.full(3, 5.0), ("x",))
    >>> constant(samples).expression
    5
    """
    mean = float(samples.y.mean())
    number = sympy.Integer(int(mean)) if mean == int(mean) else sympy.Float(mean, 17)
    candidate = polish(number, samples.X, samples.y, samples.names, route="constant")
    candidate = candidate or evaluate_candidate(number, samples.X, samples.y, samples.names, "constant")
    assert candidate is not None
    return candidate


def _allowed(samples: Samples) -> list[int]:
    units = samples.units
    if units is None:
        return list(range(samples.features))
    return [j for j, unit in enumerate(units.features) if unit == units.target]


def _next(samples: Samples, chosen: list[int]) -> tuple[int, list[float], NDArray[np.float64]] | None:
    """The column that leaves least beside `chosen`, all numbers of that line, and what it leaves (rows,)."""
    best: tuple[int, list[float], NDArray[np.float64]] | None = None
    for j in _allowed(samples):
        if j in chosen:
            continue
        columns = samples.X[:, [*chosen, j]]
        middle = columns.mean(0)
        slopes = np.linalg.lstsq(columns - middle, samples.y - samples.y.mean(), rcond=None)[0]
        left = samples.y - samples.y.mean() - (columns - middle) @ slopes
        if best is None or left @ left < best[2] @ best[2]:
            best = j, [float(samples.y.mean() - middle @ slopes), *slopes.tolist()], left
    return best


def _line(samples: Samples, columns: list[int], numbers: list[float]) -> Candidate | None:
    symbols = [sympy.Symbol(samples.names[j], real=True) for j in columns]
    terms = [sympy.Float(slope, 17) * symbol for slope, symbol in zip(numbers[1:], symbols, strict=True)]
    expression = sympy.Add(sympy.Float(numbers[0], 17), *terms)
    return polish(expression, samples.X, samples.y, samples.names, route="straight line")

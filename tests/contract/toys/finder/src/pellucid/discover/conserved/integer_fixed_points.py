"""Whole numbers at which equations of motion stand still. A toy of the tests (compare arXiv 2203.12610 on laws)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from ...algebra.expressions.text import symbols_of
from ...artifacts.laws.fixed_points import FixedPoints
from ...core.claim import Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.equations.dynamics import Dynamics


@dataclass(frozen=True)
class IntegerFixedPoints(Method[Dynamics, FixedPoints]):
    """Every fixed point among the whole numbers up to `largest` in each variable.

    >>> IntegerFixedPoints().explain(Dynamics.parse("x' = x - x**3")).artifact.points
    ((-1,), (0,), (1,))
    """

    largest: int = 2

    def _find(self, subject: Dynamics, context: Context) -> Found[FixedPoints]:
        values = range(-self.largest, self.largest + 1)
        grid = product(values, repeat=len(subject.variables))
        symbols = symbols_of(subject.variables)
        points = tuple(
            point for point in grid if _stands_still(subject, dict(zip(symbols.values(), point, strict=True)))
        )
        found = FixedPoints(subject.variables, subject.rhs, subject.parameters, points)
        share = len(points) / len(values) ** len(subject.variables)
        return Found(found, (Measured("share of the grid that stands still", share, "", key="share"),))


def _stands_still(subject: Dynamics, point: dict[Any, int]) -> bool:
    return all(expression.subs(point).expand() == 0 for expression in subject.expressions())

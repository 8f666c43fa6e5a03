"""The kind of Lie algebra that symmetries span: abelian, solvable, semisimple or neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

Table = Mapping[tuple[int, int], tuple[sympy.Expr, ...] | None]
"""(i, j) with i < j: the coefficients of [X_i, X_j], None where it is no combination of the generators."""


def algebra_of(table: Table, size: int) -> str:
    """Abelian, solvable, semisimple or neither, from the structure constants; "" where they are not known.

    Semisimple by Cartan's criterion (the Killing form is regular), solvable where the derived series ends at 0.
    Parameters are given whole values at random: what is said holds for almost all values.

    >>> one, zero = sympy.Integer(1), sympy.Integer(0)
    >>> algebra_of({(0, 1): (zero, one)}, 2)
    'solvable'
    """
    known = {pair: row for pair, row in table.items() if row is not None}
    if size == 0 or len(known) < len(table):
        return ""
    algebra = _Algebra(_with_numbers(known), size)
    if algebra.is_abelian:
        return "abelian"
    if algebra.is_semisimple:
        return "semisimple"
    return "solvable" if algebra.is_solvable else "neither solvable nor semisimple"


def _with_numbers(table: Mapping[tuple[int, int], tuple[sympy.Expr, ...]]) -> dict[tuple[int, int], Any]:
    """The table with a number for each parameter."""
    parameters = sorted({symbol for row in table.values() for c in row for symbol in c.free_symbols}, key=str)
    numbers = {parameter: sympy.Integer(10007 + 97 * k) for k, parameter in enumerate(parameters)}
    return {pair: [c.xreplace(numbers) for c in row] for pair, row in table.items()}


@dataclass(frozen=True)
class _Algebra:
    """Structure constants [X_i, X_j] = sum_k constants[i, j][k] X_k for i < j; elements are rows (1, size)."""

    constants: Mapping[tuple[int, int], Any]
    size: int

    def bracket(self, a: Any, b: Any) -> Any:
        total = sympy.zeros(1, self.size)
        for (i, j), row in self.constants.items():
            weight = a[i] * b[j] - a[j] * b[i]
            if weight != 0:
                total += weight * sympy.Matrix([row])
        return total

    @cached_property
    def basis(self) -> list[Any]:
        return [sympy.eye(self.size)[k, :] for k in range(self.size)]

    @cached_property
    def adjoint(self) -> list[Any]:
        """ad X for every X of the basis."""
        return [sympy.Matrix.vstack(*(self.bracket(x, y) for y in self.basis)) for x in self.basis]

    @property
    def is_abelian(self) -> bool:
        return all(matrix.is_zero_matrix for matrix in self.adjoint)

    @property
    def is_semisimple(self) -> bool:
        killing = sympy.Matrix(self.size, self.size, lambda i, j: (self.adjoint[i] * self.adjoint[j]).trace())
        return killing.rank() == self.size

    @property
    def is_solvable(self) -> bool:
        """Whether the derived series, [g, g] and so on, comes down to 0."""
        span, before = self.basis, self.size + 1
        while 0 < len(span) < before:
            before, span = len(span), self._derived(span)
        return not span

    def _derived(self, span: list[Any]) -> list[Any]:
        """A basis of all brackets of elements of the span."""
        products = [self.bracket(a, b) for i, a in enumerate(span) for b in span[i + 1 :]]
        reduced = sympy.Matrix.vstack(*products).rref()[0] if products else sympy.zeros(1, self.size)
        return [reduced[k, :] for k in range(reduced.rows) if any(reduced[k, :])]

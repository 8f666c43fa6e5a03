"""What is known about symmetries by name: translations, scalings, boosts, and the kind of Lie algebra they span."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

Table = Mapping[tuple[int, int], tuple[sympy.Expr, ...] | None]
"""(i, j) with i < j: the coefficients of [X_i, X_j], None where it is no combination of the generators."""


def name_of(components: Sequence[sympy.Expr], coordinates: Sequence[str], independent: int) -> str:
    """What physicists call a generator; "" where there is no word. The first `independent` coordinates are t (and x).

    >>> t, x, u = sympy.symbols("t x u", real=True)
    >>> name_of([3 * t, x, -2 * u], ["t", "x", "u"], 2)
    'scaling: t 3, x 1, u -2'
    """
    symbols = [sympy.Symbol(name, real=True) for name in coordinates]
    moved = [i for i, e in enumerate(components) if e != 0]
    free = set().union(*(components[i].free_symbols for i in moved)) & set(symbols)
    if not free:
        word = "translation" if moved[0] < independent or independent == 1 else "shift"
        return f"{word} in {', '.join(coordinates[i] for i in moved)}"
    rates = {i: sympy.cancel(components[i] / symbols[i]) for i in moved}
    if all(not rate.free_symbols & set(symbols) for rate in rates.values()):
        return "scaling: " + ", ".join(f"{coordinates[i]} {rates[i]}" for i in moved)
    turned = _rotation(components, coordinates, symbols, moved)
    if turned:
        return turned
    time, others = symbols[0], symbols[1:]
    lowest = [i for i in moved if i < independent]
    if not lowest and independent == 2 and not free & set(symbols[independent:]):
        return "superposition: adds a solution"
    if components[0] == 0 and all(not sympy.diff(components[i], time, 2) for i in moved):
        places = moved if independent == 1 else lowest
        inner = [sympy.cancel(components[i] / time) for i in places]
        if inner and all(not e.free_symbols & set(symbols) for e in inner):
            return "Galilean boost"
    common = [sympy.cancel(components[i] / s) for i, s in enumerate([time, *others]) if i < max(independent, 1)]
    if independent == 1:
        common = list(rates.values()) if len(rates) == len(symbols) else []
    if common and common[0] != 0 and len(set(common)) == 1 and common[0].free_symbols & set(symbols):
        return "projective"
    linear = all(sympy.Poly(components[i], *symbols).total_degree() == 1 for i in moved)
    return "linear map" if linear else ""


def algebra_of(table: Table, size: int) -> str:
    """Abelian, solvable, semisimple or neither, from the structure constants; "" where they are not known.

    Parameters are given whole values at random: what is said holds for almost all values.
    """
    if size == 0 or any(value is None for value in table.values()):
        return ""
    parameters = sorted(set().union(*(c.free_symbols for row in table.values() for c in row or ())), key=str)
    numbers = {p: sympy.Integer(10007 + 97 * k) for k, p in enumerate(parameters)}
    constants = {key: [c.xreplace(numbers) for c in row or ()] for key, row in table.items()}

    def bracket(a: Any, b: Any) -> Any:
        total = sympy.zeros(1, size)
        for (i, j), row in constants.items():
            weight = a[i] * b[j] - a[j] * b[i]
            if weight != 0:
                total += weight * sympy.Matrix([row])
        return total

    basis = [sympy.eye(size)[k, :] for k in range(size)]
    adjoint = [sympy.Matrix.vstack(*(bracket(x, y) for y in basis)) for x in basis]
    if all(matrix.is_zero_matrix for matrix in adjoint):
        return "abelian"
    killing = sympy.Matrix(size, size, lambda i, j: (adjoint[i] * adjoint[j]).trace())
    if killing.rank() == size:
        return "semisimple"
    span, dimension = basis, size
    while dimension:
        products = [bracket(a, b) for i, a in enumerate(span) for b in span[i + 1 :]]
        reduced = sympy.Matrix.vstack(*products).rref()[0] if products else sympy.zeros(1, size)
        span = [reduced[k, :] for k in range(reduced.rows) if any(reduced[k, :])]
        if len(span) == dimension:
            return "neither solvable nor semisimple"
        dimension = len(span)
    return "solvable"


def _rotation(
    components: Sequence[sympy.Expr], coordinates: Sequence[str], symbols: Sequence[sympy.Symbol], moved: Sequence[int]
) -> str:
    if len(moved) != 2:
        return ""
    i, j = moved
    first, second = sympy.cancel(components[i] / symbols[j]), sympy.cancel(components[j] / symbols[i])
    if (first.free_symbols | second.free_symbols) & set(symbols):
        return ""
    place = f"in {coordinates[i]}, {coordinates[j]}"
    if sympy.expand(first + second) == 0:
        return f"rotation {place}"
    return f"hyperbolic rotation {place}" if sympy.expand(first - second) == 0 else ""

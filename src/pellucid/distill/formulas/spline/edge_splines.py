"""Splines through functions of one variable on a range: the edges of a compiled Kolmogorov-Arnold network.

The error of the spline with a function's values at the knots is (5/384) h^4 max |f^(4)| for cells of width h.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.linalg import solve_banded

from ..expression.tape import CannotCompile, compile_expression
from .symbolic_network import Place

Array = NDArray[np.float64]
Range = tuple[float, float]


def values_of(function: sympy.Expr, x: Array, span: Range) -> Array:
    """The function at x, all of which lies in `span`; raises ValueError where it is unknown or has no value.

    Shape (points,), as x.

    >>> values_of(sympy.Symbol("x", real=True) ** 2, np.array([1.0, 3.0]), (1.0, 3.0)).tolist()
    [1.0, 9.0]
    """
    try:
        with np.errstate(all="ignore"):
            tape = compile_expression(function, ["x"])
            value = np.array(np.broadcast_to(tape(x[:, None]), x.shape), dtype=np.float64)
    except CannotCompile as error:
        raise ValueError(f"formula has the edge {function}, which cannot be compiled: {error}") from None
    if not np.isfinite(value).all():
        raise ValueError(
            f"formula has the edge {function} for x in [{span[0]:.6g}, {span[1]:.6g}], where it is not a finite real "
            "number everywhere; give a smaller box"
        )
    return value


@dataclass(frozen=True)
class SplinedLayer:
    """A layer: its grid, the ranges of its inputs, its edges' coefficients, and how far they are off."""

    grid_size: int
    spans: list[Range]
    splines: dict[Place, Array]
    errors: dict[Place, float]


def interpolate(
    edges: Mapping[Place, sympy.Expr],
    nodes: Sequence[sympy.Expr],
    spans: list[Range],
    grid_size: int,
    tolerance: float,
    finest: int = 16,
) -> SplinedLayer:
    """The layer with these edges, on the first grid on which all of them are near enough.

    It is doubled until it is `finest` times finer than asked for; then ValueError is raised.
    """
    size = grid_size
    while True:
        found = {place: spline_of(function, spans[place[1]], size) for place, function in edges.items()}
        worst, place = max((share, place) for place, (_, _, share) in found.items())
        if worst <= tolerance:
            splines = {place: spline for place, (spline, _, _) in found.items()}
            return SplinedLayer(size, spans, splines, {place: error for place, (_, error, _) in found.items()})
        if size >= finest * grid_size:
            low, high = spans[place[1]]
            raise ValueError(
                f"formula has the edge {edges[place]} for x = {nodes[place[1]]} in [{low:.6g}, {high:.6g}], where "
                f"splines of {size} cells miss it by {worst:.1g}: is it singular there? Give a smaller box, a larger "
                f"grid_size, or a tolerance above {tolerance:g}"
            )
        size *= 2


def spline_of(function: sympy.Expr, span: Range, cells: int) -> tuple[Array, float, float]:
    """The cubic spline with the function's values at the knots and its slopes at the ends.

    Its coefficients (cells + 3,), the largest error at three points in each cell, and that as a share of the function.

    >>> spline, error, share = spline_of(sympy.sin(sympy.Symbol("x", real=True)), (0.0, 1.0), 20)
    >>> spline.shape, error < 1e-7
    ((23,), True)
    """
    low, high = span
    knots = np.linspace(low, high, cells + 1)
    step = (high - low) / cells
    values = values_of(function, knots, span)
    # Slopes from five points close to the end, inside the range: of order 4 as the spline is, and without sympy.
    near = np.linspace(0.0, step / 2, 5)
    weights = np.array([-25, 48, -36, 16, -3]) / 12 / (step / 8)
    first = float(weights @ values_of(function, low + near, span))
    last = -float(weights @ values_of(function, high - near, span))
    bands = np.zeros((5, cells + 3))
    bands[1, 2:], bands[2, 1:-1], bands[3, :-2] = 1 / 6, 4 / 6, 1 / 6
    bands[2, 0], bands[1, 1], bands[0, 2] = -0.5, 0.0, 0.5
    bands[4, -3], bands[3, -2], bands[2, -1] = -0.5, 0.0, 0.5
    spline = solve_banded((2, 2), bands, np.concatenate([[step * first], values, [step * last]]))
    missed = 0.0
    for t in (0.25, 0.5, 0.75):
        basis = np.array([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]) / 6
        found = sum(weight * spline[k : k + cells] for k, weight in enumerate(basis))
        missed = max(missed, float(np.abs(found - values_of(function, knots[:-1] + t * step, span)).max()))
    return spline, missed, missed / max(float(np.abs(values).max()), 1e-300)

"""How far a spline network can be from its formula, edge by edge and layer by layer, over a whole box.

For z_o = sum_i s_io(x_i) in the network and z'_o = sum_i f_io(x'_i) in the formula, with |x_i - x'_i| <= d_i and x_i in
R_i, the mean value theorem gives

    |z_o - z'_o| <= sum_i ( sup_{R_i} |s_io - f_io| + d_i sup_{R_i +- d_i} |f_io'| ),

and R_o = sum_i s_io(R_i). A product of two nodes, |ab - a'b'| <= |a| d_b + (|b| + d_b) d_a. Every sup is a bound in
balls (`spline_edges`), so the sum is one for all real numbers in the box.
Networks: KAN, arXiv 2404.19756; products: KAN 2.0, arXiv 2408.10205 section 3.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import sympy
from flint import ctx
from numpy.typing import NDArray

from .arb_functions import SeriesFunction, series_function
from .spline_edges import SplineEdge, slope_bound, sup, value_range

X = sympy.Symbol("x", real=True)
"""The variable of every edge's formula."""

EdgeFormulas: TypeAlias = Mapping[tuple[int, int, int], sympy.Expr]
"""(layer, input, output) -> the formula of that edge in `X`; an edge that is not named stands for 0."""


@dataclass(frozen=True)
class Layer:
    """Weights of one layer: coefficients (in, G + 3, out), grid low and high (in,), base (in, out), mask (in, out).

    The first `sums` of its outputs are nodes of the next layer, each later pair is multiplied into one.
    """

    coefficients: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    base: NDArray[np.float64] | None
    mask: NDArray[np.float64]
    sums: int

    def edge(self, i: int, o: int) -> SplineEdge:
        """One edge, with its mask multiplied in."""
        mask = float(self.mask[i, o])
        if mask not in (0.0, 1.0):
            raise ValueError(f"mask[{i}, {o}] is {mask}; an edge is there (1) or not (0)")
        coefficients = self.coefficients[i, :, o] * mask
        base = 0.0 if self.base is None else float(self.base[i, o]) * mask
        return SplineEdge(coefficients.tolist(), float(self.low[i]), float(self.high[i]), base)


@dataclass(frozen=True)
class NetworkBound:
    """|network - formula| <= `errors[o]` for each output o, everywhere in the box; infinite where nothing is known."""

    errors: tuple[float, ...]
    pieces: int
    """Intervals that were bounded."""


def bound_network(layers: Sequence[Layer], edges: EdgeFormulas, box: Sequence[tuple[float, float]]) -> NetworkBound:
    """The bound above for a network given by its layers and a formula for each edge. Raises NotBounded, ValueError."""
    if len(box) != layers[0].coefficients.shape[0]:
        raise ValueError(f"box has {len(box)} ranges; give {layers[0].coefficients.shape[0]}, one for each feature")
    with ctx.workprec(128):  # far more bits than float64 weights have: only bisection decides how tight a bound is
        ranges, errors, pieces = list(box), [0.0] * len(box), 0
        for number, layer in enumerate(layers):
            formulas = {(i, o): f for (layer_number, i, o), f in edges.items() if layer_number == number}
            ranges, errors, count = _through(layer, formulas, ranges, errors)
            pieces += count
    return NetworkBound(tuple(errors), pieces)


def _through(
    layer: Layer, formulas: Mapping[tuple[int, int], sympy.Expr], ranges: list[tuple[float, float]], errors: list[float]
) -> tuple[list[tuple[float, float]], list[float], int]:
    """Ranges and errors of the nodes after the layer."""
    inputs, _, outputs = layer.coefficients.shape
    low, high, error, count = [0.0] * outputs, [0.0] * outputs, [0.0] * outputs, 0
    for i in range(inputs):
        for o in range(outputs):
            edge, formula = layer.edge(i, o), series_function(formulas.get((i, o), sympy.Integer(0)), X)
            if not layer.mask[i, o] and (i, o) not in formulas:
                continue
            pieces = edge.pieces(*ranges[i])
            distance, used = sup(pieces, formula)
            count += used
            error[o] = _up(error[o] + _up(distance + _carried(formula, ranges[i], errors[i])))
            least, most = value_range(pieces)
            low[o], high[o] = math.nextafter(low[o] + least, -math.inf), _up(high[o] + most)
    return (*_multiplied(list(zip(low, high, strict=True)), error, layer.sums), count)


def _carried(formula: SeriesFunction, span: tuple[float, float], error: float) -> float:
    """How much an error of the input can change the formula's value."""
    if error == 0 or not math.isfinite(error):
        return error
    return _up(error * slope_bound(formula, math.nextafter(span[0] - error, -math.inf), _up(span[1] + error)))


def _multiplied(
    ranges: list[tuple[float, float]], errors: list[float], sums: int
) -> tuple[list[tuple[float, float]], list[float]]:
    """The first `sums` nodes as they are, each later pair as its product."""
    spans, distances = ranges[:sums], errors[:sums]
    for k in range(sums, len(ranges), 2):
        (a, b), (c, d) = ranges[k], ranges[k + 1]
        corners = [x * y for x in (a, b) for y in (c, d)]
        spans.append((math.nextafter(min(corners), -math.inf), _up(max(corners))))
        left, right = max(abs(a), abs(b)), _up(max(abs(c), abs(d)) + errors[k + 1])
        distances.append(_up(_up(left * errors[k + 1]) + _up(right * errors[k])))
    return spans, distances


def _up(value: float) -> float:
    return math.nextafter(value, math.inf)

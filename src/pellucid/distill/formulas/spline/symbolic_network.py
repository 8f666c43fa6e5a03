"""A Kolmogorov-Arnold network whose edges are functions with a name, splines, or a mixture; refitted as a whole.

    sum_lo = sum_i edge_lio(x_li) + bias_lo,   edge: c f(a x + b) or a spline;   pairs of sums at the end are multiplied

The Jacobian is analytic (one backward pass): a refit of twenty parameters on a thousand rows takes milliseconds.
Idle parameters (idle in f, or because two layers share a scale) stay where they are; they are not counted
(`Refit.rank`), which is what a description length needs (arXiv 2404.19756 section 2.5.1 leaves them all free).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ....nets.splines.jacobian import basis, silu
from ..expression.primitives import LINEAR, Array, Primitive
from ..expression.refit import Refit, refit

Place = tuple[int, int, int]
"""An edge: its layer, the node it comes from, the sum it goes into."""


@dataclass(frozen=True)
class SymbolicEdge:
    """c f(a x + b); its parameters are c, and those of a and b that f does not leave idle."""

    function: Primitive
    a: float = 1.0
    b: float = 0.0
    c: float = 1.0

    def parameters(self) -> Array:
        """c, and those of a and b that are not idle: shape (size,)."""
        free_a, free_b = self.function.free
        return np.array([self.c, *([self.a] if free_a else []), *([self.b] if free_b else [])])

    def with_parameters(self, p: Array) -> SymbolicEdge:
        """The same function with these parameters, of shape (size,)."""
        free_a, free_b = self.function.free
        return SymbolicEdge(
            self.function, float(p[1]) if free_a else self.a, float(p[-1]) if free_b else self.b, float(p[0])
        )

    def evaluate(self, x: Array) -> tuple[Array, Array, Array]:
        """Value and slope (rows,), and the gradient by the parameters (rows, size); NaN outside the domain."""
        z = self.a * x + self.b
        if self.function.low > -np.inf or self.function.high < np.inf:
            z = np.where((z > self.function.low) & (z < self.function.high), z, np.nan)
        value, slope = self.function.function(z), self.c * self.function.slope(z)
        free_a, free_b = self.function.free
        columns = [value] + ([slope * x] if free_a else []) + ([slope] if free_b else [])
        return self.c * value, self.a * slope, np.column_stack(columns)

    def expression(self, x: sympy.Expr) -> sympy.Expr:
        """c f(a x + b) of an expression."""
        inner = x if self.function.gauge == "linear" else _times(self.a, x) + _exact(self.b)
        return _times(self.c, self.function.symbol(inner))


@dataclass(frozen=True, eq=False)
class SplineEdge:
    """A cubic spline on a uniform grid over [low, high], plus base · silu(x), as in `nets.KAN`."""

    low: float
    high: float
    coefficients: Array
    base: float = 0.0

    def parameters(self) -> Array:
        """The coefficients, of shape (cells + 3,)."""
        return self.coefficients

    def with_parameters(self, p: Array) -> SplineEdge:
        """The same grid with these coefficients, of shape (cells + 3,)."""
        return replace(self, coefficients=p)

    def evaluate(self, x: Array) -> tuple[Array, Array, Array]:
        """Value and slope of shape (rows,), and the gradient by the coefficients, of shape (rows, cells + 3)."""
        count = len(self.coefficients)
        spacing = np.array([(self.high - self.low) / (count - 3)])
        here = basis(x[:, None], np.array([self.low]), spacing, count - 3)
        columns = here.first + np.arange(4)
        local = self.coefficients[columns]
        gradient = np.zeros((len(x), count))
        np.put_along_axis(gradient, columns, here.values[:, 0], axis=1)
        smooth, bend = silu(x)
        value = (here.values[:, 0] * local).sum(1) + self.base * smooth
        return value, (here.slopes[:, 0] * local).sum(1) + self.base * bend, gradient


Edge = SymbolicEdge | SplineEdge


@dataclass(frozen=True, eq=False)
class SymbolicNetwork:
    """`widths` as in `nets.KAN`, one output; edges that are missing are zero; `biases` (sums,) for each layer.

    >>> from pellucid.distill.formulas.expression.primitives import LIBRARY, find
    >>> edge = SymbolicEdge(find(LIBRARY, "sin"), a=2.0)
    >>> SymbolicNetwork((1, 1), {(0, 0, 0): edge}, (np.ones(1),)).expression(["x"])
    sin(2*x) + 1
    """

    widths: tuple[int | tuple[int, int], ...]
    edges: Mapping[Place, Edge]
    biases: tuple[Array, ...]

    def __call__(self, X: Array) -> Array:
        """The output (rows,) at X (rows, features); NaN where an edge is outside its domain."""
        with np.errstate(all="ignore"):
            return self._forward(X)[0]

    def sums(self, X: Array) -> list[Array]:
        """The sums (rows, sums) of every layer, before pairs of them are multiplied."""
        with np.errstate(all="ignore"):
            return self._forward(X)[2]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """All edges, in order."""
        return tuple(sorted(self.edges))

    def parameters(self) -> Array:
        """The edges' parameters in the order of `places`, then all biases: shape (size,)."""
        return np.concatenate([*(self.edges[place].parameters() for place in self.places), *self.biases])

    def with_parameters(self, p: Array) -> SymbolicNetwork:
        """The same network with these parameters, of shape (size,)."""
        edges: dict[Place, Edge] = {}
        start = 0
        for place in self.places:
            size = len(self.edges[place].parameters())
            edges[place] = self.edges[place].with_parameters(p[start : start + size])
            start += size
        biases = []
        for bias in self.biases:
            biases.append(p[start : start + len(bias)])
            start += len(bias)
        return SymbolicNetwork(self.widths, edges, tuple(biases))

    def linearise(self, X: Array) -> tuple[Array, Array]:
        """The output (rows,) and its Jacobian by all parameters (rows, size)."""
        output, values, sums = self._forward(X)
        blocks: dict[Place, Array] = {}
        by_bias: list[Array] = [np.empty(0)] * len(self.biases)
        adjoint = np.ones((len(X), 1))
        for layer in range(len(self.biases) - 1, -1, -1):
            adjoint = _before_products(adjoint, sums[layer], self.widths[layer + 1])
            by_bias[layer] = adjoint
            below = np.zeros((len(X), _nodes(self.widths[layer])))
            for place in self.places:
                if place[0] == layer:
                    _, slope, gradient = values[place]
                    blocks[place] = adjoint[:, place[2], None] * gradient
                    below[:, place[1]] += adjoint[:, place[2]] * slope
            adjoint = below
        return output, np.column_stack([*(blocks[place] for place in self.places), *by_bias])

    def trace(self, X: Array) -> tuple[Array, dict[Place, Array], dict[Place, Array], dict[Place, Array]]:
        """The output (rows,); each edge's input, its value, and the output's derivative by that value, all (rows,).

        X has shape (rows, features).
        """
        output, values, sums = self._forward(X)
        inputs: dict[Place, Array] = {}
        adjoints: dict[Place, Array] = {}
        adjoint = np.ones((len(X), 1))
        for layer in range(len(self.biases) - 1, -1, -1):
            adjoint = _before_products(adjoint, sums[layer], self.widths[layer + 1])
            nodes = X if layer == 0 else _after_products(sums[layer - 1], self.widths[layer])
            below = np.zeros_like(nodes)
            for place in self.places:
                if place[0] == layer:
                    inputs[place], adjoints[place] = nodes[:, place[1]], adjoint[:, place[2]]
                    below[:, place[1]] += adjoint[:, place[2]] * values[place][1]
            adjoint = below
        return output, inputs, {place: value[0] for place, value in values.items()}, adjoints

    def refitted(
        self, X: Array, y: Array, steps: int = 40, free: NDArray[np.bool_] | None = None
    ) -> tuple[SymbolicNetwork, Refit] | None:
        """The `free` parameters (by default all) by least squares on y (rows,); None where it is not defined on X.

        X has shape (rows, features); `free` (size,).
        """
        start = self.parameters()
        free = np.ones(len(start), dtype=bool) if free is None else free

        def put(p: Array) -> Array:
            full = start.copy()
            full[free] = p
            return full

        def residual(p: Array) -> tuple[Array, Array]:
            output, jacobian = self.with_parameters(put(p)).linearise(X)
            return output - y, jacobian[:, free]

        done = refit(residual, start[free], steps)
        return None if done is None else (self.with_parameters(put(done.parameters)), done)

    def offsets(self) -> NDArray[np.int64]:
        """Where the parameters stand that shift: the b of edges, and the biases.

        Shape (offsets,).
        """
        found, start = [], 0
        for place in self.places:
            edge = self.edges[place]
            size = len(edge.parameters())
            if isinstance(edge, SymbolicEdge) and edge.function.free[1]:
                found.append(start + size - 1)
            start += size
        return np.array([*found, *range(start, start + sum(len(bias) for bias in self.biases))], dtype=np.int64)

    def without_offsets(self, X: Array, y: Array, floor: float) -> SymbolicNetwork:
        """Without the shifts that are not needed: each is set to zero where that costs less than keeping it.

        That is n/2 log2(mse_new / mse_old) < log2(n) / 2 + 4 bits, one after the other, the weakest first; `floor` is
        the mean square that counts as exact. It also settles what two factors of a product could hand to each other.

        X has shape (rows, features), y (rows,).
        """
        network = self
        done = network.refitted(X, y, 60)
        if done is None:
            return self
        network, square = done[0], max(done[1].mean_square, floor)
        allowed = np.log2(len(y)) / 2 + 4
        free = np.ones(len(network.parameters()), dtype=bool)
        for index in sorted(self.offsets().tolist(), key=lambda i: (abs(float(network.parameters()[i])), i)):
            p = network.parameters()
            p[index] = 0.0
            free[index] = False
            tried = network.with_parameters(p).refitted(X, y, 30, free)
            if tried is not None:
                new = max(tried[1].mean_square, floor)
                if len(y) / 2 * np.log2(new / square) < allowed:
                    network, square = tried[0], new
                    continue
            free[index] = True
        return network

    def expression(self, names: Sequence[str]) -> sympy.Expr:
        """The formula, with floating constants; raises ValueError where an edge is still a spline."""
        nodes: list[sympy.Expr] = [sympy.Symbol(name, real=True) for name in names]
        for layer, bias in enumerate(self.biases):
            sums: list[sympy.Expr] = [_exact(value) for value in bias]
            for place in self.places:
                if place[0] == layer:
                    edge = self.edges[place]
                    if isinstance(edge, SplineEdge):
                        raise ValueError(f"edge {place} is a spline; give it a function first (suggest, fix)")
                    sums[place[2]] = sums[place[2]] + edge.expression(nodes[place[1]])
            plain, products = split_width(self.widths[layer + 1])
            nodes = sums[:plain] + [sums[plain + 2 * k] * sums[plain + 2 * k + 1] for k in range(products)]
        return nodes[0]

    def _forward(self, X: Array) -> tuple[Array, dict[Place, Any], list[Array]]:
        values: dict[Place, Any] = {}
        kept: list[Array] = []
        nodes = X
        for layer, bias in enumerate(self.biases):
            sums = np.tile(bias, (len(X), 1))
            for place in self.places:
                if place[0] == layer:
                    values[place] = self.edges[place].evaluate(nodes[:, place[1]])
                    sums[:, place[2]] += values[place][0]
            kept.append(sums)
            nodes = _after_products(sums, self.widths[layer + 1])
        return nodes[:, 0], values, kept


def split_width(width: int | tuple[int, int]) -> tuple[int, int]:
    """How many nodes of a width are sums, and how many products of two sums.

    >>> split_width(3), split_width((2, 1))
    ((3, 0), (2, 1))
    """
    return (width, 0) if isinstance(width, int) else (width[0], width[1])


def products_of(nodes: Array, width: int | tuple[int, int]) -> Array:
    """One number for each sum from one for each node (nodes,): the two factors of a product both get the product's.

    Shapes: (nodes,) gives (sums,).

    >>> products_of(np.array([1.0, 2.0]), (1, 1)).tolist()
    [1.0, 2.0, 2.0]
    """
    plain, _ = split_width(width)
    return np.concatenate([nodes[:plain], np.repeat(nodes[plain:], 2)])


def _nodes(width: int | tuple[int, int]) -> int:
    return sum(split_width(width))


def _after_products(sums: Array, width: int | tuple[int, int]) -> Array:
    plain, products = split_width(width)
    if not products:
        return sums
    return np.concatenate([sums[:, :plain], sums[:, plain::2] * sums[:, plain + 1 :: 2]], axis=1)


def _before_products(adjoint: Array, sums: Array, width: int | tuple[int, int]) -> Array:
    plain, products = split_width(width)
    if not products:
        return adjoint
    out = np.empty_like(sums)
    out[:, :plain] = adjoint[:, :plain]
    out[:, plain::2] = adjoint[:, plain:] * sums[:, plain + 1 :: 2]
    out[:, plain + 1 :: 2] = adjoint[:, plain:] * sums[:, plain::2]
    return out


def _exact(value: float) -> sympy.Expr:
    """A float as sympy keeps it, whole numbers as integers, so that 1 x + 0 is x."""
    return sympy.Integer(int(value)) if value == int(value) else sympy.Float(value, 17)


def _times(factor: float, expression: sympy.Expr) -> sympy.Expr:
    return _exact(factor) * expression


def linear_edge(slope: float) -> SymbolicEdge:
    """The edge slope · x.

    >>> linear_edge(2.0).expression(sympy.Symbol("x"))
    2*x
    """
    return SymbolicEdge(LINEAR, 1.0, 0.0, slope)

"""Poisson's equation solved by a KAN: Gauss-Newton on the residual of the equation (arXiv 2404.19756 section 3.4).

    minimise  alpha/n_i sum_i |laplace u(z_i) - f(z_i)|^2 + 1/n_b sum_b |u(z_b) - g(z_b)|^2

Values, gradients and Laplacians go forward through the layers together,

    v_o = sum phi(v_i),   grad_o = sum phi' grad_i,   lap_o = sum phi'' |grad_i|^2 + phi' lap_i,

and one backward pass through the same equations gives the exact Jacobian: 4 entries per edge and point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import qmc

from pellucid.nets.splines.jacobian import Array, ArrayLayer, ArrayNetwork, Rows, basis_matrix, cubic
from pellucid.nets.splines.kan import KAN
from pellucid.nets.splines.least_squares import Fitted, network_of
from pellucid.nets.splines.levenberg_marquardt import Descent, descend
from pellucid.nets.splines.spline_fit import FLOOR, Table, follow, penalty, random_arrays
from pellucid.run.threads import one_thread


@dataclass
class Jet:
    """Values (rows, in), gradients (rows, in, d) and Laplacians (rows, in) going into a layer, with its basis there.

    `splines` holds the four splines and their first three derivatives, each (rows, in, 4); `edges` the derivatives
    0 to 3 of every edge, each (rows, in, out).
    """

    value: Array
    gradient: Array
    laplacian: Array
    first: Array
    splines: list[Array]
    edges: list[Array]

    @property
    def square(self) -> Array:
        return np.einsum("rid,rid->ri", self.gradient, self.gradient)


def jets(network: ArrayNetwork, x: Array) -> tuple[list[Jet], Array, Array, Array]:
    """The jet into every layer, and value (rows, out), gradient (rows, out, d), Laplacian (rows, out) of the output."""
    rows, features = x.shape
    value, laplacian = x, np.zeros_like(x)
    gradient = np.broadcast_to(np.eye(features), (rows, features, features))
    out = []
    for layer in network.layers:
        jet = _jet(layer, value, gradient, laplacian)
        out.append(jet)
        flat, slope, bend, _ = jet.edges
        value = flat.sum(axis=1)
        gradient = np.einsum("rio,rid->rod", slope, jet.gradient)
        laplacian = np.einsum("rio,ri->ro", bend, jet.square) + np.einsum("rio,ri->ro", slope, jet.laplacian)
    return out, value, gradient, laplacian


def _jet(layer: ArrayLayer, value: Array, gradient: Array, laplacian: Array) -> Jet:
    place = (value - layer.low) / layer.spacing
    inside = np.clip(place, 0.0, layer.grid_size)
    first = np.minimum(inside.astype(np.int64), layer.grid_size - 1)
    splines = [cubic(inside - first, order) / layer.spacing[:, None] ** order for order in range(4)]
    over = (place - inside) * layer.spacing
    splines[0] = splines[0] + over[..., None] * splines[1]
    splines[2:] = [np.where((over != 0)[..., None], 0.0, spline) for spline in splines[2:]]
    inputs, _, nodes = layer.coefficients.shape
    coefficients = (layer.coefficients * layer.mask[:, None, :]).reshape(-1, nodes)
    edges = []
    for spline in splines:
        flat = basis_matrix(first, spline, layer.grid_size, per_input=True) @ coefficients
        edges.append(flat.reshape(len(value), inputs, nodes))
    return Jet(value, gradient, laplacian, first, splines, edges)


def jet_jacobian(network: ArrayNetwork, found: list[Jet], value: Array, laplacian: Array) -> Rows:
    """The Jacobian of value · u + laplacian · laplace u at every point, for weights (rows,) of the two."""
    rows, features = found[0].value.shape
    adjoint_value, adjoint_laplacian = value[:, None], laplacian[:, None]
    adjoint_gradient = np.zeros((rows, 1, features))
    columns, entries, stop = [], [], network.size
    for layer, jet in zip(network.layers[::-1], found[::-1], strict=True):
        start = stop - layer.size
        inputs, count, nodes = layer.coefficients.shape
        along = np.einsum("rod,rid->rio", adjoint_gradient, jet.gradient)
        along += adjoint_laplacian[:, None, :] * jet.laplacian[..., None]
        across = adjoint_laplacian[:, None, :] * jet.square[..., None]
        still = np.broadcast_to(adjoint_value[:, None, :], along.shape)
        parts = zip(jet.splines[:3], (still, along, across), strict=True)
        entry = sum(spline[..., None] * weight[:, :, None, :] for spline, weight in parts)
        place = jet.first[..., None] + np.arange(inputs)[:, None] * count + np.arange(4)
        column = (start + nodes * place)[..., None] + np.arange(nodes)
        entries.append((entry * layer.mask[:, None, :]).reshape(rows, -1))
        columns.append(column.reshape(rows, -1))
        _, slope, bend, third = jet.edges
        twice = 2 * np.einsum("ro,rio->ri", adjoint_laplacian, bend)[..., None] * jet.gradient
        adjoint_gradient = np.einsum("rod,rio->rid", adjoint_gradient, slope) + twice
        adjoint_value = (still * slope + along * bend + across * third).sum(axis=2)
        adjoint_laplacian = np.einsum("ro,rio->ri", adjoint_laplacian, slope)
        stop = start
    return Rows(np.concatenate(columns, axis=1), np.concatenate(entries, axis=1), network.size)


@dataclass
class Equation:
    """The residuals of the equation inside and of the boundary values, for `descend`.

    points (n_i + n_b, d), the interior ones first; wanted: f there, then g.
    """

    network: ArrayNetwork
    points: Array
    wanted: Array
    interior: int
    alpha: float

    @property
    def weights(self) -> tuple[Array, Array]:
        """Those of the value and of the Laplacian, so that the mean square is the loss."""
        total = len(self.points)
        inside = np.arange(total) < self.interior
        value = np.where(inside, 0.0, np.sqrt(total / max(total - self.interior, 1)))
        return value, np.where(inside, np.sqrt(self.alpha * total / self.interior), 0.0)

    def residuals(self, parameters: Array) -> tuple[Array, tuple[ArrayNetwork, list[Jet]]]:
        network = self.network.with_parameters(parameters)
        found, value, _, laplacian = jets(network, self.points)
        on_value, on_laplacian = self.weights
        wanted = self.wanted * (on_value + on_laplacian)
        return on_value * value[:, 0] + on_laplacian * laplacian[:, 0] - wanted, (network, found)

    def jacobian(self, evaluated: tuple[ArrayNetwork, list[Jet]]) -> Rows:
        network, found = evaluated
        return jet_jacobian(network, found, *self.weights)


def solve_poisson(
    widths: Sequence[int],
    source: Callable[[Array], Array],
    box: Array,
    *,
    boundary: Callable[[Array], Array] | None = None,
    grid_sizes: Sequence[int] = (5, 10, 20),
    interior: int = 2000,
    edge: int = 400,
    alpha: float = 0.01,
    steps: int = 30,
    smooth: float = 1e-7,
    restarts: int = 12,
    seed: int = 0,
) -> Fitted:
    """laplace u = source inside the box (2, d), u = boundary (zero where none is given) on its faces.

    source and boundary map points (rows, d) to (rows,). `interior` and `edge` scattered points, new for every grid.
    `rmse` of the result is the square root of the loss.

    Raises:
        ValueError: widths that do not go from d to 1, multiplication nodes.
    """
    low, high = np.asarray(box, dtype=np.float64)
    if any(not isinstance(width, int) for width in widths) or widths[0] != len(low) or widths[-1] != 1:
        raise ValueError(f"widths={list(widths)!r}; give whole numbers from {len(low)} (the box) to 1")
    if not grid_sizes or restarts < 1:
        raise ValueError(f"grid_sizes={tuple(grid_sizes)}, restarts={restarts}; give at least one of both")
    generator = np.random.default_rng(seed)

    def drawn(inside: int, on_edge: int) -> tuple[Array, Array]:
        points = _points(low, high, inside, on_edge, generator)
        wanted = source(points)
        wanted[inside:] = 0.0 if boundary is None else boundary(points[inside:])
        return points, wanted

    with one_thread():
        few = (interior // 4, edge // 4)
        points, wanted = drawn(*few)
        table = Table(points, wanted[:, None])
        starts = []
        for _ in range(restarts):
            arrays = random_arrays(widths, grid_sizes[0], table, generator, np.array([low, high]))
            starts.append(_solve(arrays, points, wanted, few[0], alpha, grid_sizes[0], Descent(steps // 2, smooth)))
        arrays, history = min(starts, key=lambda start: start[1][-1])
        path = []
        for grid in grid_sizes:
            points, wanted = drawn(interior, edge)
            arrays, gone = _solve(arrays, points, wanted, interior, alpha, grid, Descent(steps, smooth))
            history += gone
            path.append((grid, gone[-1], float("nan")))
    like = KAN(list(widths), grid_sizes[0], base=False)
    return Fitted(network_of(arrays, like), history[-1], tuple(history), path=tuple(path))


def _solve(
    arrays: ArrayNetwork, points: Array, wanted: Array, interior: int, alpha: float, grid: int, descent: Descent
) -> tuple[ArrayNetwork, list[float]]:
    """Descend on one grid, twice, with ranges that follow the points in between; the history ends with the loss."""
    box = np.array([arrays.layers[0].low, arrays.layers[0].high])
    flat = Table(points, np.zeros((len(points), 1)))
    descent = replace(descent, floor=FLOOR, tolerance=1e-4)
    history = []
    for turn in range(2):
        arrays = follow(arrays, points, grid if turn == 0 else None, box)
        problem = Equation(arrays, points, wanted, interior, alpha)
        ended = descend(problem, arrays.parameters(), descent, penalty(arrays, flat))
        arrays = arrays.with_parameters(ended.parameters)
        history += [float(np.sqrt(square)) for square in ended.history]
    return arrays, history


def _points(low: Array, high: Array, interior: int, edge: int, generator: np.random.Generator) -> Array:
    """Evenly scattered points inside, then on the faces: a sum over them is close to the integral."""
    spread = (qmc.Halton(len(low), scramble=False).random(interior + edge) + generator.random(len(low))) % 1
    points = low + (high - low) * spread
    face = np.arange(edge) % (2 * len(low))
    points[interior + np.arange(edge), face // 2] = np.where(face % 2, high[face // 2], low[face // 2])
    return points

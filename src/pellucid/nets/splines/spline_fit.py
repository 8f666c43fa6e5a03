"""The descent of a KAN as arrays: the table, its residuals, ranges that follow the data, random starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from .jacobian import (
    Array,
    ArrayLayer,
    ArrayNetwork,
    FirstBasis,
    Pass,
    Rows,
    curvature,
    first_basis,
    jacobian,
    on_new_grid,
)
from .levenberg_marquardt import Descent, descend

FLOOR = 1e-15
"""What curvature always costs, as a share of the variance of the target: without it, coefficients that no row
touches drift; with more of it, errors below 1e-10 are out of reach."""


@dataclass
class Table:
    """The rows to fit: x (rows, in), y (rows, out), and the square roots of the weights (rows, 1), mean square one."""

    x: Array
    y: Array
    root: Array | None = None

    @property
    def scale(self) -> Array:
        """The spread of every output, or one where it is constant.

        Shape (out,).

        >>> Table(np.zeros((2, 1)), np.array([[1.0, 5.0], [3.0, 5.0]])).scale.tolist()
        [1.0, 1.0]
        """
        spread = self.y.std(axis=0)
        return np.where(spread > 0, spread, 1.0)

    def mean_square(self, network: ArrayNetwork) -> float:
        """Over rows and outputs, weighted."""
        difference = network(self.x) - self.y
        if self.root is not None:
            difference = difference * self.root
        return float(np.mean(difference**2))

    def trimmed_rmse(self, network: ArrayNetwork) -> float:
        """The root mean square without the worst fiftieth: one row just outside all others must not decide."""
        difference = network(self.x) - self.y
        if self.root is not None:
            difference = difference * self.root
        squares = np.sort((difference**2).mean(axis=1))
        return float(np.sqrt(squares[: len(squares) - len(squares) // 50].mean()))

    def pick(self, rows: NDArray[np.int64]) -> Table:
        """Those rows, by their numbers, of shape (k,).

        >>> Table(np.zeros((3, 2)), np.arange(3.0)[:, None]).pick(np.array([0, 2])).y[:, 0].tolist()
        [0.0, 2.0]
        """
        return Table(self.x[rows], self.y[rows], None if self.root is None else self.root[rows])


@dataclass
class Curves:
    """The residuals of a KAN over a table, for `descend`."""

    network: ArrayNetwork
    table: Table
    first: FirstBasis

    def residuals(self, parameters: Array) -> tuple[Array, tuple[ArrayNetwork, Pass]]:
        """Shape (rows · out,), and what `jacobian` needs."""
        network = self.network.with_parameters(parameters)
        run = network.forward(self.table.x, self.first)
        difference = run.output - self.table.y
        if self.table.root is not None:
            difference = difference * self.table.root
        return difference.ravel(), (network, run)

    def jacobian(self, evaluated: tuple[ArrayNetwork, Pass]) -> Rows:
        """Lines of shape (rows · out, entries)."""
        network, run = evaluated
        rows = jacobian(network, run)
        if self.table.root is not None:
            rows.entries *= np.repeat(self.table.root, run.output.shape[1], axis=0)
        return rows


def fit_arrays(
    arrays: ArrayNetwork,
    table: Table,
    descent: Descent,
    *,
    regrid: bool = True,
    rounds: int = 2,
    grid_size: int | None = None,
    box: Array | None = None,
) -> tuple[ArrayNetwork, list[float]]:
    """The descent itself, on arrays: ranges, steps, ranges, steps; the best network seen is returned."""
    if regrid:
        arrays = follow(arrays, table.x, grid_size, box)
    best, best_square = arrays, table.mean_square(arrays)
    history = [float(np.sqrt(best_square))]
    left = descent.steps
    descent = replace(descent, floor=FLOOR * float(np.mean(table.scale**2)) if descent.smooth else 0.0)
    for turn in range(rounds):
        share = left // (rounds - turn)
        if share < 1:
            break
        problem = Curves(arrays, table, first_basis(arrays.layers[0], table.x))
        ended = descend(problem, arrays.parameters(), replace(descent, steps=share), penalty(arrays, table))
        arrays = arrays.with_parameters(ended.parameters)
        history += [float(np.sqrt(square)) for square in ended.history[1:]]
        left -= max(len(ended.history) - 1, 1)
        if ended.mean_square < best_square or not np.isfinite(best_square):
            best, best_square = arrays, ended.mean_square
        if ended.mean_square <= descent.target:
            break
        if regrid and turn + 1 < rounds:
            arrays = follow(arrays, table.x, None, box)
    history.append(float(np.sqrt(best_square)))
    return best, history


def penalty(arrays: ArrayNetwork, table: Table) -> sparse.csr_matrix:
    """Curvature, every node's in units of its own spread: the same for a network and its rescaled twin."""
    scales = []
    run = arrays.forward(table.x)
    for total in run.sums:
        spread = total.std(axis=0)
        scales.append(np.where(spread > 0, spread, 1.0))
    scales[-1] = table.scale if arrays.layers[-1].products == 0 else scales[-1]
    return curvature(arrays, scales)


def follow(arrays: ArrayNetwork, x: Array, grid_size: int | None = None, box: Array | None = None) -> ArrayNetwork:
    """Move every layer's ranges to where its inputs are, and change the grid where asked, layer by layer.

    A layer whose range already fits (covers the inputs, and not much more) is left as it is.

    x has shape (rows, in), box (2, in).
    """
    layers = []
    inputs = x
    for depth, layer in enumerate(arrays.layers):
        low, high = ranges(inputs, box if depth == 0 else None)
        size = grid_size or layer.grid_size
        if size != layer.grid_size or _misfit(layer, low, high, exact=depth == 0):
            layer = on_new_grid(layer, low, high, size)
        layers.append(layer)
        inputs = ArrayNetwork([layer])(inputs)
    return ArrayNetwork(layers)


def ranges(x: Array, box: Array | None = None) -> tuple[Array, Array]:
    """The box (2, in) given, or the range of x (rows, in) with a little to spare, never of width zero.

    The spare is a share of the width, and no less than rounding takes: a column of 1e-20 has a grid of its own size.

    >>> ranges(np.array([[1.0], [1.0]]))
    (array([0.5]), array([1.5]))
    >>> low, high = ranges(np.array([[1e-20], [2e-20]]))
    >>> bool(high - low < 2e-20)
    True
    """
    if box is not None:
        return box[0], box[1]
    low, high = x.min(axis=0), x.max(axis=0)
    width = high - low
    size = np.maximum(np.abs(low), np.abs(high))
    spare = np.maximum(width * max(min(0.02, 2.0 / len(x)), 1e-9), 1e-14 * size)
    spare = np.where(width > 1e-13 * size, spare, np.maximum(0.5, 1e-3 * size))
    return low - spare, high + spare


def _misfit(layer: ArrayLayer, low: Array, high: Array, *, exact: bool) -> bool:
    width = layer.high - layer.low
    outside = np.maximum(layer.low - low, high - layer.high) / width
    unused = np.maximum(low - layer.low, layer.high - high) / width
    return bool(np.any(outside > (1e-9 if exact else 0.01)) or np.any(unused > (0.02 if exact else 0.1)))


def table_of(X: ArrayLike | torch.Tensor, y: ArrayLike | torch.Tensor, weights: ArrayLike | None = None) -> Table:
    """X and y as float64 arrays with their shapes checked.

    >>> table_of([[1.0], [2.0]], [3.0, 4.0]).y.shape
    (2, 1)
    """
    x = np.ascontiguousarray(_array(X), dtype=np.float64)
    target = np.ascontiguousarray(_array(y), dtype=np.float64)
    target = target[:, None] if target.ndim == 1 else target
    if x.ndim != 2 or len(x) == 0:
        raise ValueError(f"X has the shape {x.shape}; give (rows, features) with at least one row")
    if target.ndim != 2 or len(target) != len(x):
        raise ValueError(f"y has the shape {target.shape} for {len(x)} rows of X; give (rows,) or (rows, outputs)")
    for name, array in (("X", x), ("y", target)):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds NaN or infinity; drop those rows first")
    return Table(x, target, None if weights is None else _roots(np.asarray(_array(weights), dtype=np.float64), len(x)))


def _roots(weights: Array, rows: int) -> Array:
    """The square roots (rows, 1) of weights (rows,) that are divided by their mean."""
    if weights.shape != (rows,) or not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() == 0:
        raise ValueError(f"weights of shape {weights.shape} must be {rows} finite numbers, none negative, not all zero")
    return np.sqrt(weights / weights.mean())[:, None]


def _array(values: ArrayLike | torch.Tensor) -> ArrayLike:
    if isinstance(values, torch.Tensor):
        return values.detach().cpu().numpy()
    return values


def random_arrays(
    widths: Sequence[int | Sequence[int]],
    grid_size: int,
    table: Table,
    generator: np.random.Generator,
    box: Array | None,
) -> ArrayNetwork:
    """Random smooth edges (a line and one slow wave), over ranges that fit the table.

    box has shape (2, in).
    """
    layers: list[ArrayLayer] = []
    inputs = table.x
    for before, after in pairwise(widths):
        count, products = nodes(after)
        width = count + products  # raw sums: every product needs two
        low, high = ranges(inputs, box if not layers else None)
        fan = nodes(before)[0]
        knots = np.linspace(-1.0, 1.0, grid_size + 3)[None, :, None]
        slope = generator.uniform(-1, 1, (fan, 1, width))
        bend = 0.3 * generator.normal(size=(fan, 1, width))
        wave = np.cos(generator.uniform(1, 3, (fan, 1, width)) * knots + generator.uniform(0, 6, (fan, 1, width)))
        coefficients = np.ascontiguousarray((slope * knots + bend * wave) / np.sqrt(fan))
        layer = ArrayLayer(coefficients, None, low, high, np.ones((fan, width)), products)
        layers.append(layer)
        inputs = ArrayNetwork([layer])(inputs)
    return ArrayNetwork(layers)


def nodes(width: int | Sequence[int]) -> tuple[int, int]:
    """(nodes of a layer, how many of them multiply) from an int or a (sums, products) pair.

    >>> nodes(3), nodes((2, 1))
    ((3, 0), (3, 1))
    """
    if isinstance(width, int):
        return width, 0
    sums, products = width
    return sums + products, products

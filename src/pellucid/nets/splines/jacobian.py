"""A KAN as plain float64 arrays: its values, and the analytic Jacobian of its outputs by all its parameters.

With cubic cardinal splines every input touches four coefficients of an edge, so one row of the Jacobian has 4 entries
per edge. Values cost O(rows · edges · 4); the Jacobian is kept as (columns, entries) and made dense only when asked.
The basis of the first layer depends on the data alone and is computed once per grid.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Array = NDArray[np.float64]


@dataclass
class ArrayLayer:
    """y_o = sum_i mask_io (base_io silu(x_i) + sum_k c_iko B_k((x_i - low_i) / h_i)); pairs at the end are multiplied.

    coefficients (in, grid_size + 3, out); base (in, out) or None; low, high (in,); mask (in, out). The last
    2 · products of the outputs are multiplied in neighbouring pairs (KAN 2.0, arXiv 2408.10205 section 2).
    """

    coefficients: Array
    base: Array | None
    low: Array
    high: Array
    mask: Array
    products: int = 0

    @property
    def grid_size(self) -> int:
        """How many cells each edge has."""
        return self.coefficients.shape[1] - 3

    @property
    def spacing(self) -> Array:
        """The width of a cell for each input: shape (in,)."""
        return (self.high - self.low) / self.grid_size

    @property
    def size(self) -> int:
        """How many parameters there are."""
        return self.coefficients.size + (0 if self.base is None else self.base.size)


@dataclass
class Basis:
    """The four splines that an input touches: where they start, their values and their slopes."""

    first: NDArray[np.int64]
    values: Array
    slopes: Array


def cubic(f: Array, order: int = 0) -> Array:
    """Four neighbouring cubic cardinal B-splines (…, 4) at the place f in [0, 1] of a cell, or their derivative.

    >>> cubic(np.array([0.0])) * 6
    array([[1., 4., 1., 0.]])
    """
    out = np.empty((*f.shape, 4))
    if order == 0:
        square = f * f
        cube = square * f
        out[..., 3] = cube / 6
        out[..., 0] = (1 - 3 * f + 3 * square - cube) / 6
        out[..., 1] = (4 - 6 * square + 3 * cube) / 6
        out[..., 2] = (1 + 3 * f + 3 * square - 3 * cube) / 6
    elif order == 1:
        square = f * f
        out[..., 3] = 0.5 * square
        out[..., 0] = f - 0.5 - 0.5 * square
        out[..., 1] = 1.5 * square - 2 * f
        out[..., 2] = 0.5 + f - 1.5 * square
    elif order == 2:
        out[..., 0], out[..., 1], out[..., 2], out[..., 3] = 1 - f, 3 * f - 2, 1 - 3 * f, f
    else:
        out[...] = (-1.0, 3.0, -3.0, 1.0)
    return out


def basis(x: Array, low: Array, spacing: Array, grid_size: int) -> Basis:
    """The basis at x (rows, in), continued linearly (value and slope) outside the grid."""
    place = (x - low) / spacing
    inside = np.clip(place, 0.0, grid_size)
    first = np.minimum(inside.astype(np.int64), grid_size - 1)
    f = inside - first
    values, slopes = cubic(f), cubic(f, 1)
    over = place - inside
    if over.any():
        values += over[..., None] * slopes
    slopes /= spacing[:, None]
    return Basis(first, values, slopes)


def silu(x: Array) -> tuple[Array, Array]:
    """x · sigmoid(x) and its slope, without overflow.

    Shapes as x.

    >>> silu(np.zeros(1))
    (array([0.]), array([0.5]))
    """
    s = 0.5 * (1 + np.tanh(0.5 * x))
    return x * s, s * (1 + x * (1 - s))


@dataclass
class Pass:
    """What a forward pass leaves for the Jacobian: the inputs, basis and raw sums of every layer."""

    inputs: list[Array]
    bases: list[Basis]
    sums: list[Array]
    output: Array


@dataclass
class ArrayNetwork:
    """A KAN as a list of array layers; the parameters are all coefficients and bases in one vector."""

    layers: list[ArrayLayer]

    @property
    def size(self) -> int:
        """How many parameters there are."""
        return sum(layer.size for layer in self.layers)

    def parameters(self) -> Array:
        """All parameters, layer by layer: shape (size,)."""
        parts = [part.ravel() for layer in self.layers for part in (layer.coefficients, layer.base) if part is not None]
        return np.concatenate(parts)

    def with_parameters(self, parameters: Array) -> ArrayNetwork:
        """The same network with these parameters, of shape (size,)."""
        layers, start = [], 0
        for layer in self.layers:
            stop = start + layer.coefficients.size
            coefficients = parameters[start:stop].reshape(layer.coefficients.shape)
            base = None
            if layer.base is not None:
                base = parameters[stop : stop + layer.base.size].reshape(layer.base.shape)
            layers.append(replace(layer, coefficients=coefficients, base=base))
            start += layer.size
        return ArrayNetwork(layers)

    def __call__(self, x: Array) -> Array:
        return self.forward(x).output

    def forward(self, x: Array, first: FirstBasis | None = None) -> Pass:
        """The outputs (rows, out) of the inputs (rows, in), with what the Jacobian needs."""
        inputs, bases, sums = [], [], []
        for depth, layer in enumerate(self.layers):
            inputs.append(x)
            if depth == 0 and first is not None:
                here, matrix = first.basis, first.matrix
            else:
                here = basis(x, layer.low, layer.spacing, layer.grid_size)
                matrix = basis_matrix(here.first, here.values, layer.grid_size)
            total = matrix @ _masked(layer.coefficients, layer.mask).reshape(-1, layer.mask.shape[1])
            if layer.base is not None:
                total += silu(x)[0] @ (layer.base * layer.mask)
            bases.append(here)
            sums.append(total)
            x = multiply_pairs(total, layer.products)
        return Pass(inputs, bases, sums, x)


@dataclass
class FirstBasis:
    """The basis of the first layer at fixed data, as a sparse matrix (rows, in · (grid_size + 3))."""

    basis: Basis
    matrix: sparse.csr_matrix = field(repr=False)


def first_basis(layer: ArrayLayer, x: Array) -> FirstBasis:
    """The basis of the first layer at x, of shape (rows, in): it depends on nothing that is fitted."""
    here = basis(x, layer.low, layer.spacing, layer.grid_size)
    return FirstBasis(here, basis_matrix(here.first, here.values, layer.grid_size))


def basis_matrix(
    first: NDArray[np.int64], values: Array, grid_size: int, *, per_input: bool = False
) -> sparse.csr_matrix:
    """The basis as a sparse matrix: one line per row, or one per row and input, over all coefficients of an output."""
    rows, inputs = first.shape
    count = grid_size + 3
    # 32-bit places: scipy would otherwise look through all of them to see that they fit.
    place = np.arange(inputs, dtype=np.int32)[:, None] * np.int32(count) + np.arange(4, dtype=np.int32)
    columns = first.astype(np.int32)[..., None] + place
    width, lines = (4, rows * inputs) if per_input else (4 * inputs, rows)
    starts = np.arange(0, lines * width + 1, width, dtype=np.int32)
    return sparse.csr_matrix((values.ravel(), columns.ravel(), starts), shape=(lines, inputs * count), copy=False)


def multiply_pairs(total: Array, products: int) -> Array:
    """The nodes of the raw sums (rows, sums + 2 · products): the last ones are multiplied in pairs.

    >>> multiply_pairs(np.array([[2.0, 3.0, 5.0]]), 1).tolist()
    [[2.0, 15.0]]
    """
    if products == 0:
        return total
    kept = total.shape[1] - 2 * products
    return np.concatenate([total[:, :kept], total[:, kept::2] * total[:, kept + 1 :: 2]], axis=1)


@dataclass
class Rows:
    """A Jacobian of `size` columns with equally many entries in each row: columns and entries, (rows, per_row)."""

    columns: NDArray[np.int64]
    entries: Array
    size: int

    def dense(self) -> Array:
        """The Jacobian of shape (rows, size)."""
        out = np.zeros((len(self.columns), self.size))
        np.put_along_axis(out, self.columns, self.entries, axis=1)
        return out

    def matrix(self) -> sparse.csr_matrix:
        """The same, sparse."""
        rows, width = self.columns.shape
        starts = np.arange(0, rows * width + 1, width)
        shape = (rows, self.size)
        return sparse.csr_matrix((self.entries.ravel(), self.columns.ravel(), starts), shape=shape, copy=False)


def jacobian(network: ArrayNetwork, run: Pass) -> Rows:
    """d output_q / d parameter, one line per row and output (row-major), by one backward pass over all outputs.

    Shapes: rows · out lines; per line 4 entries for every edge, and one more where the edge has a base function.

    Lines of shape (rows · out, entries).
    """
    rows, outputs = run.output.shape
    adjoint = np.broadcast_to(np.eye(outputs), (rows, outputs, outputs))
    columns: list[NDArray[np.int64]] = []
    entries: list[Array] = []
    stop = network.size
    for depth in range(len(network.layers) - 1, -1, -1):
        layer = network.layers[depth]
        start = stop - layer.size
        adjoint = _adjoint_of_sums(adjoint, run.sums[depth], layer.products)
        _edge_entries(layer, run, depth, adjoint, start, columns, entries)
        if depth:
            adjoint = _adjoint_of_inputs(layer, run, depth, adjoint)
        stop = start
    return Rows(np.concatenate(columns, axis=1), np.concatenate(entries, axis=1), network.size)


def _edge_entries(
    layer: ArrayLayer,
    run: Pass,
    depth: int,
    adjoint: Array,
    start: int,
    columns: list[NDArray[np.int64]],
    entries: list[Array],
) -> None:
    """Append the entries of one layer's coefficients and bases."""
    inputs, count, nodes = layer.coefficients.shape
    rows, outputs, _ = adjoint.shape
    here = run.bases[depth]
    place = np.arange(inputs)[:, None] * count + np.arange(4)
    column = (start + nodes * (here.first[..., None] + place))[..., None] + np.arange(nodes)
    entry = here.values[:, None, :, :, None] * adjoint[:, :, None, None, :]
    if not layer.mask.all():
        entry = entry * layer.mask[:, None, :]
    column = np.broadcast_to(column[:, None], entry.shape)
    columns.append(column.reshape(rows * outputs, -1))
    entries.append(entry.reshape(rows * outputs, -1))
    if layer.base is not None:
        entry = silu(run.inputs[depth])[0][:, None, :, None] * (adjoint[:, :, None, :] * layer.mask)
        column = start + layer.coefficients.size + np.arange(inputs * nodes)
        entries.append(entry.reshape(rows * outputs, -1))
        columns.append(np.broadcast_to(column, (rows * outputs, inputs * nodes)))


def _adjoint_of_sums(adjoint: Array, total: Array, products: int) -> Array:
    """From the adjoint of the nodes to that of the raw sums before pairs were multiplied."""
    if products == 0:
        return adjoint
    kept = total.shape[1] - 2 * products
    out = np.empty((*adjoint.shape[:2], total.shape[1]))
    out[..., :kept] = adjoint[..., :kept]
    out[..., kept::2] = adjoint[..., kept:] * total[:, None, kept + 1 :: 2]
    out[..., kept + 1 :: 2] = adjoint[..., kept:] * total[:, None, kept::2]
    return out


def _adjoint_of_inputs(layer: ArrayLayer, run: Pass, depth: int, adjoint: Array) -> Array:
    return np.einsum("rqo,rio->rqi", adjoint, edge_slopes(layer, run.inputs[depth], run.bases[depth]))


def edge_slopes(layer: ArrayLayer, x: Array, here: Basis) -> Array:
    """The slope of every edge at its input, (rows, in, out)."""
    inputs, _, nodes = layer.coefficients.shape
    matrix = basis_matrix(here.first, here.slopes, layer.grid_size, per_input=True)
    flat = matrix @ _masked(layer.coefficients, layer.mask).reshape(-1, nodes)
    slopes = flat.reshape(len(x), inputs, nodes)
    if layer.base is not None:
        slopes += silu(x)[1][..., None] * (layer.base * layer.mask)
    return slopes


def _masked(coefficients: Array, mask: Array) -> Array:
    return coefficients if mask.all() else coefficients * mask[:, None, :]


@lru_cache(maxsize=64)
def _sampled(grid_size: int, per_cell: int = 4) -> tuple[Array, sparse.csr_matrix, Array]:
    """Evenly spaced points of [0, 1], the transposed basis there, and the banded factor of its normal matrix."""
    share = np.linspace(0.0, 1.0, per_cell * (grid_size + 3))[:, None]
    here = basis(share, np.zeros(1), np.full(1, 1.0 / grid_size), grid_size)
    matrix = basis_matrix(here.first, here.values, grid_size)
    normal = (matrix.T @ matrix).todia()
    band = np.zeros((4, grid_size + 3))
    for offset in range(4):
        band[3 - offset, offset:] = normal.diagonal(offset)
    return share, matrix.T.tocsr(), linalg.cholesky_banded(band)


def on_new_grid(layer: ArrayLayer, low: Array, high: Array, grid_size: int) -> ArrayLayer:
    """The same splines over new ranges and another grid, by least squares on evenly spaced points.

    low and high have shape (in,).
    """
    share, transposed, factor = _sampled(grid_size)
    points = low + share * (high - low)
    here = basis(points, layer.low, layer.spacing, layer.grid_size)
    inputs, _, nodes = layer.coefficients.shape
    flat = basis_matrix(here.first, here.values, layer.grid_size, per_input=True)
    values = (flat @ layer.coefficients.reshape(-1, nodes)).reshape(len(points), inputs * nodes)
    solved = linalg.cho_solve_banded((factor, False), transposed @ values).reshape(grid_size + 3, inputs, nodes)
    return replace(layer, coefficients=np.ascontiguousarray(solved.transpose(1, 0, 2)), low=low, high=high)


def curvature(network: ArrayNetwork, scales: list[Array]) -> sparse.csr_matrix:
    """The quadratic form sum over edges of grid_size^3 |second differences of the coefficients|^2 / scale_o^2.

    It is the integral of the squared second derivative over the range, counted as one long, up to the mass matrix;
    the same smooth edge therefore costs the same on every grid. Shape (size, size).
    """
    blocks = []
    for layer, scale in zip(network.layers, scales, strict=True):
        inputs, count, _ = layer.coefficients.shape
        difference = sparse.csr_matrix(np.diff(np.eye(count), 2, axis=0))
        weight = sparse.diags(layer.grid_size**3 / scale**2)
        blocks.append(sparse.kron(sparse.eye(inputs), sparse.kron(difference.T @ difference, weight)))
        if layer.base is not None:
            blocks.append(sparse.csr_matrix((layer.base.size, layer.base.size)))
    return sparse.csr_matrix(sparse.block_diag(blocks))

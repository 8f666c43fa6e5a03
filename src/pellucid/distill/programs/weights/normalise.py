"""The normalisers of MIPS (arXiv 2402.05110, appendix): changes of hidden coordinates that make weights readable.

A hidden state is known up to an invertible affine map h~ = h T + c: the layers next to it can undo any. Each normaliser
picks one (T, c) and goes through `change_basis`, which is exact, so none but `round_weights` changes an output.

    whiten         states of unit covariance                 real_jordan   transition matrix in real Jordan form
    toeplitz       unit input or readout, block by block     debias        no bias where a shift can take it away
    round_weights  integers, if they are near: not exact, so it says by how much it changed the weights
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....subjects.sequences.recurrence import Layer, Recurrence
from .jordan import Block, jordan_basis, jordan_blocks

Array = NDArray[Any]

__all__ = [
    "LayeredRecurrence",
    "change_basis",
    "debias",
    "layered",
    "real_jordan",
    "round_weights",
    "toeplitz",
    "whiten",
]


@dataclass(frozen=True, eq=False)
class LayeredRecurrence:
    """A recurrence with all its weights: h_t = f([h_{t-1}, x_t]), y_t = g(h_t), f and g affine maps with ReLU between.

    `update` and `readout` hold (weight (in, out), bias (out,)) of each layer of f and g; `initial` is h_0 (hidden,).
    Numbers are float64, or Fractions in arrays of dtype object, on which everything here computes exactly.

    Raises:
        ValueError: no layer, layers that do not fit each other, NaN or infinity.

    Source: arXiv 2402.05110, section 3.1.

    >>> total = LayeredRecurrence([([[1], [1]], [0])], [([[1]], [0])], [0])
    >>> total.outputs(np.array([[[3], [4], [5]]])).ravel().tolist()
    [3.0, 7.0, 12.0]
    """

    update: tuple[Layer, ...]
    readout: tuple[Layer, ...]
    initial: Array

    def __post_init__(self) -> None:
        for name in ("update", "readout"):
            layers = tuple((_numbers(weight, 2), _numbers(bias, 1)) for weight, bias in getattr(self, name))
            object.__setattr__(self, name, layers)
        object.__setattr__(self, "initial", _numbers(self.initial, 1))
        hidden = len(self.initial)
        if not self.update or not self.readout:
            raise ValueError("update and readout need a layer each; give (weight, bias) pairs")
        sizes = [*_chained("update", self.update), *_chained("readout", self.readout)]
        if sizes[0] <= hidden or sizes[1] != hidden or sizes[2] != hidden:
            raise ValueError(
                f"update maps {sizes[0]} to {sizes[1]} numbers and readout reads {sizes[2]}; with a hidden state of "
                f"{hidden}, give hidden + inputs to {hidden}, and {hidden}"
            )

    @property
    def hidden_size(self) -> int:
        return len(self.initial)

    @property
    def transition(self) -> Array:
        """A (hidden, hidden) of an affine update h' = h A + x B + b. Raises ValueError where f is not affine."""
        if len(self.update) != 1:
            raise ValueError(f"update has {len(self.update)} layers; only an affine update has a transition matrix")
        return self.update[0][0][: self.hidden_size]

    @property
    def driving(self) -> Array:
        """[B; b] (inputs + 1, hidden) of an affine update h' = h A + x B + b: its inputs, and the constant 1."""
        weight, bias = self.update[0]
        return np.concatenate([weight[self.hidden_size :], bias[None]])

    def step(self, state: Array, inputs: Array) -> tuple[Array, Array]:
        """(batch, hidden), (batch, inputs) -> new states (batch, hidden) and raw outputs (batch, outputs)."""
        after = _perceptron(np.concatenate([state, inputs], 1), self.update)
        return after, _perceptron(after, self.readout)

    def trace(self, inputs: Array) -> tuple[Array, Array]:
        """States after each step (sequences, time, hidden) and raw outputs (sequences, time, outputs)."""
        state, states, outputs = np.repeat(self.initial[None], len(inputs), 0), [], []
        for t in range(inputs.shape[1]):
            state, output = self.step(state, inputs[:, t])
            states.append(state)
            outputs.append(output)
        return np.stack(states, 1), np.stack(outputs, 1)

    def outputs(self, inputs: Array) -> Array:
        """Raw outputs (sequences, time, outputs) of inputs (sequences, time, inputs)."""
        return self.trace(inputs)[1]


def layered(recurrence: Recurrence) -> LayeredRecurrence | None:
    """The recurrence with its weights in float64, where it carries them; outputs differ by rounding errors only."""
    if recurrence.layers is None:
        return None
    return LayeredRecurrence(*recurrence.layers, recurrence.initial)


def change_basis(system: LayeredRecurrence, transform: ArrayLike, shift: ArrayLike | None = None) -> LayeredRecurrence:
    """The same input-output behaviour in the hidden coordinates h~ = h T + c.

    Let f's first layer read [h, x] as h W + x V + b, its last one give u L + l, and g's first one read h as h R + r.
    As h = (h~ - c) T^-1, the new weights are

        W~ = T^-1 W    b~ = b - c T^-1 W    L~ = L T    l~ = l T + c    R~ = T^-1 R    r~ = r - c T^-1 R

    with V and all other layers as they were, and h~_0 = h_0 T + c. So what any ReLU sees, and what g gives, is equal
    number for number: by induction over time, for f and g of any depth. Where f has one layer, it is both first and
    last: W~ = T^-1 W T, V~ = V T, b~ = (b - c T^-1 W) T + c.

    Args:
        transform: T, Float[Array, "hidden hidden"]; Fractions in an array of dtype object are inverted exactly.
        shift: c, Float[Array, "hidden"]; zeros if left out.

    Raises:
        ValueError: a transform of the wrong shape, or one that cannot be inverted.

    Source: arXiv 2402.05110, section 4 and appendix ("RNN normalisers").

    >>> total = LayeredRecurrence([([[1], [1]], [0])], [([[1]], [0])], [0])
    >>> twice = change_basis(total, [[2]], [1])
    >>> twice.update[0][0].ravel().tolist(), twice.readout[0][0].tolist(), twice.initial.tolist()
    ([1.0, 2.0], [[0.5]], [1.0])
    """
    hidden = system.hidden_size
    matrix = _numbers(transform, 2)
    moved = np.zeros(hidden, matrix.dtype) if shift is None else _numbers(shift, 1)
    if matrix.shape != (hidden, hidden) or moved.shape != (hidden,):
        raise ValueError(
            f"transform has shape {matrix.shape} and shift {moved.shape}; give ({hidden}, {hidden}) and ({hidden},)"
        )
    inverse = _inverse(matrix)
    update, readout = list(system.update), list(system.readout)
    weight, bias = update[0]
    back = inverse @ weight[:hidden]
    update[0] = (np.concatenate([back, weight[hidden:]]), bias - moved @ back)
    weight, bias = update[-1]
    update[-1] = (weight @ matrix, bias @ matrix + moved)
    weight, bias = readout[0]
    back = inverse @ weight
    readout[0] = (back, bias - moved @ back)
    return LayeredRecurrence(tuple(update), tuple(readout), system.initial @ matrix + moved)


def whiten(system: LayeredRecurrence, states: Array, smallest: float = 0.1) -> LayeredRecurrence:
    """Hidden states of unit covariance, in the directions in which they move: T = C^(-1/2).

    C = U diag(v) U^T is the covariance of `states`; T = U diag(w) U^T with w_i = v_i^(-1/2) where v_i > `smallest`, and
    1 elsewhere, so that directions which hold noise only are not blown up.

    Args:
        states: Float[Array, "... hidden"], hidden states that the system takes; at least two.

    Raises:
        ValueError: states of another width, fewer than two, NaN or infinity.

    Source: arXiv 2402.05110, appendix (whitening; eigenvalues of at most 0.1 are left alone).
    """
    flat = np.asarray(states, dtype=np.float64).reshape(-1, np.shape(states)[-1])
    if flat.shape[1] != system.hidden_size or len(flat) < 2 or not np.isfinite(flat).all():
        raise ValueError(
            f"states has shape {np.shape(states)}; give two or more finite ones of width {system.hidden_size}"
        )
    values, axes = np.linalg.eigh(np.cov(flat, rowvar=False).reshape(system.hidden_size, -1))
    stretch = np.where(values > smallest, np.maximum(values, 1e-300) ** -0.5, 1.0)
    return change_basis(system, axes * stretch @ axes.T)


def real_jordan(system: LayeredRecurrence, tolerance: float = 1e-5) -> LayeredRecurrence:
    """The transition matrix of an affine update in real Jordan form: T^-1 A T = J, up to the precision of A.

    J is made of blocks lambda I + N with ones above the diagonal, and of 2 x 2 rotation-scalings ((a, b), (-b, a)) with
    identities above them for pairs a +- ib. A's smallest departure from a defective matrix is not seen by floating
    point, so the form is the most degenerate one that a matrix within `tolerance` (relative) of A has.

    Raises:
        ValueError: an update that is not affine.

    Source: arXiv 2402.05110, appendix (real Jordan form).

    >>> delay = LayeredRecurrence([([[1, -1], [1, -1], [1, 0]], [0, 0])], [([[0], [1]], [0])], [0, 0])
    >>> np.abs(real_jordan(delay).transition.round(9)).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    return change_basis(system, jordan_basis(np.asarray(system.transition, dtype=np.float64), tolerance))


def toeplitz(
    system: LayeredRecurrence, simple: Literal["input", "readout"] = "input", tolerance: float = 1e-4
) -> LayeredRecurrence:
    """A unit input (or readout) for every Jordan block, with the Jordan form left as it is.

    What commutes with a block of length k are the upper triangular Toeplitz matrices S = sum_i N^i s_i; for g blocks of
    the same eigenvalue and length the s_i are g x g matrices, for rotation-scalings they are complex. With the rows
    s_0 ... s_(k-1) of g independent inputs, T = S^-1 makes these inputs (I, 0, ..., 0); with the reversed columns of g
    independent readouts, T = S makes them (0, ..., 0, I). The constant 1 counts as the last input. Blocks that
    too few inputs (or readouts) reach are left alone.

    Raises:
        ValueError: an update that is not affine, or not in real Jordan form within `tolerance`; an unknown `simple`.

    Source: arXiv 2402.05110, appendix (Toeplitz transformation).
    """
    if simple not in ("input", "readout"):
        raise ValueError(f"simple={simple!r} is unknown; use 'input' or 'readout'")
    transform = np.eye(system.hidden_size)
    for group in _alike(jordan_blocks(system.transition, tolerance), tolerance):
        cells = np.array([[block.cell(level) for block in group] for level in range(group[0].length)])
        first = cells[..., 0]  # (length, blocks): where each level of each block begins
        turn = 1j if group[0].width == 2 else 0
        if simple == "input":
            rows = system.driving[:, first] + turn * system.driving[:, cells[..., -1]]
        else:
            readout = system.readout[0][0].T
            rows = (readout[:, first] - turn * readout[:, cells[..., -1]])[:, ::-1]
        chosen = _independent(rows[:, 0], len(group))
        if chosen is None:
            continue
        series = rows[chosen].transpose(1, 0, 2) if simple == "input" else rows[chosen].transpose(1, 2, 0)
        whole = _block_toeplitz(series)
        mixing = np.linalg.inv(whole) if simple == "input" else whole
        _place(transform, mixing, cells.reshape(-1, group[0].width))
    return change_basis(system, transform)


def debias(system: LayeredRecurrence, tolerance: float = 1e-5) -> LayeredRecurrence:
    """No bias in the last layer of the update, where a shift can take it away; the initial state moves along.

    An affine update h' = h A + x B + b has the bias b + c (I - A) after a shift by c, which is made as small as it can
    be (least squares: the part of b along eigenvalues 1, an input that is always there, stays). A deeper one has
    l + c after its last layer, so c = -l.

    Source: arXiv 2402.05110, appendix (de-bias).

    >>> half = LayeredRecurrence([([[0.5], [1]], [1])], [([[1]], [0])], [0])
    >>> steady = debias(half)
    >>> steady.update[0][1].round(9).tolist(), steady.initial.tolist(), steady.readout[0][1].tolist()
    ([0.0], [-2.0], [2.0])
    """
    bias = system.update[-1][1]
    if len(system.update) > 1:
        shift = -bias
    else:
        shift = np.linalg.lstsq((np.eye(len(bias)) - system.transition).T, -bias, rcond=tolerance)[0]
    return change_basis(system, np.eye(len(bias)), shift)


def round_weights(system: LayeredRecurrence, tolerance: float = 0.1) -> tuple[LayeredRecurrence, float] | None:
    """All weights, biases and the initial state as integers, and the largest change; None if it passes `tolerance`.

    The only normaliser that changes the function, and so the only one that says by how much it changed the weights.

    Source: arXiv 2402.05110, appendix (quantisation).
    """
    changes = [0.0]

    def whole(numbers: Array) -> Array:
        changes.append(float(np.abs(numbers - np.rint(numbers)).max(initial=0.0)))
        return np.rint(numbers) + 0.0  # no -0.0

    update, readout = (tuple((whole(w), whole(b)) for w, b in layers) for layers in (system.update, system.readout))
    rounded = LayeredRecurrence(update, readout, whole(system.initial))
    return (rounded, max(changes)) if max(changes) <= tolerance else None


def _numbers(values: ArrayLike, dimensions: int) -> Array:
    array = np.asarray(values)
    array = array if array.dtype == object else array.astype(np.float64)
    if array.ndim != dimensions:
        raise ValueError(f"an array of shape {array.shape} was given where one of {dimensions} dimensions is needed")
    if array.dtype != object and not np.isfinite(array).all():
        raise ValueError("the weights hold NaN or infinity; train the network again")
    return array


def _chained(name: str, layers: Sequence[Layer]) -> tuple[int, int]:
    """What the layers read and what they give, in numbers."""
    for index, (weight, bias) in enumerate(layers):
        before = layers[index - 1][0].shape[1] if index else weight.shape[0]
        if weight.shape != (before, len(bias)):
            raise ValueError(f"{name} layer {index} has shape {weight.shape}; {(before, len(bias))} would fit")
    return layers[0][0].shape[0], layers[-1][0].shape[1]


def _perceptron(values: Array, layers: Sequence[Layer]) -> Array:
    for index, (weight, bias) in enumerate(layers):
        values = (np.maximum(values, 0) if index else values) @ weight + bias
    return values


def _inverse(matrix: Array) -> Array:
    """The inverse: LAPACK's for floats, Gauss and Jordan's for Fractions."""
    if matrix.dtype != object:
        try:
            return np.linalg.inv(matrix)
        except np.linalg.LinAlgError:
            raise ValueError("transform cannot be inverted; give one of full rank") from None
    size = len(matrix)
    rows = np.concatenate([matrix, np.vectorize(Fraction, otypes=[object])(np.eye(size, dtype=int))], 1)
    for i in range(size):
        pivot = next((r for r in range(i, size) if rows[r, i]), None)
        if pivot is None:
            raise ValueError("transform cannot be inverted; give one of full rank")
        rows[[i, pivot]] = rows[[pivot, i]]
        rows[i] = rows[i] / Fraction(rows[i, i])
        for r in range(size):
            if r != i:
                rows[r] = rows[r] - rows[r, i] * rows[i]
    return rows[:, size:]


def _alike(blocks: Sequence[Block], tolerance: float) -> list[list[Block]]:
    """Blocks of the same eigenvalue, length and width together."""
    groups: list[list[Block]] = []

    def same(one: Block, other: Block) -> bool:
        sizes = (one.length, one.width) == (other.length, other.width)
        return sizes and abs(one.eigenvalue - other.eigenvalue) <= tolerance

    for block in blocks:
        group = next((group for group in groups if same(group[0], block)), None)
        if group is None:
            groups.append([block])
        else:
            group.append(block)
    return groups


def _independent(rows: Array, count: int, tolerance: float = 1e-4) -> list[int] | None:
    """The first `count` rows, each clearly independent of those before it; None if there are not as many."""
    chosen: list[int] = []
    scale = float(np.abs(rows).max(initial=0.0))
    for index in range(len(rows)):
        values = np.linalg.svd(rows[[*chosen, index]], compute_uv=False)
        if len(values) > len(chosen) and values[-1] > tolerance * scale:
            chosen.append(index)
        if len(chosen) == count:
            return chosen
    return None


def _block_toeplitz(series: Array) -> Array:
    """sum_i N^i s_i, upper triangular, from s (length, blocks, blocks); levels outermost."""
    length, count, _ = series.shape
    whole = np.zeros((length, count, length, count), series.dtype)
    for i in range(length):
        for j in range(i, length):
            whole[i, :, j] = series[j - i]
    return whole.reshape(length * count, -1)


def _place(transform: Array, mixing: Array, cells: Array) -> None:
    """Write a (complex) matrix over cells of one (two) coordinates into a real one over all coordinates."""
    for i, row in enumerate(cells):
        for j, column in enumerate(cells):
            z = mixing[i, j]
            transform[np.ix_(row, column)] = [[z.real]] if len(row) == 1 else [[z.real, z.imag], [-z.imag, z.real]]

"""Linear networks in closed form: impulse response by least squares, then the smallest realisation of it.

Cost: one least-squares problem of a few thousand rows and time · (input + 1) columns, one singular value decomposition.
"""

from __future__ import annotations

import numpy as np
import torch

from .labelled_sequences import LabelledSequences
from .recurrent import RecurrentMLP, RecurrentShape

__all__ = ["linear_network"]


def linear_network(
    data: LabelledSequences, rows: int = 6_000, exact: float = 1e-3, negligible: float = 1e-7
) -> RecurrentMLP | None:
    """The smallest network with affine f and g whose outputs are those of `data`, or None where there is none.

        y_t = c_t + sum_k M_k x_{t-k},   M_k = C A^k B,   c_t = d + sum_{k<t} C A^k b

    M and c come from least squares; A, B, b, C, d from the Hankel matrix of M and of c's differences (Ho and Kalman
    1966), whose rank is the hidden size. At most `rows` labelled positions are used; outputs are linear where the
    largest residual is below `exact` (they are whole numbers in float32); singular values below a share `negligible`
    of the largest count as zero, which is far above the rounding errors of float64. Only responses up to the length of
    the data are seen, so the caller has to judge the network on held-out sequences.

    >>> steps = np.random.default_rng(0).integers(-9, 10, (500, 8, 1))
    >>> network = linear_network(LabelledSequences.checked(steps, steps.cumsum(1).cumsum(1)))
    >>> network.shape.hidden_size
    2
    """
    fitted = _response(data, rows, exact)
    if fitted is None:
        return None
    firsts = _constants(*fitted, negligible)
    candidates = [_realise(*fitted, first, negligible) for first in firsts]
    return min(candidates, key=lambda network: network.shape.hidden_size)


def _response(data: LabelledSequences, rows: int, exact: float) -> tuple[np.ndarray, np.ndarray] | None:
    """M (time, output, input) and c (time, output), or None where outputs are not affine in the inputs."""
    inputs, outputs = data.inputs.double().numpy(), data.outputs.double().numpy()
    length, labelled = data.length, np.argwhere(data.mask.numpy())
    labelled = np.random.default_rng(0).permutation(labelled)[:rows]  # a stride could miss some time steps for good
    sequence, time = labelled[:, 0], labelled[:, 1]
    padded = np.concatenate([np.zeros_like(inputs), inputs], 1)
    lagged = [padded[sequence, length + time - lag] for lag in range(length)]
    wanted = outputs[sequence, time]
    for moments in (np.ones((len(time), 1)), np.eye(length)[time]):  # one constant; one constant for every time
        columns = np.concatenate([*lagged, moments], 1)
        if len(columns) < 2 * columns.shape[1]:
            return None
        solution = np.linalg.lstsq(columns, wanted, rcond=None)[0]
        if np.abs(columns @ solution - wanted).max() < exact:
            split = length * inputs.shape[2]
            response = solution[:split].reshape(length, inputs.shape[2], -1).transpose(0, 2, 1)
            return response, np.broadcast_to(solution[split:], (length, outputs.shape[2]))
    return None


def _constants(response: np.ndarray, offsets: np.ndarray, negligible: float) -> list[np.ndarray]:
    """Candidates for C b, the first response to the constant 1: it is free, as d may take any part of c_1.

    None at all, all of c_1, and the completion of the Hankel matrix that adds least to its rank.
    """
    hankel = _hankel(response, np.diff(offsets, axis=0, prepend=offsets[:1]))[0]
    outputs, inputs = response.shape[1], response.shape[2]
    others = [column for column in range(hankel.shape[1]) if column != inputs]
    top, rest = hankel[:outputs, others], hankel[outputs:, others]
    completion = top @ np.linalg.pinv(rest, rcond=negligible) @ hankel[outputs:, inputs]
    return [np.zeros(outputs), completion, offsets[0]]


def _realise(response: np.ndarray, offsets: np.ndarray, first: np.ndarray, negligible: float) -> RecurrentMLP:
    """The balanced realisation of M and c, given C b = `first`."""
    changes = np.concatenate([first[None], np.diff(offsets, axis=0)])
    hankel, shifted = _hankel(response, changes)
    left, values, right = np.linalg.svd(hankel, full_matrices=False)
    rank = max(1, int((values > negligible * max(values[0], 1e-9)).sum()))
    root = np.sqrt(np.maximum(values[:rank], 1e-30))
    observe, control = left[:, :rank] * root, root[:, None] * right[:rank]
    transition = (left[:, :rank] / root).T @ shifted @ (right[:rank].T / root)
    outputs, inputs = response.shape[1], response.shape[2]
    network = RecurrentMLP(RecurrentShape(inputs, rank, outputs))
    driving, constant = control[:, :inputs], control[:, inputs]
    with torch.no_grad():
        network.update_weights[0].copy_(_row(np.concatenate([transition.T, driving.T])))
        network.update_biases[0].copy_(_row(constant[None]))
        network.readout_weights[0].copy_(_row(observe[:outputs].T))
        network.readout_biases[0].copy_(_row((offsets[0] - first)[None]))
    return network


def _hankel(response: np.ndarray, changes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Block Hankel matrices of the responses to [x, 1], and the same one step later."""
    blocks = np.concatenate([response, changes[:, :, None]], 2)
    blocks = np.concatenate([blocks, np.zeros_like(blocks[:2])])[: max(2, len(blocks))]
    rows = (len(blocks) + 1) // 2
    columns = len(blocks) - rows
    pair = [np.block([[blocks[i + j + k] for j in range(columns)] for i in range(rows)]) for k in (0, 1)]
    return pair[0], pair[1]


def _row(matrix: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(matrix).float()[None]

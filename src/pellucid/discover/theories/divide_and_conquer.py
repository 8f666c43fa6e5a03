"""Laws and their domains at once: the generalised mean of description lengths (arXiv 1810.10525 sections II.B, II.C).

    L = sum_t ((1/M) sum_i l_ti^gamma)^(1/gamma),   l_ti = log2(1 + (u_ti / epsilon)^2) / 2,   gamma = -1

for the errors u_ti of theory i at row t. With gamma < 0 a row is cheap as soon as one theory explains it, so that each
specialises. The theories here are linear, and each step of the descent is a weighted least squares.
O(rows * theories * features^2) for each step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree  # pyright: ignore[reportAttributeAccessIssue]

from .settings import DIVIDE

Array = NDArray[np.float64]


def errors_of(features: Array, a: Array, laws: Array) -> Array:
    """u (rows, theories): how far each law (theories, components, features) is from the accelerations.

    >>> errors_of(np.ones((2, 1)), np.array([[1.0], [3.0]]), np.array([[[1.0]]])).tolist()
    [[0.0], [2.0]]
    """
    return np.linalg.norm(a[:, None] - np.einsum("rf,tcf->rtc", features, laws), axis=2)


def bits_of_errors(errors: Array, epsilon: float) -> Array:
    """log2(1 + (u/epsilon)^2)/2: what is left to be told of an error, to the precision epsilon.

    errors of any shape.

    >>> bits_of_errors(np.array([0.0, 1.0]), 1.0).tolist()
    [0.0, 0.5]
    """
    return np.log2(1 + (errors / epsilon) ** 2) / 2


def least_squares(features: Array, a: Array, weights: Array | None = None) -> Array:
    """The law (components, features) that misses least, rows weighted.

    features (rows, features), a (rows, components), weights (rows,).

    >>> x = np.array([[1.0], [2.0]])
    >>> least_squares(x, 3 * x).round(6).tolist()
    [[3.0]]
    """
    root = np.ones(len(a)) if weights is None else np.sqrt(weights)
    law = np.linalg.lstsq(features * root[:, None], a * root[:, None], rcond=None)[0]
    return np.asarray(law.T, dtype=np.float64)


def propose(features: Array, x: Array, a: Array, count: int, generator: np.random.Generator) -> tuple[Array, float]:
    """Laws fitted to patches of space about `count` rows, and the typical error inside such a patch.

    features (rows, features), x (rows, size), a (rows, size); laws (count, size, features).
    """
    size = min(len(x), int(DIVIDE.patch * features.shape[1]) + 2)
    centres = generator.choice(len(x), min(count, len(x)), replace=False)
    _, near = cKDTree(x).query(x[centres], size)
    laws = np.array([least_squares(features[rows], a[rows]) for rows in near])
    spare = max(1, size - features.shape[1])
    missed = [
        np.sqrt(((a[rows] - features[rows] @ law.T) ** 2).sum(1).sum() / spare)
        for rows, law in zip(near, laws, strict=True)
    ]
    scale = float(np.sqrt((a**2).sum(1).mean()))
    return laws, max(float(np.median(missed)), DIVIDE.precision * scale)


def select(errors: Array, epsilon: float, most: int, cost: float) -> list[int]:
    """The proposals that together tell the rows in the fewest bits, one after the other, each worth its `cost`.

    errors (rows, theories).
    """
    bits = bits_of_errors(errors, epsilon)
    left = np.full(len(bits), np.inf)
    chosen: list[int] = []
    while len(chosen) < most:
        totals = np.minimum(left[:, None], bits).sum(0)
        best = int(totals.argmin())
        if chosen and left.sum() - totals[best] < cost:
            break
        chosen.append(best)
        left = np.minimum(left, bits[:, best])
    return chosen


def refine(features: Array, a: Array, laws: Array, epsilon: float, steps: int) -> Array:
    """The laws after `steps` of descent on the generalised mean, less those that no longer pay for themselves.

    features (rows, features), a (rows, size), laws (theories, size, features).
    """
    for _ in range(steps):
        errors = errors_of(features, a, laws)
        weights = _weights(errors, epsilon)
        fitted = [least_squares(features, a, w) for w in weights.T]
        laws = np.array(fitted)
    cost = laws[0].size * DIVIDE.real_bits
    while len(laws) > 1:
        bits = bits_of_errors(errors_of(features, a, laws), epsilon)
        whole = bits.min(1).sum()
        without = [np.delete(bits, i, 1).min(1).sum() - whole for i in range(len(laws))]
        least = int(np.argmin(without))
        if without[least] > cost:
            break
        laws = np.delete(laws, least, 0)
    return laws


def _weights(errors: Array, epsilon: float) -> Array:
    """dL/du^2 for each row and theory, up to a factor: the weights of the least squares."""
    bits = np.maximum(bits_of_errors(errors, epsilon), DIVIDE.fewest_bits)
    mean = (bits**DIVIDE.gamma).mean(1, keepdims=True) ** (1 / DIVIDE.gamma)
    return (bits / mean) ** (DIVIDE.gamma - 1) / (epsilon**2 + errors**2)

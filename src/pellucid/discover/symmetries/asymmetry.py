"""How far a vector field or a metric is from a symmetry, in new coordinates: violations of differential equations.

With z' = m(z), J = dm/dz, f' = J f and g' = J^-T g J^-1, derivatives by new coordinates are d/dz' = J^-T d/dz:

    translation     d f'_i / d z'_k = 0,  or  d g'_ij / d z'_k = 0          for k in `along`, i and j in `block`
    separation      d f'_i / d z'_k = 0                                     for i in `block`, k not, and the reverse
    rotation        (d f' / dz') K z' = K f'                                K turns the first two coordinates
    Hamiltonicity   Omega df'/dz' is symmetric                              Omega = [[0, 1], [-1, 0]]

(arXiv 2109.09721 section II.) Each is told over a scale that grows with units as it does, so that shrinking the
coordinates gains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.func import jacfwd, jvp, vmap

Map = Callable[[Tensor], Tensor]
SYMMETRIES = ("translation", "rotation", "hamiltonian", "separable")


def field_asymmetry(
    field: Map, change: Map, points: Tensor, symmetry: str, along: Sequence[int], block: Sequence[int]
) -> Tensor:
    """The mean squared violation by a vector field in the coordinates change(z), a number.

    field and change map one point (size,) to (size,); points (batch, size).
    """

    def moved(z: Tensor) -> Tensor:
        return jvp(change, (z,), (field(z),))[1]

    jacobian, speed = vmap(jacfwd(change))(points), vmap(moved)(points)
    slopes = vmap(jacfwd(moved))(points) @ torch.linalg.inv(jacobian)
    if symmetry == "rotation":
        turn = torch.zeros_like(jacobian[0])
        turn[0, 1], turn[1, 0] = -1.0, 1.0
        new = vmap(change)(points)
        missed = (slopes @ (turn @ new[..., None]))[..., 0] - speed @ turn.T
        return (missed**2).mean() / (speed**2).mean()
    if symmetry == "hamiltonian":
        half = points.shape[1] // 2
        omega = torch.zeros_like(jacobian[0])
        omega[:half, half:], omega[half:, :half] = torch.eye(half), -torch.eye(half)
        form = omega @ slopes
        return ((form - form.mT) ** 2).mean() / (slopes**2).mean()
    size = vmap(change)(points).std(0) / (speed**2).mean(0).sqrt()[:, None]
    relative = slopes * size
    if symmetry == "separable":
        inside = torch.zeros(points.shape[1], dtype=torch.bool)
        inside[list(block)] = True
        across = inside[:, None] != inside[None, :]
        return (relative[:, across] ** 2).mean()
    return (relative[:, list(block)][:, :, list(along)] ** 2).mean()


def metric_asymmetry(metric: Map, change: Map, points: Tensor, along: Sequence[int], block: Sequence[int]) -> Tensor:
    """The mean squared change of the metric's block in the coordinates change(z) along some of them, a number.

    metric maps one point (size,) to (size, size).
    """

    def moved(z: Tensor) -> Tensor:
        back = torch.linalg.inv(jacfwd(change)(z))  # not solve: its derivative within vmap comes out as NaN at times
        return (back.mT @ metric(z) @ back)[list(block)][:, list(block)]

    jacobian, values = vmap(jacfwd(change))(points), vmap(moved)(points)
    slopes = (vmap(jacfwd(moved))(points) @ torch.linalg.inv(jacobian)[:, None])[..., list(along)]
    size = vmap(change)(points).std(0)[list(along)]
    return ((slopes * size) ** 2).mean() / (values**2).mean()


def torch_map(functions: Sequence[Any]) -> Map:
    """Functions of one argument for each coordinate, as one map from a point to a vector."""

    def call(z: Tensor) -> Tensor:
        values = [f(*z.unbind()) for f in functions]
        return torch.stack([v if isinstance(v, Tensor) else torch.full_like(z[0], float(v)) for v in values])

    return call

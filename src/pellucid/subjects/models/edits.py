"""Edits: what may be done to a module's output on its way: replace, add, ablate, patch.

Each function returns a function of a tensor (..., width), for `hooks.run(model, inputs, edits={path: edit})`.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from .hooks import Edit


def replace(value: Tensor, positions: Any = slice(None)) -> Edit:
    """`value`, broadcast, in place of what is at the `positions` of each row.

    >>> replace(torch.zeros(2), positions=0)(torch.ones(1, 3, 2)).sum((0, 2)).tolist()
    [0.0, 2.0, 2.0]
    """

    def edit(x: Tensor) -> Tensor:
        return _written(x, positions, value.to(x).expand_as(x[:, positions]))

    return edit


def add(vector: Float[Tensor, " width"], scale: float = 1.0, positions: Any = slice(None)) -> Edit:
    """x + scale * vector at the `positions` of each row: steering.

    >>> add(torch.ones(2), 3.0, positions=1)(torch.zeros(1, 2, 2)).tolist()
    [[[0.0, 0.0], [3.0, 3.0]]]
    """

    def edit(x: Tensor) -> Tensor:
        return _written(x, positions, x[:, positions] + scale * vector.to(x))

    return edit


def ablate(kind: str = "zero", mean: Float[Tensor, " width"] | None = None, positions: Any = slice(None)) -> Edit:
    """Zeros, or the mean: over the rows and positions of the batch, or the one that is given.

    >>> ablate("mean")(torch.tensor([[[1.0], [3.0]]])).flatten().tolist()
    [2.0, 2.0]
    """
    if kind not in ("zero", "mean"):
        raise ValueError(f"kind={kind!r} is no ablation; use 'zero' or 'mean'")

    def edit(x: Tensor) -> Tensor:
        if kind == "zero":
            new = torch.zeros_like(x)
        else:
            new = (x.mean(tuple(range(x.ndim - 1))) if mean is None else mean.to(x)).expand_as(x)
        return _written(x, positions, new[:, positions])

    return edit


def project_out(direction: Float[Tensor, " width"], positions: Any = slice(None)) -> Edit:
    """x - (x . d) d for the unit vector d along `direction`: what is along it is gone.

    >>> project_out(torch.tensor([2.0, 0.0]))(torch.ones(1, 1, 2)).tolist()
    [[[0.0, 1.0]]]
    """

    def edit(x: Tensor) -> Tensor:
        unit = torch.nn.functional.normalize(direction.to(x), dim=-1)
        part = x[:, positions]
        return _written(x, positions, part - (part @ unit)[..., None] * unit)

    return edit


def patch(source: Float[Tensor, "rows positions width"], positions: Any = slice(None)) -> Edit:
    """The activations of another pass, put in at the same `positions`.

    >>> patch(torch.ones(1, 2, 1), positions=0)(torch.zeros(1, 2, 1)).flatten().tolist()
    [1.0, 0.0]
    """

    def edit(x: Tensor) -> Tensor:
        if source.shape != x.shape:
            raise ValueError(f"source has shape {tuple(source.shape)}, not {tuple(x.shape)}; run it on as many tokens")
        return _written(x, positions, source.to(x)[:, positions])

    return edit


def _written(x: Tensor, positions: Any, new: Tensor) -> Tensor:
    if isinstance(positions, slice) and positions == slice(None):
        return new
    out = x.clone()
    out[:, positions] = new
    return out

"""The uncertainty of a figure made of sums over sequences: leave one sequence out at a time (the jackknife).

Tokens of one sequence go together, so a sequence is what is left out. Cost O(sequences), where the figure is a function
of a few sums.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["jackknife", "sums"]


def sums(values: Float[Tensor, " *shape"], rows: Int[Tensor, " tokens"]) -> Float[Tensor, " *sums"]:
    """(tokens, ...) to (sequences, ...): sums over the tokens of each sequence, in float64; empty ones are left out."""
    _, which = rows.unique(return_inverse=True)
    total = torch.zeros((int(which.max()) + 1, *values.shape[1:]), dtype=torch.float64)
    return total.index_add_(0, which, values.double())


def jackknife(
    figure: Callable[[Float[Tensor, "many m"]], Float[Tensor, " many"]], parts: Float[Tensor, "sequences m"]
) -> tuple[float, float | None]:
    """The figure of all sums together, and its standard error; None for fewer than two sequences.

        s^2 = (n - 1) / n * sum_i (f_(i) - mean f_(.))^2,    f_(i) without sequence i

    `figure` takes many rows of sums at once.

    >>> parts = torch.tensor([[1.0, 2.0], [3.0, 4.0], [2.0, 3.0]]).double()
    >>> value, error = jackknife(lambda total: total[:, 0] / total[:, 1], parts)
    >>> round(value, 3), round(error, 3)
    (0.667, 0.066)
    """
    parts = parts.double()
    total = parts.sum(0, keepdim=True)
    value = float(figure(total)[0])
    if len(parts) < 2:
        return value, None
    others = figure(total - parts)
    spread = (others - others.mean()).pow(2).mean() * (len(parts) - 1)
    return value, float(spread.sqrt())

"""The k largest entries of every row, exactly, in two stages.

    stage 1   m_c = max_j x_{c + j·(n / groups)}       the largest of each strided group; the k best groups
    stage 2   the k largest of those k · groups candidates

An entry among the k largest lies in a group whose maximum is at least that entry, so that the k best groups hold all k.
Cost: one pass over x (batch · n), then a selection among n / groups and among k · groups entries of each row, in place
of one among n; groups are strided so that the maximum runs along contiguous memory.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor


def top_k(
    x: Float[Tensor, "batch n"], k: int, group: int = 16
) -> tuple[Float[Tensor, "batch k"], Int[Tensor, "batch k"]]:
    """The k largest entries of each row and where they are, in no order.

    `group`: entries of a group; fewer leave more maxima to sort, more leave more candidates.

    Raises:
        ValueError: k below 1 or above the number of columns.

    >>> values, indices = top_k(torch.tensor([[1.0, 5.0, 3.0, 4.0]]), 2)
    >>> sorted(values[0].tolist()), sorted(indices[0].tolist())
    ([4.0, 5.0], [1, 3])
    """
    batch, n = x.shape
    if not 1 <= k <= n:
        raise ValueError(f"k={k} of {n} columns cannot be chosen; use 1 to {n}")
    groups = n // group
    if n % group or groups <= 2 * k:
        return x.topk(k, -1, sorted=False)
    grouped = x.view(batch, group, groups)
    best = grouped.amax(1).topk(k, -1, sorted=False).indices
    candidates = grouped.gather(2, best[:, None].expand(-1, group, -1)).reshape(batch, group * k)
    values, place = candidates.topk(k, -1, sorted=False)
    member = torch.div(place, k, rounding_mode="floor")
    return values, member * groups + best.gather(1, place - member * k)

"""Which latents fire: the k largest of a row, those above their threshold, or the k largest within one expert.

a = (x - mean) E^T + b                        E (n, width): one row for each latent
top k       the k largest a of a row, where positive
threshold   a_l where a_l > t_l
experts     p = softmax((x - m) R^T), e = argmax p; the k largest a of expert e's n / experts latents, times p_e
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from .codes import Codes, Fired
from .top_k import top_k


def fires_in_bfloat16(device: torch.device) -> bool:
    """Whether this processor multiplies bfloat16 matrices faster than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    supported = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    return device.type == "cpu" and supported is not None and bool(supported())


def largest(
    x: Float[Tensor, "batch width"], encoder: Float[Tensor, "n width"], bias: Float[Tensor, " n"], k: int
) -> Codes:
    """The k largest activations of each row, none below 0.

    >>> codes = largest(torch.tensor([[1.0, 3.0]]), torch.eye(2), torch.zeros(2), 1)
    >>> codes.indices.tolist(), codes.values.tolist()
    ([[1]], [[3.0]])
    """
    values, indices = top_k(F.linear(x, encoder, bias), k)
    return Codes(values.relu_(), indices)


def above(activations: Float[Tensor, "batch n"], threshold: Float[Tensor, " n"]) -> Fired:
    """The entries above their latent's threshold.

    >>> above(torch.tensor([[1.0, 3.0], [5.0, 0.0]]), torch.tensor([2.0, 2.0])).latents
    tensor([1, 0])
    """
    rows, latents = (activations > threshold).nonzero(as_tuple=True)
    return Fired.by_row(latents, rows, len(activations))


class Routed(NamedTuple):
    """Rows sorted by the expert they go to: `order` their numbers, `sizes` how many each expert gets."""

    order: Int[Tensor, " batch"]
    sizes: list[int]
    expert: Int[Tensor, " batch"]
    """Of each row, unsorted."""
    shares: Float[Tensor, "batch experts"]
    """p, unsorted."""


def route(x: Float[Tensor, "batch width"], router: Float[Tensor, "experts width"]) -> Routed:
    """The expert of each row; x has the router's mean taken off.

    >>> route(torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.eye(2)).sizes
    [1, 1]
    """
    shares = torch.softmax(x @ router.t(), -1)
    expert = shares.argmax(-1)
    sizes = torch.bincount(expert, minlength=len(router)).tolist()
    return Routed(torch.argsort(expert, stable=True), sizes, expert, shares)


def largest_of_experts(
    x: Float[Tensor, "batch width"],
    sizes: list[int],
    encoder: Float[Tensor, "n width"],
    bias: Float[Tensor, " n"],
    k: int,
) -> tuple[Float[Tensor, "batch k"], Int[Tensor, "batch k"]]:
    """The k largest activations within each row's expert; x is sorted by expert, `sizes` rows for each.

    One matrix product for each expert: O(batch · n / experts · width), not O(batch · n · width).
    """
    each = len(encoder) // len(sizes)
    values = torch.empty(len(x), k, dtype=x.dtype, device=x.device)
    indices = torch.empty(len(x), k, dtype=torch.long, device=x.device)
    begin = 0
    for expert, size in enumerate(sizes):
        if size:
            own, rows = slice(expert * each, (expert + 1) * each), slice(begin, begin + size)
            values[rows], place = top_k(F.linear(x[rows], encoder[own], bias[own]), k)
            torch.add(place, expert * each, out=indices[rows])
            begin += size
    return values, indices

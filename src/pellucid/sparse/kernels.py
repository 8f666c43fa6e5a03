"""Products of sparse codes with dense matrices, and the gradients of both, at the cost of what fired.

    decode           y_b = sum_e v_e D_{l_e}                 over the entries e of row b
    sampled product  s_e = g_{r_e} · D_{l_e}                 only where something fired (SDDMM)
    latent sums      S_l = sum_e v_e g_{r_e}                 over the entries e of latent l, sorted by latent

Each costs O(entries · width) where the dense product costs O(batch · n · width). Sorting by latent is a compiled count
on the CPU (`by_latent.c`; PELLUCID_SORT_KERNEL=off, no compiler, other devices: torch's sort).
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from ..run.compiled import compiled
from .codes import Fired

_sampled = getattr(torch.ops.aten, "_embedding_bag_per_sample_weights_backward", None)
"""torch's own sampled product; the public way gathers a row for each entry first."""


def decode(
    values: Float[Tensor, " entry"], fired: Fired, decoder: Float[Tensor, "n width"]
) -> Float[Tensor, "batch width"]:
    """sum_e values_e decoder[latents_e] for every row.

    >>> decode(torch.tensor([2.0]), Fired.of(torch.tensor([[1]])), torch.eye(2))
    tensor([[0., 2.]])
    """
    return _bags(fired.latents, decoder, fired.offsets, values)


def sampled_product(
    left: Float[Tensor, "batch width"], fired: Fired, matrix: Float[Tensor, "n width"]
) -> Float[Tensor, " entry"]:
    """left[rows_e] · matrix[latents_e] for every entry e.

    >>> sampled_product(torch.ones(1, 2), Fired.of(torch.tensor([[1]])), torch.tensor([[1.0, 1.0], [2.0, 3.0]]))
    tensor([5.])
    """
    if not len(fired.latents):
        return left.new_zeros(0)
    if _sampled is not None:
        return _sampled(left, matrix, fired.latents, fired.offsets, fired.rows, 0)
    return sampled_product_plain(left, fired, matrix)


def sampled_product_plain(
    left: Float[Tensor, "batch width"], fired: Fired, matrix: Float[Tensor, "n width"], chunk: int = 1 << 16
) -> Float[Tensor, " entry"]:
    """The same through gathered rows, `chunk` entries at once to bound the memory."""
    pairs = zip(fired.rows.split(chunk), fired.latents.split(chunk), strict=True)
    return torch.cat([torch.linalg.vecdot(left[rows], matrix[latents]) for rows, latents in pairs])


class ByLatent(NamedTuple):
    """The entries sorted by latent: only those of the `touched` latents exist.

    `order` are the entries' numbers; those of `touched[i]` begin at `offsets[i]`; `counts` has every latent.
    """

    order: Int[Tensor, " entry"]
    touched: Int[Tensor, " touched"]
    offsets: Int[Tensor, " touched"]
    counts: Int[Tensor, " n"]


def by_latent(latents: Int[Tensor, " entry"], size: int) -> ByLatent:
    """Sort the entries by latent.

    Raises:
        ValueError: a latent that is not below `size`.

    >>> by_latent(torch.tensor([2, 0, 2]), 3).touched
    tensor([0, 2])
    """
    kernel = _sort_kernel() if latents.device.type == "cpu" and latents.dtype == torch.int64 else None
    if kernel is None:
        return _by_latent_plain(latents, size)
    latents = latents.contiguous()
    counts, touched, offsets, room = (latents.new_empty(size + 1) for _ in range(4))
    order = torch.empty_like(latents)
    addresses = (array.data_ptr() for array in (latents, counts, touched, offsets, order, room))
    found = kernel(len(latents), size, *addresses)
    if found < 0:
        raise ValueError(f"latents reach {int(latents.max())}; use 0 to {size - 1}")
    return ByLatent(order, touched[:found], offsets[:found], counts[:size])


def _by_latent_plain(latents: Tensor, size: int) -> ByLatent:
    counts = torch.bincount(latents, minlength=size)
    if len(counts) > size:
        raise ValueError(f"latents reach {len(counts) - 1}; use 0 to {size - 1}")
    touched = counts.nonzero()[:, 0]
    ends = counts[touched].cumsum(0)
    return ByLatent(torch.argsort(latents, stable=True), touched, ends - counts[touched], counts)


@functools.cache
def _sort_kernel() -> Callable[..., int] | None:
    library = compiled(Path(__file__).with_name("by_latent.c"), "PELLUCID_SORT_KERNEL")
    if library is None:
        return None
    function = library.by_latent
    function.argtypes = [ctypes.c_ssize_t] * 2 + [ctypes.c_void_p] * 6
    function.restype = ctypes.c_ssize_t
    return function


def latent_sums(
    values: Float[Tensor, " entry"],
    rows: Int[Tensor, " entry"],
    groups: ByLatent,
    matrix: Float[Tensor, "batch width"],
) -> Float[Tensor, "touched width"]:
    """sum_e values_e matrix[rows_e] over the entries of each touched latent.

    >>> groups = by_latent(torch.tensor([2, 0, 2]), 3)
    >>> latent_sums(torch.ones(3), torch.tensor([0, 1, 1]), groups, torch.tensor([[1.0], [10.0]]))
    tensor([[10.],
            [11.]])
    """
    return _bags(rows[groups.order], matrix, groups.offsets, values[groups.order])


def _bags(indices: Tensor, matrix: Tensor, offsets: Tensor, values: Tensor) -> Tensor:
    if not len(indices):
        return matrix.new_zeros(len(offsets), matrix.shape[1])
    return F.embedding_bag(indices, matrix, offsets, mode="sum", per_sample_weights=values)

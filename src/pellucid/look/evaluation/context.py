"""Context: features that stay on, or off, for stretches of a text.

Of "Dense SAE Latents Are Features, Not Bugs" (arXiv 2506.15679), section 5.2: context-binding latents are active over
consecutive tokens, and which stretches they are active on changes from one passage to the next.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .settings import SETTINGS

__all__ = ["persistence", "shuffled_in_sequences"]


def persistence(
    active: Float[Tensor, "tokens features"], rows: Int[Tensor, " tokens"], positions: Int[Tensor, " tokens"]
) -> Float[Tensor, " features"]:
    """Intraclass correlation of chunks of 16 tokens in a row: 0 where neighbours know nothing of each other, at most 1.

        (B - W) / (B + (m - 1) W),    B, W mean squares between and within chunks, m tokens in a chunk

    What the position in the sequence says is taken away first, so that a feature which follows it does not count.

    >>> rows, positions = torch.arange(4).repeat_interleave(32), torch.arange(32).repeat(4)
    >>> stays, alternates = (rows + positions // 16) % 2, positions % 2
    >>> persistence(torch.stack([stays, alternates], 1).double(), rows, positions).round(decimals=2).tolist()
    [1.0, -0.07]
    """
    place = positions // SETTINGS.chunk
    rest = active.double() - _means(active.double(), place)[place]
    _, chunk, sizes = (rows * (int(place.max()) + 1) + place).unique(return_inverse=True, return_counts=True)
    count, total = len(sizes), len(chunk)
    if count < 2 or total <= count:
        return torch.zeros(active.shape[1], dtype=torch.float64)
    means = _means(rest, chunk)
    between = (sizes[:, None] * (means - rest.mean(0)).pow(2)).sum(0) / (count - 1)
    within = (rest - means[chunk]).pow(2).sum(0) / (total - count)
    size = (total - sizes.pow(2).sum() / total) / (count - 1)
    return (between - within) / (between + (size - 1) * within).clamp_min(1e-300)


def shuffled_in_sequences(rows: Int[Tensor, " tokens"], generator: torch.Generator) -> Int[Tensor, " tokens"]:
    """An order of the tokens in which each sequence keeps its own: what persists then is the sequence's."""
    mixed = torch.randperm(len(rows), generator=generator)
    found = torch.empty_like(mixed)
    found[rows.argsort(stable=True)] = mixed[rows[mixed].argsort(stable=True)]
    return found


def _means(values: Tensor, of: Tensor) -> Tensor:
    counts = torch.bincount(of).clamp_min(1).to(values)
    return torch.zeros(len(counts), values.shape[1], dtype=values.dtype).index_add_(0, of, values) / counts[:, None]

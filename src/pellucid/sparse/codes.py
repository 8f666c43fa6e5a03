"""Sparse codes: what fires in each row and how strongly, never as a dense matrix."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor


class Codes(NamedTuple):
    """The latents that fire in each row; where fewer than k do, the rest has value 0 (and any index).

    >>> Codes(torch.tensor([[2.0, 0.0]]), torch.tensor([[1, 0]])).dense(3)
    tensor([[0., 2., 0.]])
    """

    values: Float[Tensor, "batch k"]
    indices: Int[Tensor, "batch k"]

    def dense(self, size: int) -> Float[Tensor, "batch size"]:
        """As a matrix with one column for each of `size` latents.

        >>> Codes(torch.tensor([[5.0, 1.0]]), torch.tensor([[2, 0]])).dense(3)
        tensor([[1., 0., 5.]])
        """
        matrix = self.values.new_zeros(len(self.values), size)
        return matrix.scatter_add_(1, self.indices, self.values)

    def counts(self, size: int) -> Int[Tensor, " size"]:
        """In how many rows each of `size` latents fires.

        >>> Codes(torch.tensor([[5.0, 1.0], [2.0, 0.0]]), torch.tensor([[2, 0], [2, 1]])).counts(3)
        tensor([1, 0, 2])
        """
        return torch.bincount(self.indices[self.values != 0], minlength=size)

    @property
    def active(self) -> Int[Tensor, " batch"]:
        """How many latents fire in each row.

        >>> Codes(torch.tensor([[5.0, 1.0], [2.0, 0.0]]), torch.tensor([[2, 0], [2, 1]])).active
        tensor([2, 1])
        """
        return (self.values != 0).sum(1)


class Fired(NamedTuple):
    """The same as a list: entry e says that latent `latents[e]` fires in row `rows[e]`; entries are sorted by row.

    The list of row b begins at `offsets[b]`.
    """

    latents: Int[Tensor, " entry"]
    rows: Int[Tensor, " entry"]
    offsets: Int[Tensor, " batch"]

    @classmethod
    def of(cls, indices: Int[Tensor, "batch k"]) -> Fired:
        """The list for k latents in each row.

        >>> fired = Fired.of(torch.tensor([[2, 0], [1, 2]]))
        >>> fired.rows.tolist(), fired.latents.tolist()
        ([0, 0, 1, 1], [2, 0, 1, 2])
        """
        batch, k = indices.shape
        numbers = torch.arange(batch, device=indices.device)
        return cls(indices.reshape(-1), numbers.repeat_interleave(k), numbers * k)

    @classmethod
    def by_row(cls, latents: Tensor, rows: Tensor, batch: int) -> Fired:
        """The list for `latents` and `rows` that are sorted by row.

        >>> fired = Fired.by_row(torch.tensor([4, 1, 3]), torch.tensor([0, 0, 1]), 2)
        >>> fired.latents.tolist(), fired.rows.tolist()
        ([4, 1, 3], [0, 0, 1])
        """
        counts = torch.bincount(rows, minlength=batch)
        return cls(latents, rows, counts.cumsum(0) - counts)

    def codes(self, values: Float[Tensor, " entry"]) -> Codes:
        """As rows of equal length, padded with zeros."""
        batch = len(self.offsets)
        place = torch.arange(len(self.latents), device=self.latents.device) - self.offsets[self.rows]
        width = int(place.max()) + 1 if len(place) else 1
        padded = values.new_zeros(batch, width)
        indices = self.latents.new_zeros(batch, width)
        padded[self.rows, place] = values
        indices[self.rows, place] = self.latents
        return Codes(padded, indices)

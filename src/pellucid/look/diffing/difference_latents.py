"""Latents of a difference: what is added to a model's activations, where, and whose it is.

    y = second - first at a token;    a latent fires where its direction d is nearest to y, and |<d, y>| >= |y| / 2

    concentration = sum <d, y>^2 / sum |y|^2                    how much of what happens there it is
    beta_m = sum v <d, x_m - mu_m> / sum v <d, y - mu>          how much of it is in model m, mu its mean elsewhere

so beta_second - beta_first is 1. Where beta_first is about 0, the second model has what the first has not; where
beta_second is, it has lost it; and where neither is, both have it, to another degree or in another direction. What is
weaker than a hundredth of a usual difference is no firing. Directions are those of spherical k-means (Dhillon and
Modha, 2001), which needs no training: of a few hundred tokens a network learns none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Int

from ...artifacts.features.dictionary import Dictionary
from ..evaluation.sample import encode
from .model_pair import ModelPair

__all__ = ["DifferenceLatents", "directions_of"]


@dataclass(frozen=True)
class DifferenceLatents:
    """What is known of the latents on held-out text; NaN of those that fire less than asked for."""

    values: Float[torch.Tensor, "rows k"]
    indices: Int[torch.Tensor, "rows k"]
    firings: Int[torch.Tensor, " n"]
    concentration: Float[torch.Tensor, " n"]
    first: Float[torch.Tensor, " n"]
    second: Float[torch.Tensor, " n"]

    weakest: ClassVar[float] = 0.01

    @classmethod
    def of(cls, dictionary: Dictionary, held: ModelPair, least: int) -> DifferenceLatents:
        """Of those that fire `least` times."""
        y = held.second - held.first
        values, indices = encode(dictionary, y)
        y = y - dictionary.decoder_bias
        size = dictionary.decoder.norm(dim=1)
        length = y.norm(dim=1, keepdim=True)
        least_length = (length / 2).clamp_min(cls.weakest * float(length.pow(2).mean().sqrt()))
        values = values.masked_fill(values * size[indices] < least_length, 0.0)
        firings = torch.bincount(indices[values > 0], minlength=dictionary.size)
        found = torch.full((dictionary.size, 3), torch.nan)
        totals = [part.double().sum(0) for part in (held.first, held.second)]
        for latent in (firings >= least).nonzero()[:, 0].tolist():
            rows, places = ((indices == latent) & (values > 0)).nonzero(as_tuple=True)
            if len(rows) == len(y):  # which fires everywhere, so that there is no elsewhere
                continue
            direction = dictionary.decoder[latent].double()
            weight = values[rows, places].double()
            direction = direction / direction.norm().clamp_min(1e-30)
            part = y[rows].double()
            share = (part @ direction).pow(2).sum() / part.pow(2).sum().clamp_min(1e-30)
            betas = []
            for x, total in zip((held.first, held.second), totals, strict=True):
                own = x[rows].double()
                elsewhere = (total - own.sum(0)) / (len(x) - len(rows))
                betas.append((weight * ((own - elsewhere) @ direction)).sum())
            whole = betas[1] - betas[0]
            found[latent] = torch.stack([share, *(beta / whole for beta in betas)]).float()
        return cls(values, indices, firings, *found.unbind(1))

    def fires(self, latent: int) -> tuple[Int[torch.Tensor, " some"], Float[torch.Tensor, " some"]]:
        """The rows in which it fires, and how strongly."""
        rows, places = ((self.indices == latent) & (self.values > 0)).nonzero(as_tuple=True)
        return rows, self.values[rows, places]

    @property
    def absent(self) -> Float[torch.Tensor, " n"]:
        """How much of what a latent is in one model is in the other: 0 of one model alone."""
        sizes = torch.stack([self.first.abs(), self.second.abs()])
        return sizes.amin(0) / sizes.amax(0).clamp_min(1e-30)

    @property
    def share(self) -> Float[torch.Tensor, " n"]:
        """Which share of it is in the second model; a half where that is not known."""
        total = (self.first.abs() + self.second.abs()).clamp_min(1e-30)
        return (self.second.abs() / total).nan_to_num(0.5)


def directions_of(
    y: Float[torch.Tensor, "rows width"], count: int, generator: torch.Generator, *, rounds: int = 20
) -> Float[torch.Tensor, "some width"]:
    """The directions, of length 1, around which rows lie; each row weighs by its length.

    Those that no row is nearest to are dropped.

    >>> y = torch.tensor([[3.0, 0.1], [2.0, -0.1], [0.0, 1.0]])
    >>> directions_of(y, 2, torch.Generator().manual_seed(0)).round().sort(0).values.tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    units = torch.nn.functional.normalize(y, dim=1)
    size = y.norm(dim=1)
    chosen = [int(size.argmax())]
    nearest = units @ units[chosen[0]]
    while len(chosen) < count:  # the next one is drawn by how much of a row no direction has
        left = (1 - nearest.clamp(0, 1) ** 2) * size**2
        if float(left.sum()) <= 1e-6 * float((size**2).sum()):
            break
        chosen.append(int(torch.multinomial(left, 1, generator=generator)))
        nearest = torch.maximum(nearest, units @ units[chosen[-1]])
    found = units[chosen]
    for _ in range(rounds):
        place = (units @ found.t()).argmax(1)
        sums = torch.zeros_like(found).index_add_(0, place, y)
        kept = sums.norm(dim=1) > 0
        found = torch.nn.functional.normalize(sums[kept], dim=1)
    return found

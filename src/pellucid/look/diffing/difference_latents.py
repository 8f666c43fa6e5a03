"""Latents of a difference: what is added to a model's activations, where, and whose it is.

    y = second - first at a token,  v and d from a dictionary of such differences,  over the rows where a latent fires

    concentration = sum <d, y - mean>^2 / sum |y - mean|^2      how much of what happens there it is
    beta_m = sum v <d, x_m - mu_m> / sum v^2                    how much of it is in model m, mu_m its mean elsewhere

beta_second - beta_first is about 1. Where beta_first is about 0, the second model has what the first has not; where
beta_second is, it has lost it; and where neither is, both have it, to another degree or in another direction.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int

from ...artifacts.features.dictionary import Dictionary
from ..evaluation.sample import encode
from .model_pair import ModelPair

__all__ = ["DifferenceLatents"]


@dataclass(frozen=True)
class DifferenceLatents:
    """What is known of the latents on held-out text; NaN of those that fire less than asked for."""

    values: Float[torch.Tensor, "rows k"]
    indices: Int[torch.Tensor, "rows k"]
    firings: Int[torch.Tensor, " n"]
    concentration: Float[torch.Tensor, " n"]
    first: Float[torch.Tensor, " n"]
    second: Float[torch.Tensor, " n"]

    @classmethod
    def of(cls, dictionary: Dictionary, held: ModelPair, least: int) -> DifferenceLatents:
        """Of those that fire `least` times."""
        y = held.second - held.first
        values, indices = encode(dictionary, y)
        firings = torch.bincount(indices[values > 0], minlength=dictionary.size)
        y = y - dictionary.decoder_bias
        found = torch.full((dictionary.size, 3), torch.nan)
        totals = [part.double().sum(0) for part in (held.first, held.second)]
        for latent in (firings >= least).nonzero()[:, 0].tolist():
            rows, places = ((indices == latent) & (values > 0)).nonzero(as_tuple=True)
            if len(rows) == len(y):  # which fires everywhere, so that there is no elsewhere
                continue
            direction = dictionary.decoder[latent].double()
            weight = values[rows, places].double() * direction.norm()
            direction = direction / direction.norm().clamp_min(1e-30)
            part = y[rows].double()
            share = (part @ direction).pow(2).sum() / part.pow(2).sum().clamp_min(1e-30)
            betas = []
            for x, total in zip((held.first, held.second), totals, strict=True):
                own = x[rows].double()
                elsewhere = (total - own.sum(0)) / (len(x) - len(rows))
                betas.append((weight * ((own - elsewhere) @ direction)).sum() / weight.pow(2).sum().clamp_min(1e-30))
            found[latent] = torch.stack([share, *betas]).float()
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

"""Crosscoders: one dictionary for several layers, or for the same layer of two models, whose latents are then compared.

transformer-circuits.pub/2024/crosscoders; with the k largest latents of a batch, which tells latents of one model from
shared ones better than a penalty does (arXiv 2504.02922); arXiv 2503.03730.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...core.claim import Claim, Measured
from ...nets.dictionaries.dictionary_scale import Scale
from ...subjects.models.activations import Activations, Vectors, as_activations
from .activation_pairs import ActivationPairs
from .dictionary_claims import Measurements, fvu
from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class Crosscoder(DictionaryMethod):
    """Latents that read and write several sites at once, each site brought to one scale (arXiv 2504.02922).

    The subject is a sequence of Sites or Activations of the same rows, a Site that reads several paths (`beside`), or
    one with targets (two sites). `sites` names them; the artifact's `site_norms` say where a latent writes. All sites
    are held in memory.
    Raises ValueError for a single site, for sites with different numbers of rows, for too many names.

    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> found = Crosscoder(width=32, k=2, steps=20, batch_size=64, sites=("base", "tuned")).explain((x, 9 * x)).artifact
    >>> found.sites, found.site_norms().shape
    ((('base', 8), ('tuned', 8)), torch.Size([32, 2]))
    """

    sites: tuple[str, ...] = ()

    chooses = "batch_top_k"

    def _as_subject(self, given: Any) -> Any:
        if isinstance(given, JoinedSites):
            return given
        found = _sites(given)
        if self.sites and len(self.sites) != len(found):
            raise ValueError(
                f"sites={self.sites} are {len(self.sites)} names for {len(found)} sites; give one for each"
            )
        names = self.sites or tuple(name for name, _ in getattr(given, "parts", ()))
        return JoinedSites.of(found, names or tuple(f"site {number}" for number in range(len(found))))


@dataclass(frozen=True, eq=False)
class JoinedSites(ActivationPairs):
    """Sites side by side, each centred and scaled so that none of them counts for more than another."""

    names: tuple[str, ...] = ()
    scales: tuple[Scale, ...] = ()
    """Centre and factor of each site."""

    sampled: ClassVar[int] = 4096
    """Rows that say centre and scale of a site."""
    alone: ClassVar[float] = 0.1
    """A latent belongs to one site alone where its decoder norm at all others is below this share of the total."""

    @classmethod
    def of(cls, sites: Sequence[Vectors], names: tuple[str, ...]) -> JoinedSites:
        """Of sites with the same rows; all are read into memory. Raises ValueError for different numbers of rows."""
        counts = [site.count for site in sites]
        if len(set(counts)) > 1:
            raise ValueError(f"the sites have {counts} activations; run the same inputs through each")
        rows = torch.arange(counts[0])
        parts, scales = zip(*(_scaled(site.rows(rows), cls.sampled) for site in sites), strict=True)
        return cls(Activations(torch.cat(parts, 1), _lengths=sites[0].lengths), names=names, scales=scales)

    @property
    def widths(self) -> list[int]:
        """Of each site."""
        return [len(scale.mean) for scale in self.scales]

    def in_original_units(self, found: Dictionary) -> Dictionary:
        """Each site's own centre and scale go into the weights; the sites get their names."""
        assert found.mean is not None
        factors = torch.cat([torch.full_like(scale.mean, scale.factor) for scale in self.scales])
        means = torch.cat([scale.mean for scale in self.scales])
        return replace(
            found,
            encoder=found.encoder * factors[:, None],
            mean=found.mean / factors + means,
            decoder=found.decoder / factors,
            decoder_bias=found.decoder_bias / factors + means,
            sites=tuple(zip(self.names, self.widths, strict=True)),
            site_scales=tuple(scale.factor for scale in self.scales),
        )

    def claims(self, found: Dictionary, measured: Measurements) -> tuple[Claim, ...]:
        """How well each site is reconstructed, and which share of the latents writes at one site alone."""
        claims: list[Claim] = []
        parts = zip(measured.error.split(self.widths, 1), measured.centred.split(self.widths, 1), strict=True)
        for name, (error, centred) in zip(self.names, parts, strict=True):
            value, uncertainty = fvu(error, centred)
            told = f"FVU at {name}; its mean leaves all"
            claims.append(Measured(told, value, "", 1.0, uncertainty, key=f"fvu: {name}"))
        norms = torch.stack([part.norm(dim=1) for part in found.decoder.split(self.widths, 1)], 1)
        others = norms.sum(1, keepdim=True) - norms
        exclusive = (others < self.alone * norms.sum(1, keepdim=True))[measured.fired > 0].float().mean(0)
        for name, share in zip(self.names, exclusive.tolist(), strict=True):
            told = f"the share of living latents with {1 - self.alone:.0%} of their norm at {name}"
            claims.append(Measured(told, share, "", key=f"exclusive: {name}"))
        return tuple(claims)


def _sites(given: Any) -> list[Vectors]:
    """The activations of each site, of each part of one, or the two of one with a target.

    Raises ValueError for a single site.
    """
    parts = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    found = [as_activations(part) for part in parts]
    if len(found) > 1:
        return found
    (pair,) = found
    if pair.parts:
        values = pair.rows(torch.arange(pair.count)).split([width for _, width in pair.parts], 1)
        return [Activations(part, _lengths=np.asarray(pair.lengths)) for part in values]
    if not pair.target_width:
        raise ValueError("a crosscoder needs two sites or more; give a sequence of them, or one with a target")
    everything = torch.arange(pair.count)
    return [Activations(pair.rows(everything)), Activations(pair.rows(everything, "targets"))]


def _scaled(values: Float[Tensor, "rows width"], sampled: int) -> tuple[Float[Tensor, "rows width"], Scale]:
    sample = values[:: max(1, len(values) // sampled)]
    scale = Scale.of(sample, sample)
    return scale.inputs(values), scale

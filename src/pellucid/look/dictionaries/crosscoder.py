"""Crosscoders: one dictionary for several layers, or for the same layer of two models, whose latents are then compared.

transformer-circuits.pub/2024/crosscoders; with the k largest latents of a batch, which tells latents of one model from
shared ones better than a penalty does (arXiv 2504.02922); arXiv 2503.03730.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...core.claim import Claim, Measured
from ...nets.dictionaries.dictionary_scale import Scale
from ...nets.dictionaries.dictionary_shape import DictionaryShape
from ...nets.dictionaries.dictionary_training import DictionaryTraining
from ...subjects.models.activations import Activations, Vectors, as_activations
from .dictionary_claims import Measurements, fvu
from .dictionary_method import DictionaryMethod

ONE_SITE = 0.1
"""A latent belongs to one site alone where its decoder norm at all others is below this share of the total."""
_SAMPLE = 4096


@dataclass(frozen=True)
class Crosscoder(DictionaryMethod):
    """Latents that read and write several sites at once, each site brought to one scale (arXiv 2504.02922).

    The subject is a sequence of Sites or Activations of the same rows, or one with targets (two sites). `sites` names
    them; the artifact's `site_norms` say where a latent writes. All sites are held in memory.
    Raises ValueError for a single site, for sites with different numbers of rows, for too many names.

    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> found = Crosscoder(width=32, k=2, steps=20, batch_size=64, sites=("base", "tuned")).explain((x, 9 * x)).artifact
    >>> found.sites, found.site_norms().shape
    ((('base', 8), ('tuned', 8)), torch.Size([32, 2]))
    """

    sites: tuple[str, ...] = ()

    def shape(self, width: int, width_out: int) -> DictionaryShape:
        return DictionaryShape(width, width_out, self.width, self.k, "batch_top_k")

    def vectors(self, subject: Any) -> Vectors:
        parts = [subject] if not isinstance(subject, Sequence) or isinstance(subject, str) else list(subject)
        found = [as_activations(part) for part in parts]
        if len(found) == 1:
            if not found[0].target_width:
                raise ValueError("a crosscoder needs two sites or more; give a sequence of them, or one with a target")
            pair = found[0]
            everything = torch.arange(pair.count)
            found = [Activations(pair.rows(everything)), Activations(pair.rows(everything, "targets"))]
        counts = [part.count for part in found]
        if len(set(counts)) > 1:
            raise ValueError(f"the sites have {counts} activations; run the same inputs through each")
        if self.sites and len(self.sites) != len(found):
            raise ValueError(
                f"sites={self.sites} are {len(self.sites)} names for {len(found)} sites; give one for each"
            )
        rows = torch.arange(counts[0])
        values = [part.rows(rows) for part in found]
        parts, scales = zip(*(_scaled(value) for value in values), strict=True)
        whole = torch.cat(parts, 1)
        return _Joined(whole, _lengths=found[0].lengths, scales=tuple(scales))

    def artifact(self, training: DictionaryTraining, sample: tuple[Tensor, Tensor], vectors: Vectors) -> Dictionary:
        assert isinstance(vectors, _Joined)
        names = self.sites or tuple(f"site {number}" for number in range(len(vectors.scales)))
        widths = (len(mean) for mean, _ in vectors.scales)
        return replace(super().artifact(training, sample, vectors), sites=tuple(zip(names, widths, strict=True)))

    def in_original_units(self, found: Dictionary, vectors: Vectors) -> Dictionary:
        assert isinstance(vectors, _Joined) and found.mean is not None  # noqa: PT018
        factors = torch.cat([torch.full_like(mean, factor) for mean, factor in vectors.scales])
        means = torch.cat([mean for mean, _ in vectors.scales])
        return replace(
            found,
            encoder=found.encoder * factors[:, None],
            mean=found.mean / factors + means,
            decoder=found.decoder / factors,
            decoder_bias=found.decoder_bias / factors + means,
            site_scales=tuple(factor for _, factor in vectors.scales),
        )

    def claims(self, found: Dictionary, measured: Measurements) -> tuple[Claim, ...]:
        claims = list(super().claims(found, measured))
        widths = [width for _, width in found.sites]
        parts = zip(measured.error.split(widths, 1), measured.centred.split(widths, 1), strict=True)
        for (name, _), (error, centred) in zip(found.sites, parts, strict=True):
            value, uncertainty = fvu(error, centred)
            claims.append(
                Measured(f"FVU at {name}; its mean leaves all", value, "", 1.0, uncertainty, key=f"fvu: {name}")
            )
        norms = found.site_norms()
        others = norms.sum(1, keepdim=True) - norms
        alone = (others < ONE_SITE * norms.sum(1, keepdim=True))[measured.fired > 0].float().mean(0)
        for (name, _), share in zip(found.sites, alone.tolist(), strict=True):
            claims.append(
                Measured(
                    f"the share of living latents with {1 - ONE_SITE:.0%} of their norm at {name}",
                    share,
                    "",
                    key=f"exclusive: {name}",
                )
            )
        return tuple(claims)


@dataclass(frozen=True, eq=False)
class _Joined(Activations):
    """Sites side by side, each centred and scaled."""

    scales: tuple[tuple[Tensor, float], ...] = ()
    """Centre and factor of each."""


def _scaled(values: Tensor) -> tuple[Tensor, tuple[Tensor, float]]:
    sample = values[:: max(1, len(values) // _SAMPLE)]
    scale = Scale.of(sample, sample)
    return scale.inputs(values), (scale.mean, scale.factor)

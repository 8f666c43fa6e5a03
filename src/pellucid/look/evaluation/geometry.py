"""How a dictionary's features lie: duplicates, and the three scales of arXiv 2410.19750 in one call.

"The Geometry of Concepts: Sparse Autoencoder Feature Structure": parallelograms among differences of features and of
words (`crystals`), lobes, and the shape of the whole cloud. Duplicates across experts are what a Switch dictionary pays
for its speed (arXiv 2410.08201). Cost O(features^2 width), in blocks.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import normalize

from ...core.claim import Claim, Measured
from .crystals import measure_crystals
from .latents import frequencies
from .lobes import measure_lobes
from .point_cloud import measure_point_cloud
from .sample import Sample, Text
from .settings import SETTINGS

__all__ = ["measure_duplicates", "measure_geometry", "nearest"]


def nearest(
    decoder: Float[Tensor, "features width"], count: int, of: Int[Tensor, " some"] | None = None
) -> tuple[Float[Tensor, "some count"], Int[Tensor, "some count"]]:
    """The `count` other features with the largest cosine to each feature, and these cosines.

    >>> nearest(torch.tensor([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]]), 1)[1].flatten().tolist()
    [1, 0, 0]
    """
    units = normalize(decoder.float(), dim=1)
    rows = torch.arange(len(units)) if of is None else of
    count = min(count, len(units) - 1)
    values, indices = [], []
    for part in rows.split(SETTINGS.compared_at_once):
        cosines = units[part] @ units.T
        cosines[torch.arange(len(part)), part] = -2
        best = cosines.topk(count, dim=1)
        values.append(best.values)
        indices.append(best.indices)
    return torch.cat(values), torch.cat(indices)


def measure_duplicates(
    decoder: Float[Tensor, "features width"], alive: Int[Tensor, " alive"], experts: int, generator: torch.Generator
) -> tuple[list[Claim], dict[str, Any]]:
    """The share of features that have a near copy (cosine above 0.9), for a Switch dictionary in another expert.

    The baseline is the same for random directions of the same covariance.
    """
    if len(alive) < 2:
        return [], {}
    units = normalize(decoder[alive].float(), dim=1)
    expert = alive * experts // len(decoder)
    copies = _copies(units, expert if experts > 1 else None)
    basis = torch.linalg.cholesky(units.T @ units / len(units) + 1e-6 * torch.eye(units.shape[1]))
    random = normalize(torch.randn(units.shape, generator=generator) @ basis.T, dim=1)
    chance = float(_copies(random, expert if experts > 1 else None).double().mean())
    share = float(copies.double().mean())
    where = "in another expert" if experts > 1 else "elsewhere"
    near = f"near copy {where} (cosine above {SETTINGS.duplicate})"
    told = f"share of {len(alive):,} features with a {near}; baseline: random"
    error = (share * (1 - share) / len(alive)) ** 0.5
    claims: list[Claim] = [Measured(told, share, "", chance, error, key="duplicates")]
    return claims, {"duplicates": share, "duplicates_by_chance": chance, "experts": experts}


def measure_geometry(
    sample: Sample,
    decoder: Float[Tensor, "features width"],
    generator: torch.Generator,
    *,
    features: int = 384,
    text: Text | None = None,
) -> tuple[list[Claim], dict[str, Any]]:
    """Parallelograms and lobes among the `features` that fire most often, dense ones left out; the cloud of all.

    With the text of the sample, parallelograms of words as the dictionary reconstructs them.
    """
    often = frequencies(sample)
    often[often > 0.5] = 0
    chosen = often.argsort(descending=True)[: min(features, int((often > 0).sum()))]
    if len(chosen) < 16 or sample.sequences < 8:
        return [], {}
    rows = decoder[chosen].double()
    parallel, chance = _parallelograms(rows[:96], generator)
    claims: list[Claim] = [
        Measured(
            "parallelograms among features: pairs of differences with a cosine above "
            f"{SETTINGS.parallel}; baseline: random directions of the same covariance",
            parallel, "", chance, None, key="parallel_differences",
        ),
    ]  # fmt: skip
    data = {"parallelograms": parallel, "parallelograms_by_chance": chance, "features": len(chosen)}
    alive = decoder[frequencies(sample) > 0]
    parts = [measure_lobes(sample, chosen, rows, generator), measure_point_cloud(alive, sample.target, generator)]
    if text is not None:
        crystals = measure_crystals(sample.reconstruction, text.ids, text.vocabulary, generator)
        parts.append((crystals[0], {"crystals": crystals[1]} if crystals[1] else {}))
    for found, figures in parts:
        claims.extend(found)
        data |= figures
    return claims, data


def _copies(units: Tensor, expert: Tensor | None) -> Tensor:
    found = []
    for part in torch.arange(len(units)).split(SETTINGS.compared_at_once):
        cosines = units[part] @ units.T
        if expert is None:
            cosines[torch.arange(len(part)), part] = -2
        else:
            cosines[expert[part][:, None] == expert[None]] = -2
        found.append(cosines.amax(1) > SETTINGS.duplicate)
    return torch.cat(found)


def _parallelograms(rows: Tensor, generator: torch.Generator) -> tuple[float, float]:
    """The share of pairs of differences a - b, c - d without a common feature that are parallel; and by chance."""
    centred = rows - rows.mean(0)
    mixing = torch.randn((len(rows), len(rows)), generator=generator, dtype=torch.float64) / len(rows) ** 0.5
    return _parallel(rows), _parallel(mixing @ centred)


def _parallel(rows: Tensor) -> float:
    first, second = torch.triu_indices(len(rows), len(rows), 1)
    units = normalize((rows[first] - rows[second]).float(), dim=1)
    many = total = 0
    for part in torch.arange(len(units)).split(SETTINGS.compared_at_once):
        cosines = (units[part] @ units.T).abs()
        a, b = first[part][:, None], second[part][:, None]
        apart = (a != first) & (a != second) & (b != first) & (b != second)
        many += int((cosines[apart] > SETTINGS.parallel).sum())
        total += int(apart.sum())
    return many / max(total, 1)

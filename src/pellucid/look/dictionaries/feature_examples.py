"""Where features fire: the strongest examples of each, some weaker ones, and how its activations are spread.

The strongest examples alone make any feature look clearer than it is, so some are drawn from all strengths. Cost: a
sort of the activations, O(tokens k log(tokens k)), and O(features examples window k) comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ..evaluation.sample import Sample

__all__ = ["Examples", "find_examples", "histograms"]


@dataclass(frozen=True)
class Examples:
    """Rows and positions (-1 where there is none), and the feature's activation at each token of the window."""

    rows: Int[Tensor, "features examples"]
    positions: Int[Tensor, "features examples"]
    values: Float[Tensor, "features examples window"]


def find_examples(sample: Sample, *, top: int, spread: int, before: int, after: int, block: int = 512) -> Examples:
    """For each feature the `top` strongest examples, one of a sequence, and `spread` at even ranks among the others."""
    tokens, features = _strongest_of_sequences(sample)
    counts = torch.bincount(features, minlength=sample.size)
    starts = counts.cumsum(0) - counts
    ranks = torch.arange(top).expand(sample.size, top)
    others = (counts - top).clamp_min(0)[:, None]
    steps = (torch.arange(spread) + 1)[None] * others // (spread + 1) + top
    ranks = torch.cat([ranks, steps.where(others > torch.arange(spread), torch.tensor(2**60))], 1)
    there = ranks < counts[:, None]
    found = tokens[(starts[:, None] + ranks).where(there, torch.tensor(0))]
    values = torch.cat(
        [
            _windows(sample, part, found[part], there[part], before, after)
            for part in torch.arange(sample.size).split(block)
        ]
    )
    none = torch.tensor(-1)
    return Examples(sample.rows[found].where(there, none), sample.positions[found].where(there, none), values)


def histograms(sample: Sample, bins: int) -> tuple[Float[Tensor, " features"], Int[Tensor, "features bins"]]:
    """Each feature's largest activation, and how many of its activations lie in equal bins from 0 up to it."""
    fired = sample.values > 0
    values, features = sample.values[fired], sample.indices[fired]
    largest = torch.zeros(sample.size).scatter_reduce_(0, features, values, "amax")
    bin_of = (values / largest[features] * bins).long().clamp_max(bins - 1)
    counts = torch.bincount(features * bins + bin_of, minlength=sample.size * bins)
    return largest, counts.reshape(sample.size, bins)


def _strongest_of_sequences(sample: Sample) -> tuple[Tensor, Tensor]:
    """Tokens and features: the strongest token of each sequence, by feature, the strongest first."""
    fired = sample.values > 0
    values, features = sample.values[fired], sample.indices[fired]
    tokens = torch.arange(len(sample.x))[:, None].expand_as(fired)[fired]
    order = values.argsort(descending=True, stable=True)
    key = features[order] * (int(sample.rows.max()) + 1) + sample.rows[tokens[order]]
    by_key = key.argsort(stable=True)
    first = torch.ones(len(by_key), dtype=torch.bool)
    first[1:] = key[by_key][1:] != key[by_key][:-1]
    kept = order[by_key[first]]
    kept = kept[values[kept].argsort(descending=True, stable=True)]
    kept = kept[features[kept].argsort(stable=True)]
    return tokens[kept], features[kept]


def _windows(sample: Sample, features: Tensor, found: Tensor, there: Tensor, before: int, after: int) -> Tensor:
    """Activations of each feature around each of its examples (features, examples, window); 0 beyond the text."""
    offsets = torch.arange(-before, after + 1)
    # Tokens of a sequence lie together, but attention sinks among them are missing: look up by place.
    near = (found[..., None] + torch.arange(-before - 1, after + 2)).clamp(0, len(sample.x) - 1)
    same = sample.rows[near] == sample.rows[found][..., None]
    shift = sample.positions[near] - sample.positions[found][..., None]
    active = ((sample.indices[near] == features[:, None, None, None]) * sample.values[near]).sum(-1)
    inside = same & there[..., None] & (shift >= -before) & (shift <= after)
    out = torch.zeros(*found.shape, len(offsets))
    place = (shift + before).where(inside, torch.tensor(0))
    return out.scatter_reduce_(-1, place, active.where(inside, torch.tensor(0.0)), "amax")

"""How often each feature fires: dead and dense ones, and how many features there are in effect."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ...core.claim import Claim, Measured
from .sample import Sample
from .settings import SETTINGS
from .uncertainty import jackknife

__all__ = ["effective_number", "frequencies", "measure_latents"]


def measure_latents(sample: Sample) -> tuple[list[Claim], dict[str, Any]]:
    """Dead features, dense features, and exp(entropy) of the shares of the total activation (arXiv 2512.13568).

    Dead means that it fired at none of the sample's tokens, so that by the rule of three it fires at fewer than
    3/tokens of all tokens with 95 % confidence.
    """
    tokens = len(sample.x)
    often = frequencies(sample)
    dead, dense = int((often == 0).sum()), int((often > SETTINGS.dense).sum())
    number, error = effective_number(sample)
    width = sample.x.shape[1]
    claims: list[Claim] = [
        Measured(f"features dead: none of {tokens:,} tokens made them fire", dead, f"of {sample.size:,}", key="dead"),
        Measured(
            f"features dense: they fire at more than {SETTINGS.dense:.0%} of the tokens",
            dense,
            f"of {sample.size:,}",
            key="dense",
        ),
        Measured(
            "features in effect: exp(entropy) of their shares of the activation; baseline: dimensions of the site",
            number,
            "",
            float(width),
            error,
            key="effective_number",
        ),
    ]
    data = {"dead": dead, "dense": dense, "size": sample.size, "effective_number": number, "dead_bound": 3 / tokens}
    return claims, {**data, "superposition": number / width}


def frequencies(sample: Sample) -> Float[Tensor, " features"]:
    """The share of the tokens at which each feature fires."""
    fired = sample.indices[sample.values != 0]
    return torch.bincount(fired, minlength=sample.size).double() / len(sample.x)


def effective_number(sample: Sample) -> tuple[float, float | None]:
    """exp(- sum p log p), p the shares of the features in the total activation; its standard error over blocks.

    The error is a jackknife over at most 32 blocks of sequences, to bound the memory.
    """
    blocks = sample.rows * min(32, int(sample.rows.max()) + 1) // (int(sample.rows.max()) + 1)
    flat = blocks[:, None] * sample.size + sample.indices
    parts = torch.zeros((int(blocks.max()) + 1) * sample.size, dtype=torch.float64)
    parts.index_add_(0, flat.reshape(-1), sample.values.abs().double().reshape(-1))
    parts = parts.reshape(-1, sample.size)
    return jackknife(_exp_entropy, parts[parts.sum(1) > 0])


def _exp_entropy(total: Float[Tensor, "many features"]) -> Float[Tensor, " many"]:
    p = total / total.sum(1, keepdim=True).clamp_min(1e-300)
    return torch.special.entr(p).sum(1).exp()

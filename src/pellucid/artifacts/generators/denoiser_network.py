"""A network that denoises points: one definition for numpy, which draws, and for torch, which trains.

    D(x, s) = c_skip x + c_out F(c_in x, ln(s) / 4),   c_skip = d^2 / (s^2 + d^2),   c_out = s d / sqrt(s^2 + d^2),
    c_in = 1 / sqrt(s^2 + d^2),   d = 0.5

(EDM, arXiv:2206.00364, table 1). F: a layer in, blocks h + W2 silu(W1 (norm(h) + e)), a layer out; e is a linear map of
waves of the noise level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .column_code import SPREAD

WAVES = np.exp(np.linspace(-1, 3, 16)).astype(np.float32)
"""Frequencies of the noise level's waves, over ln(s) / 4."""


def shapes(dimensions: int, hidden: int, blocks: int) -> dict[str, tuple[int, ...]]:
    """The shape of each weight, by its name.

    >>> sum(int(np.prod(shape)) for shape in shapes(10, 64, 2).values())
    20170
    """
    found: dict[str, tuple[int, ...]] = {
        "in": (dimensions, hidden), "in_bias": (hidden,),
        "level": (2 * len(WAVES) + 1, hidden), "level_bias": (hidden,),
    }  # fmt: skip
    for i in range(blocks):
        found |= {f"{i}.first": (hidden, hidden), f"{i}.first_bias": (hidden,)}
        found |= {f"{i}.second": (hidden, hidden), f"{i}.second_bias": (hidden,)}
    return found | {"out": (hidden, dimensions), "out_bias": (dimensions,)}


def denoise(weights: Mapping[str, Any], x: Any, sigma: Any, module: Any = np) -> Any:
    """D(x, sigma) of points x (points, dimensions), at levels sigma (points, 1); arrays of `module`, numpy or torch."""
    total = sigma**2 + SPREAD**2
    level = module.log(sigma) / 4
    waves = level * (WAVES if module is np else module.as_tensor(WAVES))
    told = module.concatenate([module.cos(waves), module.sin(waves), level], axis=1) @ weights["level"]
    told = told + weights["level_bias"]
    h = (x / module.sqrt(total)) @ weights["in"] + weights["in_bias"]
    for i in range(sum(name.endswith(".first") for name in weights)):
        centred = h - h.mean(1)[:, None]
        normed = centred / module.sqrt((centred**2).mean(1)[:, None] + 1e-5)
        inner = (normed + told) @ weights[f"{i}.first"] + weights[f"{i}.first_bias"]
        h = h + (inner / (1 + module.exp(-inner))) @ weights[f"{i}.second"] + weights[f"{i}.second_bias"]
    out = h @ weights["out"] + weights["out_bias"]
    return SPREAD**2 / total * x + sigma * SPREAD / module.sqrt(total) * out

"""Where each layer's feed-forward part is, found by following a pass: what it reads, and what it adds to the stream.

It is the last of a layer's parts that add to the stream (`stream_parts`); it reads what the module puts out that is
given the stream for it, the norm. So a transcoder from one to the other stands for the part without that norm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from ...subjects.models.hooks import INPUT
from .stream_parts import parts_of_layers

__all__ = ["FeedForward", "feed_forwards"]


@dataclass(frozen=True)
class FeedForward:
    """One layer's part: the path that it `reads`, the one that it `writes`, and by what its output is multiplied."""

    reads: str
    writes: str
    scale: float = 1.0


def feed_forwards(network: nn.Module, layers: tuple[str, ...], tokens: Tensor | Any) -> list[FeedForward]:
    """The feed-forward part of every layer. Raises ValueError where a layer has but one part, or none is found."""
    found = []
    for layer, parts in zip(layers, parts_of_layers(network, layers, tokens)[0], strict=True):
        if len(parts.written) < 2:
            raise ValueError(f"{layer!r} adds one part to the stream, not attention and a feed-forward part; give a "
                             "transformer")  # fmt: skip
        part, reader = parts.written[-1], parts.readers[-1][0]
        within = part.path == reader or part.path.startswith(f"{reader}.")  # no norm: the part itself reads the stream
        found.append(FeedForward(reader + INPUT if within else reader, part.path, part.scale))
    return found

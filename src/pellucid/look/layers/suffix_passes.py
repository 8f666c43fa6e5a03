"""Passes over the end of a row: of a causal model nothing before a change moves, so keys and values of it are kept.

Exact, but for rounding: what is computed is what a whole pass computes from that token on. It works for networks of
transformers that take `past_key_values`; whether one does is tried, not looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ...subjects.models.hooks import Edit, device_of, logits_of, run
from .layer_passes import CachedPrefix, exchanged, hand_on

__all__ = ["SuffixPasses"]


@dataclass(frozen=True, eq=False)
class SuffixPasses:
    """Of one row: its tokens, the stream after the layers that are not run, and keys and values of every layer."""

    prefix: CachedPrefix
    row: int
    cache: list[tuple[Tensor, Tensor]]

    @classmethod
    def of(cls, prefix: CachedPrefix, row: int) -> SuffixPasses | None:
        """None where the network keeps no keys and values, or the end of a row comes out otherwise with them."""
        tokens = prefix.inputs.tokens
        if tokens is None or len(prefix.inputs.named) != 1 or not prefix.layers or tokens.shape[1] < 4:
            return None
        try:
            found = cls(prefix, row, _keys_and_values(prefix, row))
            middle = tokens.shape[1] // 2
            short = found.run(middle, 2, {})[0].float()
            long = logits_of(prefix.run(torch.tensor([row]), {}))[0, middle:].float()
        except (AttributeError, ImportError, IndexError, KeyError, RuntimeError, TypeError, ValueError):
            return None  # another network than those that this is for
        rough = 0.1 if _is_coarse(prefix) else 1e-3
        return found if bool((short - long).norm() <= rough * long.norm()) else None

    def run(self, start: int, many: int, edits: Mapping[str, Edit]) -> Float[Tensor, "many rest vocabulary"]:
        """The logits from a token on, for `many` copies of the row; edits are given the stream from there on."""
        from transformers import DynamicCache

        network, tokens = self.prefix.network, self.prefix.inputs.tokens
        assert tokens is not None
        past = DynamicCache()
        for layer, (keys, values) in enumerate(self.cache):
            kept = [one[:, :, :start].expand(many, -1, -1, -1) for one in (keys, values)]
            past.update(kept[0], kept[1], layer)
        device = device_of(network)
        stream = self.prefix.stream[self.row, start:].to(device).expand(many, -1, -1)
        modules = [network.get_submodule(path) for path in self.prefix.layers]
        forwards = {module: hand_on(self.prefix.rebuild, None) for module in modules}
        forwards[modules[-1]] = hand_on(self.prefix.rebuild, stream)
        rest = tokens[self.row, start:].to(device).expand(many, -1)
        with exchanged(forwards):
            named = {"input_ids": rest, "past_key_values": past, "use_cache": True}
            return logits_of(run(network, named, edits=edits)[0])


def _keys_and_values(prefix: CachedPrefix, row: int) -> list[tuple[Tensor, Tensor]]:
    """Of every layer, from a whole pass over the row."""
    tokens = prefix.inputs.tokens
    assert tokens is not None
    named: dict[str, Any] = {"input_ids": tokens[row : row + 1].to(device_of(prefix.network)), "use_cache": True}
    past = run(prefix.network, named)[0].past_key_values
    found = [(layer.keys, layer.values) for layer in past.layers]
    if not found or any(keys.shape[2] != tokens.shape[1] for keys, _ in found):  # a window, or a state
        raise ValueError("not every layer keeps what it has seen")
    return found


def _is_coarse(prefix: CachedPrefix) -> bool:
    """Whether the network computes in a short format."""
    return next(prefix.network.parameters()).dtype in (torch.bfloat16, torch.float16)

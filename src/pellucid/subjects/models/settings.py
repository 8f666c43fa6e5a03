"""How much of a model is read at a time, and what of it is kept: the numbers that decide that, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelSettings:
    """None of these changes a result, but for `least_changed`; they bound memory and what a killed run loses."""

    shard_bytes: int = 2**26
    """A shard of stored activations is at most so large: one fits into memory beside the model, and is read at once."""
    least_shards: int = 8
    """A store has at least so many shards, so that a killed run loses at most an eighth of its work."""
    texts_each_part: int = 128
    """So many texts at least are kept at once, so that a file is not written for each batch."""
    batch: int = 32
    """Texts that go through the model together, where the caller does not say: short ones fill a small processor."""
    least_changed: float = 0.5
    """Shuffled words are a control only where at least so many of the texts become others: a text of one or two words
    has hardly another order."""
    numbers_each_weight: int = 4096
    """So many numbers of each weight make a model's fingerprint: training changes nearly all of them."""


MODELS = ModelSettings()

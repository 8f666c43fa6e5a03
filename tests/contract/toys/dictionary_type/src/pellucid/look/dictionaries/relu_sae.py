"""A toy type of dictionary, as a newcomer would write it: ReLU with an L1 penalty (arXiv 2309.08600).

Its kind and its method stand together in this one file; `test_adding.py` copies it into the room and counts what else
had to change: nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from pellucid.look.dictionaries.dictionary_method import DictionaryMethod
from pellucid.nets.dictionaries.dictionary_gradients import Gradients, Product, activations_of, residual_of, scored
from pellucid.nets.dictionaries.dictionary_options import DictionaryOptions
from pellucid.nets.dictionaries.dictionary_shape import KINDS, DictionaryKind, DictionaryShape, Inference, Penalty
from pellucid.nets.dictionaries.dictionary_weights import Weights
from pellucid.sparse.encoding import above
from pellucid.sparse.kernels import sampled_product


class ReLU(DictionaryKind):
    """Every latent above 0 fires; the penalty is the sum of what fires."""

    def gradients(
        self, x: torch.Tensor, y: torch.Tensor, weights: Weights, shape: DictionaryShape, penalty: Penalty
    ) -> Gradients:
        """Of the reconstruction and of the sum of the activations."""
        dense = activations_of(x, weights)
        fired = above(dense, torch.zeros_like(dense[0]))
        values = scored(x, fired, weights).relu()
        residual, slope = residual_of(values, fired, y, weights)
        by_value = sampled_product(slope, fired, weights.decoder.weight) + penalty.sparsity / len(x)
        by_value = by_value * (values > 0)
        return Gradients(
            fired.latents,
            Product(values, fired.rows, slope),
            Product(by_value, fired.rows, x),
            by_value[:, None],
            slope.sum(0),
            None,
            values > 0,
            residual.square().sum(1),
            residual,
        )

    def at_inference(self, weights: Weights, batch_threshold: Callable[[], float]) -> Inference:
        """All thresholds are 0."""
        return Inference(weights.encoder.weight, weights.bias, torch.zeros_like(weights.bias))


KINDS.register("relu", ReLU())


@dataclass(frozen=True)
class ReLUSAE(DictionaryMethod):
    """Every latent above 0 fires, and an L1 penalty keeps them few (arXiv 2309.08600).

    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> ReLUSAE(width=32, k=2, steps=20, batch_size=64).explain(x).artifact.activation
    'threshold'
    """

    sparsity: float = 1.0

    chooses = "relu"

    def options(self) -> DictionaryOptions:
        return replace(super().options(), sparsity=self.sparsity)

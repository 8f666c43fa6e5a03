"""The k largest latents for each row on average over a batch (arXiv 2412.06410)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ....sparse.codes import Fired
from ....sparse.top_k import top_k
from ..dictionary_gradients import activations_of
from ..dictionary_shape import KINDS, DictionaryShape, Inference
from ..dictionary_weights import Weights
from ..experts import Experts
from .top_k import TopK


@dataclass(frozen=True)
class BatchTopK(TopK):
    """The batch shares its k · rows latents out among its rows; a trained one has one threshold for all latents."""

    most: int = 3
    """A row may take this many times k latents, so that no more candidates of each row are compared over the batch."""
    experts: Experts | None = None

    by_row = False

    def chosen(self, x: Float[Tensor, "batch width"], weights: Weights, shape: DictionaryShape) -> Fired:
        """Which latents are taken."""
        values, indices = top_k(activations_of(x, weights), min(self.most * shape.k, shape.size))
        wanted = min(len(x) * shape.k, values.numel())
        values = values.to(x.dtype)
        flat = values.reshape(-1)
        least = flat.kthvalue(flat.numel() - wanted + 1).values
        mask = (values >= least) & (values > 0)
        rows, place = mask.nonzero(as_tuple=True)
        return Fired.by_row(indices[rows, place], rows, len(x))

    def at_inference(self, weights: Weights, batch_threshold: Callable[[], float]) -> Inference:
        """The same threshold for every latent."""
        return Inference(weights.encoder.weight, weights.bias, torch.full_like(weights.bias, batch_threshold()))


KINDS.register("batch_top_k", BatchTopK())

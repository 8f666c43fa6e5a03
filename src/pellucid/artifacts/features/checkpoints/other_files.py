"""A state_dict alone, known by its tensors: OpenAI's autoencoders (arXiv 2406.04093), and crosscoders of two models.

OpenAI      pre_bias, encoder.weight, latent_bias, decoder.weight, `activation` ("TopK": rows are normalised too)
crosscoder  W_enc (models, width, n), b_enc, W_dec (n, models, width), b_dec (models, width); relu
"""

from __future__ import annotations

from typing import Any

import torch

from ..dictionary import Dictionary
from .checkpoint import Checkpoint, Reader, refuse_settings
from .firing import Firing

__all__ = ["READER"]


def _read(found: Checkpoint) -> Dictionary:
    if found.has("pre_bias") and found.has("latent_bias"):
        return _openai(found)
    encoder = found.tensors.get("W_enc")
    if isinstance(encoder, torch.Tensor) and encoder.ndim == 3:
        return _crosscoder(found)
    names = ", ".join(sorted(found.tensors)[:4])
    raise ValueError(
        f"{found.place!r} holds {names}: neither an autoencoder of OpenAI nor a crosscoder; name a folder with the "
        "settings that go with it"
    )


def _openai(found: Checkpoint) -> Dictionary:
    size, width = found.take("encoder.weight", None, None).shape
    encoder, bias = found.take("encoder.weight", size, width).t(), found.take("latent_bias", size)
    mean = found.take("pre_bias", width)
    if found.has("decoder.weight"):
        decoder = found.take("decoder.weight", width, size).t()
    else:  # tied
        decoder = found.take("decoder.linear.weight", size, width)
    found.ignore("decoder.linear.weight", "stats_last_nonzero", "latents_activation_frequency", "latents_mean_square")
    activation: Any = found.tensors.get("activation", "ReLU")
    options: Any = found.tensors.get("activation_state_dict") or {}
    found.ignore("activation", "activation_state_dict")
    found.refuse_rest()
    settings = {"activation": activation, **options}
    refuse_settings(settings, found.place, {"activation": ("ReLU", "TopK"), "postact_fn": ("ReLU",)})
    if activation == "ReLU":
        return Firing.above(encoder, bias, 0.0).dictionary("ReLU", decoder, mean, mean=mean)
    if "k" not in options:
        raise ValueError(f"activation='TopK' of {found.place!r} has no k in activation_state_dict; save it again")
    k = int(options["k"])
    return Firing(encoder, bias).dictionary("TopK", decoder, mean, k, mean=mean, row_norm="layer_norm")


def _crosscoder(found: Checkpoint) -> Dictionary:
    models, width, size = found.take("W_enc", None, None, None).shape
    encoder = found.take("W_enc", models, width, size).reshape(-1, size)
    decoder = found.take("W_dec", size, models, width).reshape(size, -1)
    bias, bias_out = found.take("b_enc", size), found.take("b_dec", models, width).reshape(-1)
    found.refuse_rest()
    sites = tuple((f"model {number}", width) for number in range(models))
    return Firing.above(encoder, bias, 0.0).dictionary("Crosscoder", decoder, bias_out, sites=sites)


READER = Reader("a state_dict", "*.pt", _read)

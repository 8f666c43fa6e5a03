"""sae-lens: cfg.json (architecture, d_in, d_sae) and sae_weights.safetensors (W_enc, b_enc, W_dec, b_dec, ...).

    standard     v = relu(x W_enc + b_enc)
    jumprelu     the same, where above `threshold`
    topk         the k largest
    gated        relu(e^r_mag x W_enc + b_mag), where x W_enc + b_gate > 0
    transcoder   a second width; skip_transcoder: W_skip x added

x is taken less b_dec where `apply_b_dec_to_input`. Versions before 6 write the activation as `activation_fn_str`, and
may multiply each latent by `scaling_factor` before it is decoded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..dictionary import Dictionary
from .checkpoint import Checkpoint, Reader, refuse_settings
from .firing import Firing

__all__ = ["READER"]

_NORMS = {"none": "", None: "", False: "", "layer_norm": "layer_norm", "constant_norm_rescale": "unit_norm"}


class _Architecture(NamedTuple):
    """What Dictionary.kind_of calls it, and what its vectors come down to, given W_enc and the checkpoint."""

    kind_of: str
    firing: Callable[[Checkpoint, Tensor], Firing]
    transcodes: bool = False


def _standard(found: Checkpoint, encoder: Tensor) -> Firing:
    return Firing.above(encoder, found.take("b_enc", encoder.shape[1]), 0.0)


def _top_k(found: Checkpoint, encoder: Tensor) -> Firing:
    return Firing(encoder, found.take("b_enc", encoder.shape[1]))


def _jump_relu(found: Checkpoint, encoder: Tensor) -> Firing:
    size = encoder.shape[1]
    return Firing.above(encoder, found.take("b_enc", size), found.take("threshold", size))


def _batch_top_k(found: Checkpoint, encoder: Tensor) -> Firing:
    """In training; at inference it has one threshold for all latents."""
    return Firing.above(encoder, found.take("b_enc", encoder.shape[1]), found.take("topk_threshold"))


def _gated(found: Checkpoint, encoder: Tensor) -> Firing:
    return Firing.gated(encoder, *(found.take(name, encoder.shape[1]) for name in ("b_gate", "b_mag", "r_mag")))


_ARCHITECTURES = {
    "standard": _Architecture("ReLU", _standard),
    "topk": _Architecture("TopK", _top_k),
    "jumprelu": _Architecture("JumpReLU", _jump_relu),
    "gated": _Architecture("Gated", _gated),
    "batchtopk": _Architecture("BatchTopK", _batch_top_k),
    "matryoshka_batchtopk": _Architecture("Matryoshka", _batch_top_k),
    "transcoder": _Architecture("Transcoder", _standard, transcodes=True),
    "skip_transcoder": _Architecture("Transcoder", _standard, transcodes=True),
    "jumprelu_transcoder": _Architecture("Transcoder", _jump_relu, transcodes=True),
    "jumprelu_skip_transcoder": _Architecture("Transcoder", _jump_relu, transcodes=True),
}


def _read(found: Checkpoint) -> Dictionary:
    config, k = _settings(found)
    name = config.get("architecture", "standard")
    if name not in _ARCHITECTURES:
        raise ValueError(
            f"architecture={name!r} of {found.place!r} is none of {sorted(_ARCHITECTURES)}; convert it first"
        )
    architecture = _ARCHITECTURES[name]
    width, size = found.size("d_in"), found.size("d_sae")
    width_out = found.size("d_out") if architecture.transcodes else width
    firing = architecture.firing(found, found.take("W_enc", width, size))
    decoder, bias_out = found.take("W_dec", size, width_out), found.take("b_dec", width_out)
    if config.get("rescale_acts_by_decoder_norm"):
        norms = torch.linalg.vector_norm(decoder, dim=1)
        firing = firing._replace(encoder=firing.encoder * norms, bias=firing.bias * norms)
        decoder = decoder / norms[:, None].clamp_min(1e-8)
    decoder = decoder * _finetuned(found, size)
    skip = found.take("W_skip", width_out, width).t() if found.has("W_skip") else None
    found.refuse_rest()
    subtracts = config.get("apply_b_dec_to_input", not architecture.transcodes) and not architecture.transcodes
    norm = _NORMS[config.get("normalize_activations", "none")]
    if norm and architecture.transcodes:
        raise ValueError(f"normalize_activations of the transcoder {found.place!r} is not supported; convert it first")
    return firing.dictionary(
        architecture.kind_of, decoder, bias_out, k, mean=bias_out if subtracts else None, skip=skip, row_norm=norm,
        groups=tuple(config.get("matryoshka_widths") or ()),
    )  # fmt: skip


def _settings(found: Checkpoint) -> tuple[dict[str, Any], int]:
    """The settings as version 6 has them, and k. Raises ValueError for one that is not known."""
    config = dict(found.config)
    if "activation_fn_str" in config:
        config["activation_fn"] = config.pop("activation_fn_str")
    options = config.get("activation_fn_kwargs") or {}
    k = int(config.get("k") or options.get("k") or 0)
    if config.get("activation_fn") == "topk" and config.get("architecture", "standard") == "standard":
        config["architecture"] = "topk"
    if config.get("activation_fn") == "topk" and not k:
        raise ValueError(f"activation_fn='topk' of {found.place!r} has no k; add it to {found.config_name}")
    refuse_settings(
        config,
        found.place,
        {
            "activation_fn": ("relu", "topk", None) if config.get("architecture") == "topk" else ("relu", None),
            "normalize_activations": tuple(_NORMS),
            "reshape_activations": ("none", None),
        },
    )
    return config, k


def _finetuned(found: Checkpoint, size: int) -> Tensor:
    """What each latent is multiplied by before it is decoded, (n, 1)."""
    names = [name for name in ("scaling_factor", "finetuning_scaling_factor") if found.has(name)]
    if not names:
        if found.config.get("finetuning_scaling_factor"):
            raise ValueError(f"finetuning_scaling_factor of {found.place!r} is set, but there is none; save it again")
        return torch.ones(1, 1)
    factor = found.take(names[0], size)
    if not found.config.get("finetuning_scaling_factor") and not torch.allclose(factor, torch.ones_like(factor)):
        raise ValueError(
            f"{names[0]} of {found.place!r} is not 1, and cfg.json says that it is not used; save it again"
        )
    return factor[:, None]


READER = Reader("sae-lens", "sae_weights.safetensors", _read, config="cfg.json", sized=True)

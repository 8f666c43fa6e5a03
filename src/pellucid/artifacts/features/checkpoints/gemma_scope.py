"""Gemma Scope (arXiv 2408.05147): params.npz with W_enc, b_enc, W_dec, b_dec, threshold; b_dec is not subtracted.

Gemma Scope 2 has the same in params.safetensors, in small letters, with config.json, for transcoders also an affine
skip connection.
"""

from __future__ import annotations

from ..dictionary import Dictionary
from .checkpoint import Checkpoint, Reader, refuse_settings
from .firing import Firing

__all__ = ["READERS"]


def _read(found: Checkpoint) -> Dictionary:
    refuse_settings(found.config, found.place, {"architecture": ("jump_relu", "jumprelu", None)})
    small = found.has("w_enc")
    encoder = found.take("w_enc" if small else "W_enc", None, None)
    width, size = encoder.shape
    decoder = found.take("w_dec" if small else "W_dec", size, None)
    bias, threshold = found.take("b_enc", size), found.take("threshold", size)
    bias_out = found.take("b_dec", decoder.shape[1])
    skip = None
    if found.has("affine_skip_connection"):
        skip = found.take("affine_skip_connection", decoder.shape[1], width).t()
    if found.has("scaling_factor"):
        decoder = decoder * found.take("scaling_factor", size)[:, None]
    found.refuse_rest()
    transcodes = skip is not None or width != decoder.shape[1] or bool(found.config.get("hf_hook_point_out"))
    kind = "Transcoder" if transcodes else "JumpReLU"
    return Firing.above(encoder, bias, threshold).dictionary(kind, decoder, bias_out, skip=skip)


READERS = (Reader("Gemma Scope", "params.npz", _read), Reader("Gemma Scope 2", "params.safetensors", _read))

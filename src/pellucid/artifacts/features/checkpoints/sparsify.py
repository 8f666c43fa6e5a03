"""sparsify: cfg.json (d_in, num_latents, k) and sae.safetensors: encoder.weight, encoder.bias, W_dec, b_dec, W_skip."""

from __future__ import annotations

from ..dictionary import Dictionary
from .checkpoint import Checkpoint, Reader, refuse_settings
from .firing import Firing

__all__ = ["READER"]


def _read(found: Checkpoint) -> Dictionary:
    refuse_settings(found.config, found.place, {"activation": ("topk", None), "signed": (False, None)})
    width = found.size("d_in")
    size = int(found.config.get("num_latents") or width * int(found.config.get("expansion_factor", 32)))
    encoder, bias = found.take("encoder.weight", size, width), found.take("encoder.bias", size)
    decoder, bias_out = found.take("W_dec", size, width), found.take("b_dec", width)
    if found.config.get("skip_connection") and not found.has("W_skip"):
        raise ValueError(f"{found.place!r} says that it has a skip connection, and W_skip is missing; save it again")
    skip = found.take("W_skip", width, width).t() if found.has("W_skip") else None
    found.refuse_rest()
    transcodes = bool(found.config.get("transcode"))
    kind, mean = ("Transcoder", None) if transcodes else ("TopK", bias_out)
    return Firing(encoder.t(), bias).dictionary(kind, decoder, bias_out, found.size("k"), mean=mean, skip=skip)


READER = Reader("sparsify", "sae.safetensors", _read, config="cfg.json", sized=True)

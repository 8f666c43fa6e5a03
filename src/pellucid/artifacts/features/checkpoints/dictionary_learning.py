"""dictionary_learning: ae.pt, a state_dict, and config.json, whose trainer.dict_class says what it is of.

Two classes have the same tensors (the k largest of a row, or a threshold learnt from those of a batch), so config.json
must be there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ..dictionary import Dictionary
from .checkpoint import Checkpoint, Reader

__all__ = ["READER"]


class _Linear(NamedTuple):
    """encoder.weight, encoder.bias and decoder.weight, as (width, n), (n,), (n, width)."""

    encoder: Tensor
    bias: Tensor
    decoder: Tensor

    @classmethod
    def of(cls, found: Checkpoint) -> _Linear:
        encoder = found.take("encoder.weight", None, None).t()
        width, size = encoder.shape
        return cls(encoder, found.take("encoder.bias", size), found.take("decoder.weight", width, size).t())


def _relu(found: Checkpoint) -> Dictionary:
    w, bias = _Linear.of(found), found.take("bias", None)
    zero = torch.zeros_like(w.bias)
    return Dictionary("ReLU", w.encoder, w.decoder, w.bias, bias, 0, "threshold", mean=bias, threshold=zero)


def _relu_new(found: Checkpoint) -> Dictionary:
    w, bias = _Linear.of(found), found.take("decoder.bias", None)
    return Dictionary("ReLU", w.encoder, w.decoder, w.bias, bias, 0, "threshold", threshold=torch.zeros_like(w.bias))


def _gated(found: Checkpoint) -> Dictionary:
    encoder = found.take("encoder.weight", None, None).t()
    width, size = encoder.shape
    gate, magnitude, gain = (found.take(name, size) for name in ("gate_bias", "mag_bias", "r_mag"))
    bias, decoder = found.take("decoder_bias", width), found.take("decoder.weight", width, size).t()
    gain = gain.exp()
    threshold = (magnitude - gain * gate).clamp_min(0)
    return Dictionary("Gated", encoder * gain, decoder, magnitude, bias, 0, "threshold", mean=bias, threshold=threshold)


def _jump_relu(found: Checkpoint) -> Dictionary:
    encoder = found.take("W_enc", None, None)
    width, size = encoder.shape
    bias, threshold = found.take("b_enc", size), found.take("threshold", size)
    decoder, bias_out = found.take("W_dec", size, width), found.take("b_dec", width)
    return Dictionary("JumpReLU", encoder, decoder, bias, bias_out, 0, "threshold", threshold=threshold.clamp_min(0))


def _top_k(found: Checkpoint) -> Dictionary:
    w, bias = _Linear.of(found), found.take("b_dec", None)
    found.ignore("threshold")  # learnt, but used on demand only
    return Dictionary("TopK", w.encoder, w.decoder, w.bias, bias, _k(found), mean=bias)


def _batch_top_k(found: Checkpoint) -> Dictionary:
    w, bias = _Linear.of(found), found.take("b_dec", None)
    threshold = torch.full_like(w.bias, max(0.0, float(found.take("threshold"))))
    return Dictionary(
        "BatchTopK", w.encoder, w.decoder, w.bias, bias, _k(found), "threshold", mean=bias, threshold=threshold
    )


def _matryoshka(found: Checkpoint) -> Dictionary:
    encoder = found.take("W_enc", None, None)
    width, size = encoder.shape
    bias, bias_out = found.take("b_enc", size), found.take("b_dec", width)
    groups = found.take("group_sizes", None).long().cumsum(0).tolist()
    threshold = torch.full_like(bias, max(0.0, float(found.take("threshold"))))
    return Dictionary(
        "Matryoshka", encoder, found.take("W_dec", size, width), bias, bias_out, _k(found), "threshold", mean=bias_out,
        threshold=threshold, groups=tuple(groups),
    )  # fmt: skip


def _k(found: Checkpoint) -> int:
    """Of the tensors, which the settings may not contradict."""
    told = (found.config.get("trainer") or {}).get("k")
    k = int(found.take("k")) if found.has("k") else told
    if k is None or (told is not None and int(told) != int(k)):
        raise ValueError(f"k={k} of {found.place!r}, and {found.config_name} says {told}; give one and the same")
    return int(k)


_CLASSES: dict[str, Callable[[Checkpoint], Dictionary]] = {
    "AutoEncoder": _relu,
    "AutoEncoderNew": _relu_new,
    "GatedAutoEncoder": _gated,
    "JumpReluAutoEncoder": _jump_relu,
    "AutoEncoderTopK": _top_k,
    "BatchTopKSAE": _batch_top_k,
    "MatryoshkaBatchTopKSAE": _matryoshka,
}


def _read(found: Checkpoint) -> Dictionary:
    name = (found.config.get("trainer") or {}).get("dict_class")
    if name not in _CLASSES:
        raise ValueError(
            f"trainer.dict_class={name!r} of {found.place!r} is none of {sorted(_CLASSES)}; convert it first"
        )
    dictionary = _CLASSES[name](found)
    found.refuse_rest()
    return dictionary


READER = Reader("dictionary_learning", "ae.pt", _read, config="config.json")

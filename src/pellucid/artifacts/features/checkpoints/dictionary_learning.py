"""dictionary_learning: ae.pt, a state_dict, and config.json, whose trainer.dict_class says what it is of.

Two classes have the same tensors (the k largest of a row, or a threshold learnt from those of a batch), so config.json
must be there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

from ..dictionary import Dictionary
from .checkpoint import Checkpoint, Reader
from .firing import Firing

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
    return Firing.above(w.encoder, w.bias, 0.0).dictionary("ReLU", w.decoder, bias, mean=bias)


def _relu_new(found: Checkpoint) -> Dictionary:
    w, bias = _Linear.of(found), found.take("decoder.bias", None)
    return Firing.above(w.encoder, w.bias, 0.0).dictionary("ReLU", w.decoder, bias)


def _gated(found: Checkpoint) -> Dictionary:
    encoder = found.take("encoder.weight", None, None).t()
    width, size = encoder.shape
    gate, magnitude, log_gain = (found.take(name, size) for name in ("gate_bias", "mag_bias", "r_mag"))
    bias, decoder = found.take("decoder_bias", width), found.take("decoder.weight", width, size).t()
    return Firing.gated(encoder, gate, magnitude, log_gain).dictionary("Gated", decoder, bias, mean=bias)


def _jump_relu(found: Checkpoint) -> Dictionary:
    encoder = found.take("W_enc", None, None)
    width, size = encoder.shape
    bias, threshold = found.take("b_enc", size), found.take("threshold", size)
    decoder, bias_out = found.take("W_dec", size, width), found.take("b_dec", width)
    return Firing.above(encoder, bias, threshold).dictionary("JumpReLU", decoder, bias_out)


def _top_k(found: Checkpoint) -> Dictionary:
    w, bias = _Linear.of(found), found.take("b_dec", None)
    found.ignore("threshold")  # learnt, but used on demand only
    return Firing(w.encoder, w.bias).dictionary("TopK", w.decoder, bias, _k(found), mean=bias)


def _batch_top_k(found: Checkpoint) -> Dictionary:
    w, bias = _Linear.of(found), found.take("b_dec", None)
    firing = Firing.above(w.encoder, w.bias, found.take("threshold"))
    return firing.dictionary("BatchTopK", w.decoder, bias, _k(found), mean=bias)


def _matryoshka(found: Checkpoint) -> Dictionary:
    encoder = found.take("W_enc", None, None)
    width, size = encoder.shape
    bias_out, decoder = found.take("b_dec", width), found.take("W_dec", size, width)
    groups = tuple(found.take("group_sizes", None).long().cumsum(0).tolist())
    firing = Firing.above(encoder, found.take("b_enc", size), found.take("threshold"))
    return firing.dictionary("Matryoshka", decoder, bias_out, _k(found), mean=bias_out, groups=groups)


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

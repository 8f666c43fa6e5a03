"""Checkpoints of other libraries: dictionaries that sae-lens and sparsify wrote, and files that they read.

sae-lens    cfg.json (architecture, d_in, d_sae) and sae_weights.safetensors: W_enc, b_enc, W_dec, b_dec, threshold
sparsify    cfg.json (d_in, num_latents, k) and sae.safetensors: encoder.weight, encoder.bias, W_dec, b_dec
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from ...core.files import write_folder
from .dictionary import Dictionary

SAE_LENS, SPARSIFY = "sae_weights.safetensors", "sae.safetensors"
CONFIG = "cfg.json"


def read_dictionary(folder: Path | str) -> Dictionary:
    """The dictionary in a folder of sae-lens (standard, topk, jumprelu, gated) or sparsify.

    Raises:
        ValueError: a folder without either, a damaged file, weights of another shape than cfg.json says, an
            architecture or normalisation that this artifact does not have.
    """
    folder = Path(folder)
    config = _config(folder)
    for name, reader in ((SAE_LENS, _from_sae_lens), (SPARSIFY, _from_sparsify)):
        if (folder / name).is_file():
            try:
                tensors = {key: value.float() for key, value in load_file(folder / name).items()}
            except SafetensorError as error:
                raise ValueError(f"{folder / name} is damaged ({error}); download it again") from None
            return reader(config, tensors, str(folder))
    raise ValueError(f"folder {str(folder)!r} holds neither {SAE_LENS} (sae-lens) nor {SPARSIFY} (sparsify)")


def write_sae_lens(found: Dictionary, folder: Path | str) -> Path:
    """Write what sae-lens' SAE.load_from_disk reads. Raises ValueError for experts and for two different widths."""
    _plain(found, "sae-lens")
    config: dict[str, Any] = {
        "architecture": "topk" if found.activation == "top_k" else "jumprelu",
        "d_in": found.width,
        "d_sae": found.size,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": False,
        "normalize_activations": "none",
        "reshape_activations": "none",
        "metadata": {},
    }
    tensors = {"W_enc": found.encoder, "b_enc": _bias(found, None), "W_dec": found.decoder, "b_dec": found.decoder_bias}
    if found.threshold is not None:
        # in float32, folding the mean into the bias may move an activation onto its threshold, but no further
        tensors["threshold"] = found.threshold
    else:
        config |= {"k": found.k, "rescale_acts_by_decoder_norm": False}
    return _write(folder, SAE_LENS, config, tensors)


def write_sparsify(found: Dictionary, folder: Path | str) -> Path:
    """Write what sparsify's SparseCoder.load_from_disk reads. Raises ValueError for thresholds, which it has not."""
    _plain(found, "sparsify")
    if found.activation != "top_k":
        raise ValueError(
            f"sparsify has no thresholds, and this {found.kind_of} dictionary does; write_sae_lens has them"
        )
    config = {
        "activation": "topk",
        "expansion_factor": 32,
        "normalize_decoder": True,
        "num_latents": found.size,
        "k": found.k,
        "multi_topk": False,
        "skip_connection": False,
        "transcode": False,
        "d_in": found.width,
    }
    tensors = {
        "encoder.weight": found.encoder.t(),
        "encoder.bias": _bias(found, found.decoder_bias),
        "W_dec": found.decoder,
        "b_dec": found.decoder_bias,
    }
    return _write(folder, SPARSIFY, config, tensors)


class _Rule(NamedTuple):
    """How the latents of a file fire: a = x `encoder` + `bias` above `threshold`; None: the k largest."""

    encoder: Float[Tensor, "width n"]
    bias: Float[Tensor, " n"]
    threshold: Float[Tensor, " n"] | None


class _Architecture(NamedTuple):
    """One of sae-lens: what Dictionary.kind_of calls it, which vectors its files hold, and what they come down to."""

    kind_of: str
    vectors: tuple[str, ...]
    rule: Callable[[dict[str, Tensor]], _Rule]


def _standard(w: dict[str, Tensor]) -> _Rule:
    return _Rule(w["W_enc"], w["b_enc"], torch.zeros_like(w["b_enc"]))


def _top_k(w: dict[str, Tensor]) -> _Rule:
    return _Rule(w["W_enc"], w["b_enc"], None)


def _jump_relu(w: dict[str, Tensor]) -> _Rule:
    return _Rule(w["W_enc"], w["b_enc"], w["threshold"].clamp_min(0))  # sae-lens applies relu too


def _gated(w: dict[str, Tensor]) -> _Rule:
    gain = w["r_mag"].exp()
    return _Rule(w["W_enc"] * gain, w["b_mag"], (w["b_mag"] - gain * w["b_gate"]).clamp_min(0))


@functools.cache
def _architectures() -> dict[str, _Architecture]:
    return {
        "standard": _Architecture("ReLU", ("b_enc",), _standard),
        "topk": _Architecture("TopK", ("b_enc",), _top_k),
        "jumprelu": _Architecture("JumpReLU", ("b_enc", "threshold"), _jump_relu),
        "gated": _Architecture("Gated", ("b_gate", "b_mag", "r_mag"), _gated),
    }


def _architecture(config: dict[str, Any], place: str) -> _Architecture:
    """Raises ValueError for an architecture or a normalisation that a dictionary does not have."""
    name, known = config.get("architecture", "standard"), _architectures()
    if name not in known:
        raise ValueError(f"architecture={name!r} of {place!r} is none of {sorted(known)}; convert it first")
    if config.get("normalize_activations", "none") not in ("none", None, False):
        kind = config["normalize_activations"]
        raise ValueError(
            f"normalize_activations={kind!r} of {place!r} is not supported; fold it into the weights first"
        )
    if config.get("reshape_activations", "none") not in ("none", None):
        raise ValueError(f"reshape_activations of {place!r} is not supported; give activations of width d_in")
    return known[name]


def _from_sae_lens(config: dict[str, Any], tensors: dict[str, Tensor], place: str) -> Dictionary:
    architecture = _architecture(config, place)
    width, size = _size(config, "d_in", place), _size(config, "d_sae", place)
    shapes = {"W_enc": (width, size), "W_dec": (size, width), "b_dec": (width,)}
    _check(tensors, shapes | dict.fromkeys(architecture.vectors, (size,)), place)
    encoder, bias, threshold = architecture.rule(tensors)
    decoder, bias_out = tensors["W_dec"], tensors["b_dec"]
    if config.get("rescale_acts_by_decoder_norm"):
        norms = torch.linalg.vector_norm(decoder, dim=1)
        encoder, bias, decoder = encoder * norms, bias * norms, decoder / norms[:, None]
    k = int(config.get("k") or config.get("activation_fn_kwargs", {}).get("k", 0))
    activation = "top_k" if threshold is None else "threshold"
    mean = bias_out if config.get("apply_b_dec_to_input", True) else None
    return Dictionary(architecture.kind_of, encoder, decoder, bias, bias_out, k, activation, mean, threshold)


def _from_sparsify(config: dict[str, Any], tensors: dict[str, Tensor], place: str) -> Dictionary:
    if config.get("activation", "topk") != "topk":
        raise ValueError(f"activation={config['activation']!r} of {place!r} is not supported; only 'topk' is")
    if config.get("skip_connection"):
        raise ValueError(f"{place!r} has a skip connection, which a dictionary has not; train one without")
    width = _size(config, "d_in", place)
    size = int(config.get("num_latents") or width * int(config.get("expansion_factor", 32)))
    shapes = {"encoder.weight": (size, width), "encoder.bias": (size,), "W_dec": (size, width), "b_dec": (width,)}
    _check(tensors, shapes, place)
    transcodes = bool(config.get("transcode"))
    return Dictionary(
        "Transcoder" if transcodes else "TopK",
        tensors["encoder.weight"].t(),
        tensors["W_dec"],
        tensors["encoder.bias"],
        tensors["b_dec"],
        int(config["k"]),
        mean=None if transcodes else tensors["b_dec"],
    )


def _bias(found: Dictionary, subtracted: Tensor | None) -> Tensor:
    """The encoder's bias where `subtracted`, not the mean, is taken off the input: computed in float64."""
    other = torch.zeros(found.width) if subtracted is None else subtracted
    shift = other.double() - (0 if found.mean is None else found.mean.double())
    return (found.encoder_bias.double() + shift @ found.encoder.double()).float()


def _plain(found: Dictionary, library: str) -> None:
    if found.router is not None:
        raise ValueError(f"{library} has no experts, and this {found.kind_of} dictionary does; keep it as a finding")
    if found.width != found.width_out or found.kind_of == "Transcoder":
        raise ValueError(
            f"{library} files are written for dictionaries of one site; keep this {found.kind_of} as a finding"
        )


def _config(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / CONFIG).read_text())
    except FileNotFoundError:
        raise ValueError(f"folder {str(folder)!r} holds no {CONFIG}; name a folder of sae-lens or sparsify") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{folder / CONFIG} is not JSON ({error}); download it again") from None


def _size(config: dict[str, Any], name: str, place: str) -> int:
    if not isinstance(config.get(name), int):
        raise ValueError(f"{CONFIG} of {place!r} has no {name}; name a folder of sae-lens or sparsify")
    return config[name]


def _check(tensors: dict[str, Tensor], shapes: dict[str, tuple[int, ...]], place: str) -> None:
    for name, shape in shapes.items():
        found = tuple(tensors[name].shape) if name in tensors else None
        if found != shape:
            what = "is missing" if found is None else f"has shape {found}"
            raise ValueError(
                f"{name} of {place!r} {what}, {CONFIG} says {shape}; the two files belong to different saves"
            )


def _write(folder: Path | str, name: str, config: dict[str, Any], tensors: dict[str, Tensor]) -> Path:
    plain = {key: value.detach().cpu().contiguous().clone() for key, value in tensors.items()}
    files = {name: save(plain), CONFIG: (json.dumps(config, indent=2) + "\n").encode()}
    return write_folder(Path(folder), files)


__all__ = ["read_dictionary", "write_sae_lens", "write_sparsify"]

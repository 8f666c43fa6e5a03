"""Dictionaries of other libraries: read whoever wrote them, and written so that sae-lens and sparsify read them.

A folder is known by its file: sae_weights.safetensors (sae-lens), sae.safetensors (sparsify), params.npz or
params.safetensors (Gemma Scope), ae.pt (dictionary_learning), or another .pt (OpenAI, crosscoders); each reader is a
file of `checkpoints`. Nothing in a file is run, and what is not understood is refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from ...core.files import write_folder
from .checkpoints import dictionary_learning, gemma_scope, other_files, sae_lens, sparsify
from .checkpoints.checkpoint import Checkpoint, Reader, load_tensors, read_config
from .dictionary import Dictionary

__all__ = ["read_dictionary", "write_sae_lens", "write_sparsify"]

_READERS = (sae_lens.READER, sparsify.READER, *gemma_scope.READERS, dictionary_learning.READER, other_files.READER)
_CONFIGS = ("cfg.json", "config.json")


def read_dictionary(folder: Path | str) -> Dictionary:
    """The dictionary in a folder, or file, of another library, or of a finding of this one.

    Raises:
        ValueError: a folder without a file that is known, a damaged one, weights of another shape than its settings
            say, and everything in them that is not understood.
    """
    path = Path(folder)
    if not path.exists():
        raise ValueError(f"{str(folder)!r} is not there; name the folder of a dictionary, one's own or a library's")
    if (path / "finding.json").is_file():
        return _of_finding(path)
    file, reader = (path, _reader_of(path)) if path.is_file() else _found(path)
    config = _config_of(file, reader)
    return reader.read(Checkpoint(config, load_tensors(file), str(folder), reader.config, sized=reader.sized))


def _of_finding(folder: Path) -> Dictionary:
    from ...core.finding import load_finding

    found = load_finding(folder).artifact
    if not isinstance(found, Dictionary):
        raise ValueError(f"folder {str(folder)!r} holds a finding of a {found.kind}; give one of a dictionary")
    return found


def _reader_of(file: Path) -> Reader:
    known = next((reader for reader in _READERS if file.match(reader.file)), None)
    if known is None:
        raise ValueError(f"{str(file)!r} is none of {', '.join(reader.file for reader in _READERS)}; name such a file")
    return known


def _found(folder: Path) -> tuple[Path, Reader]:
    """The file of a folder that is known, and its reader."""
    for reader in _READERS:
        files = sorted(folder.glob(reader.file))
        if len(files) > 1:
            raise ValueError(f"folder {str(folder)!r} holds {len(files)} files {reader.file}; name one of them")
        if files:
            return files[0], reader
    raise _without_file(folder)


def _without_file(folder: Path) -> ValueError:
    """The error that says what a folder without a known file holds instead, or lacks."""
    names = ", ".join(f"{reader.file} ({reader.library})" for reader in _READERS)
    inside = sorted({file.parent for reader in _READERS[:-1] for file in folder.glob(f"*/{reader.file}")})
    if inside:
        return ValueError(f"folder {str(folder)!r} holds {len(inside)} dictionaries; name one, {str(inside[0])!r} say")
    if not any((folder / name).is_file() for name in _CONFIGS):
        return ValueError(f"folder {str(folder)!r} holds no cfg.json; name a folder with {names}")
    read_config(next(folder / name for name in _CONFIGS if (folder / name).is_file()))
    return ValueError(f"folder {str(folder)!r} holds neither of {names}")


def _config_of(file: Path, reader: Reader) -> dict[str, Any]:
    """The settings beside a file: those that its reader needs, or any that are there."""
    if reader.config:
        return read_config(file.parent / reader.config)
    beside = next((file.parent / name for name in _CONFIGS if (file.parent / name).is_file()), None)
    return {} if beside is None else read_config(beside)


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
    return _write(folder, sae_lens.READER.file, config, tensors)


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
    return _write(folder, sparsify.READER.file, config, tensors)


def _bias(found: Dictionary, subtracted: Tensor | None) -> Tensor:
    """The encoder's bias where `subtracted`, not the mean, is taken off the input: computed in float64."""
    other = torch.zeros(found.width) if subtracted is None else subtracted
    shift = other.double() - (0 if found.mean is None else found.mean.double())
    return (found.encoder_bias.double() + shift @ found.encoder.double()).float()


def _plain(found: Dictionary, library: str) -> None:
    if found.router is not None:
        raise ValueError(f"{library} has no experts, and this {found.kind_of} dictionary does; keep it as a finding")
    if found.needs_inputs:
        raise ValueError(f"{library} files are written for plain dictionaries; keep this {found.kind_of} as a finding")
    if found.width != found.width_out or found.kind_of == "Transcoder":
        raise ValueError(
            f"{library} files are written for dictionaries of one site; keep this {found.kind_of} as a finding"
        )


def _write(folder: Path | str, name: str, config: dict[str, Any], tensors: dict[str, Tensor]) -> Path:
    plain = {key: value.detach().cpu().contiguous().clone() for key, value in tensors.items()}
    files = {name: save(plain), "cfg.json": (json.dumps(config, indent=2) + "\n").encode()}
    return write_folder(Path(folder), files)

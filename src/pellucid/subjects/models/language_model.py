"""Language models: a transformer with its tokenizer, and where its parts are. The network itself stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from .hooks import module_of

_PLAIN = {"add_special_tokens": False, "verbose": False}


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

    @classmethod
    def of(cls, model: Any) -> LanguageModel:
        """A language model as it is; another network as one without a tokenizer, of which only the parts are asked."""
        return model if isinstance(model, cls) else cls(module_of(model), None)

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The blocks in order: the longest list of modules of one class. Raises ValueError where there is none."""
        if not self.lists:
            raise ValueError(f"{type(self.model).__name__} has no list of layers; give paths of modules instead")
        return self.lists[max(self.lists, key=lambda name: (len(self.lists[name]), -name.count("."), name))]

    @cached_property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """Every list of modules of one class (layers, experts, heads): its path, and those of what is in it."""
        return {
            name: tuple(f"{name}.{child}" if name else child for child in module._modules)
            for name, module in self.model.named_modules()
            if isinstance(module, nn.ModuleList | nn.Sequential) and len({type(child) for child in module}) == 1
        }  # a module that is there twice is named twice

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
        """The longest sequence that the model was made for; where none is told, 2 ** 20."""
        config = getattr(self.model, "config", None)
        for name in ("max_position_embeddings", "n_positions", "n_ctx"):
            longest = getattr(config, name, None)
            if isinstance(longest, int) and longest > 0:  # some say -1 where there is no longest one
                return longest
        return 2**20

    def encode(self, texts: Iterable[str]) -> list[list[int]]:
        """The tokens of each text, without any that stand for its beginning or end."""
        texts = list(texts)
        if not texts:
            return []
        return [list(ids) for ids in self.tokenizer(texts, **_PLAIN)["input_ids"]]

    @cached_property
    def frame(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The tokens before and after a text: an encoder's class token and separator, else BOS where there is one.

        What an encoder and decoder reads ends with EOS, as it was trained.
        """
        bos, first = self._special("bos_token_id"), self._special("cls_token_id")
        if first is not None:
            whole, plain = (list(self.tokenizer(["a"], **given)["input_ids"][0]) for given in ({}, _PLAIN))
            start = next((i for i in range(len(whole)) if whole[i : i + len(plain)] == plain), 0)
            if start and whole[0] == first:
                return tuple(whole[:start]), tuple(whole[start + len(plain) :])
        two = getattr(getattr(self.model, "config", None), "is_encoder_decoder", False)
        eos = self._special("eos_token_id") if two else None
        return (() if bos is None else (bos,)), (() if eos is None else (eos,))

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
        return torch.tensor([row + [self._filler] * (length - len(row)) for row in rows])

    def padded(self, texts: Iterable[str], length: int | None = None) -> dict[str, Tensor]:
        """A row for each text, and which tokens are its own: {"input_ids", "attention_mask"}, each (rows, longest).

        Rows begin and end as the model's texts do (see `frame`) and are filled up on the right. Raises ValueError for a
        text that is empty, or longer than `length` (by default the model's context).
        """
        limit = self.context if length is None else length
        self._refuse_length(limit)
        before, after = self.frame
        rows = [[*before, *ids, *after] for ids in self.encode(texts)]
        if not rows:
            raise ValueError("texts is an empty corpus; give at least one text")
        for number, row in enumerate(rows):
            if len(row) > limit:
                raise ValueError(f"text {number} has {len(row)} tokens, more than {limit}; cut it, or raise the length")
            if not row:
                raise ValueError(f"text {number} is empty; leave it out")
        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), self._filler)
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

    @property
    def _filler(self) -> int:
        """The token after the end of a row: EOS where there is one."""
        return self._special("eos_token_id") or 0

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


def _given(model: nn.Module, name: str) -> Any:
    try:
        return getattr(model, name)()
    except (AttributeError, NotImplementedError):
        return None

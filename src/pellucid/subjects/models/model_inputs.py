"""What is run through a model: tokens, which of them count, where they stand, and what a decoder is given.

One type carries all of it, so that no measure passes the tokens alone and forgets the rest.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn

from .hooks import device_of, evaluating, logits_of, module_of, run

TOKENS, MASK, POSITIONS = "input_ids", "attention_mask", "position_ids"
DECODER_TOKENS, DECODER_MASK = "decoder_input_ids", "decoder_attention_mask"


@dataclass(frozen=True, eq=False)
class ModelInputs:
    """Named tensors of the same rows; the name "" is that of a single one without a name.

    Raises ValueError for no inputs, what makes up no tensor, and different numbers of rows.

    >>> inputs = ModelInputs.of({"attention_mask": torch.tensor([[0, 1]]), "input_ids": torch.tensor([[7, 8]])})
    >>> inputs.tokens.tolist(), inputs.mask.tolist()
    ([[7, 8]], [[False, True]])
    """

    named: Mapping[str, Tensor]

    @classmethod
    def of(cls, given: Any) -> ModelInputs:
        """Of a tensor, anything that makes one, or a mapping of names to such."""
        if isinstance(given, ModelInputs):
            return given
        named = dict(given) if isinstance(given, Mapping) else {"": given}
        if not named:
            raise ValueError("inputs is empty; give tokens (rows, length), or a mapping of named tensors")
        try:
            found = cls({str(name): torch.as_tensor(value) for name, value in named.items()})
        except (ValueError, TypeError, RuntimeError) as error:  # text, rows of other lengths, None
            remedy = "give tokens (rows, length), from text by LanguageModel.tokens(texts)"
            raise ValueError(f"inputs make up no tensor ({str(error).splitlines()[0]}); {remedy}") from None
        for name, value in found.named.items():
            if value.ndim < 1 or not value.numel() or len(value) != found.rows:
                raise ValueError(
                    f"inputs[{name!r}] has shape {tuple(value.shape)}; give (rows, ...), the same rows each"
                )
        return found

    @property
    def rows(self) -> int:
        first = next(iter(self.named.values()))
        return len(first) if first.ndim else 0

    @property
    def main(self) -> Tensor:
        """What the model reads: its tokens, else the first tensor that is none beside it."""
        name = self._tokens_name()
        if name is not None:
            return self.named[name]
        return next((value for name, value in self.named.items() if not _beside(name)), next(iter(self.named.values())))

    @property
    def tokens(self) -> Int[Tensor, "rows length"] | None:
        """The tokens that are read, where there are such."""
        name = self._tokens_name()
        return None if name is None else self.named[name]

    @property
    def predicted(self) -> Int[Tensor, "rows length"] | None:
        """The tokens of which the model says what follows: a decoder's, where there is one."""
        found = self.named.get(DECODER_TOKENS)
        return self.tokens if found is None else found

    @property
    def mask(self) -> Bool[Tensor, "rows length"] | None:
        """Which of the tokens are text and not padding."""
        return _mask(self.tokens, self.named.get(MASK))

    @property
    def predicted_mask(self) -> Bool[Tensor, "rows length"] | None:
        """As `mask`, of the tokens that are predicted."""
        if DECODER_TOKENS in self.named:
            return _mask(self.named[DECODER_TOKENS], self.named.get(DECODER_MASK))
        return self.mask

    def part(self, rows: Any) -> ModelInputs:
        """Some rows only."""
        return ModelInputs({name: value[rows] for name, value in self.named.items()})

    def to(self, device: torch.device | str) -> ModelInputs:
        """The same on another device."""
        return ModelInputs({name: value.to(device) for name, value in self.named.items()})

    def having(self, **other: Tensor) -> ModelInputs:
        """The same with other tensors under these names."""
        return ModelInputs({**self.named, **other})

    def with_predicted(self, tokens: Int[Tensor, "rows length"]) -> ModelInputs:
        """The same with other tokens to be predicted."""
        name = DECODER_TOKENS if DECODER_TOKENS in self.named else self._tokens_name()
        assert name is not None
        return ModelInputs({**self.named, name: tokens})

    def call(self) -> Any:
        """As `hooks.run` takes them."""
        return self.named[""] if list(self.named) == [""] else dict(self.named)

    def with_names(self, model: Any) -> ModelInputs:
        """A single tensor gets the name under which the model takes it, where the model says that."""
        name = getattr(module_of(model), "main_input_name", None)
        if list(self.named) != [""] or not isinstance(name, str):
            return self
        return ModelInputs({name: self.named[""]})

    def completed(self, model: Any) -> ModelInputs:
        """With what the model needs besides: a decoder's inputs, and positions where rows are padded on the left.

        An encoder and decoder that is given tokens for the encoder alone is asked for the same text again, each token
        from those before it. Raises ValueError where a model computes something else in padded rows whatever it is
        told.
        """
        return _placed(_with_decoder(self, module_of(model)), model)

    def _tokens_name(self) -> str | None:
        names = sorted(self.named, key=lambda name: (name not in (TOKENS, ""), _beside(name)))
        for name in names:
            value = self.named[name]
            if not _beside(name) and value.ndim == 2 and not value.is_floating_point() and value.dtype != torch.bool:
                return name
        return None


def _beside(name: str) -> bool:
    """Whether whole numbers of this name are no tokens."""
    return any(part in name for part in ("mask", "position", "type", "label", "cache", "sizes", "thw"))


def _mask(tokens: Tensor | None, given: Tensor | None) -> Tensor | None:
    if tokens is None:
        return None
    if given is None or given.shape != tokens.shape:
        return torch.ones(tokens.shape, dtype=torch.bool, device=tokens.device)
    return given.bool()


def _with_decoder(inputs: ModelInputs, network: nn.Module) -> ModelInputs:
    """Tokens for the decoder of an encoder and decoder: the encoder's, one place later."""
    config = getattr(network, "config", None)
    tokens = inputs.tokens
    if not getattr(config, "is_encoder_decoder", False) or tokens is None or DECODER_TOKENS in inputs.named:
        return inputs
    if any(name.startswith("decoder_") for name in inputs.named):
        return inputs
    start = getattr(config, "decoder_start_token_id", None)
    start = next(i for i in (start, getattr(config, "bos_token_id", None), getattr(config, "pad_token_id", None), 0)
                 if i is not None)  # fmt: skip
    named = inputs.with_names(network)
    shifted = torch.cat([torch.full_like(tokens[:, :1], int(start)), tokens[:, :-1]], 1)
    if MASK not in named.named:
        return named.having(**{DECODER_TOKENS: shifted})
    mask = named.named[MASK]
    before = torch.cat([torch.ones_like(mask[:, :1]), mask[:, :-1]], 1)
    return named.having(**{DECODER_TOKENS: shifted, DECODER_MASK: before})


def _placed(inputs: ModelInputs, model: Any) -> ModelInputs:
    """With positions counted from the first token of each row, where rows are padded on the left."""
    mask = inputs.named.get(MASK)
    if mask is None or mask.ndim != 2 or POSITIONS in inputs.named or bool(mask[:, 0].all()):
        return inputs
    first = mask.bool().int().argmax(1)
    positions = (torch.arange(mask.shape[1])[None] - first[:, None].cpu()).clamp_min(0).to(mask.device)
    network = module_of(model)
    choices = [inputs]
    if POSITIONS in inspect.signature(network.forward).parameters:
        choices.insert(0, inputs.having(**{POSITIONS: positions}))
    row = int(first.argmax())
    off = [_difference(one, row, int(first[row]), model) for one in choices]
    best = min(range(len(choices)), key=off.__getitem__)
    parameter = next(network.parameters(), None)
    coarse = parameter is not None and parameter.dtype in (torch.bfloat16, torch.float16)
    if off[best] > (0.1 if coarse else 1e-2):
        raise ValueError(
            f"row {row} is padded on the left, and there {type(network).__name__} computes what is "
            f"{100 * off[best]:.0f} % off from the row without padding; pad on the right"
        )
    return choices[best]


def _difference(inputs: ModelInputs, row: int, first: int, model: Any) -> float:
    """How far what a padded row gives is from what it gives without its padding, as a share of that."""
    tokens = inputs.tokens
    if tokens is None:
        return 0.0
    one = inputs.part(slice(row, row + 1)).to(device_of(model))
    cut = {
        name: value[:, first:]
        for name, value in one.named.items()
        if value.shape[1:2] == tokens.shape[1:2] and not name.startswith("decoder_")
    }
    bare = ModelInputs({**one.named, **cut})
    with evaluating(model):
        padded, plain = (logits_of(run(model, given.call())[0]).float() for given in (one, bare))
    if padded.ndim == 3 and padded.shape[1] == tokens.shape[1]:
        padded = padded[:, first:]
    return float((padded - plain).norm() / plain.norm().clamp_min(1e-30))

"""What a model predicts, found by running it: the next token, a masked one, or a class; and what it loses there.

    loss = - log p(label)     in nats; summed over a row's labels

A label is the token that follows (a causal model), a token hidden behind the mask token (one that sees both sides), or
the class that the model itself finds most likely (a classifier, of which no right answers are known: its loss is the
surprise at its own first choice).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from .hooks import device_of, evaluating, has_logits, logits_of, run
from .language_model import LanguageModel
from .model_inputs import ModelInputs

__all__ = ["CLASS", "MASKED", "NEXT", "NUMBER", "Prediction"]

NEXT, MASKED, CLASS, NUMBER = "next token", "masked token", "own first choice", "one number"


@dataclass(frozen=True, eq=False)
class Prediction:
    """`labels` (rows, places) of what the model says about `inputs`; -1 where nothing is predicted."""

    kind: str
    inputs: ModelInputs
    labels: Int[Tensor, "rows places"]

    hidden: ClassVar[float] = 0.15
    """The share of the tokens that are hidden behind the mask token (arXiv 1810.04805, section 3.1)."""

    @classmethod
    def of(cls, model: Any, inputs: Any, seed: int = 0) -> Prediction | None:
        """What `model` predicts of these inputs; None where its output is no logits, or nothing could be checked."""
        inputs = ModelInputs.of(inputs)
        logits = _logits(model, inputs.part(slice(0, 1)))
        tokens = inputs.predicted
        if logits is None or logits.shape[-1] < 2:
            return None
        if tokens is not None and logits.ndim == 3 and _is_over(model, logits, tokens):
            if tokens.shape[1] < 2:
                return None
            if _is_causal(model, inputs):
                return cls(NEXT, inputs, _following(tokens, inputs.predicted_mask))
            return _masked(model, inputs, seed)
        return cls._own_choice(model, inputs, logits.ndim)

    @classmethod
    def _own_choice(cls, model: Any, inputs: ModelInputs, axes: int, batch: int = 8) -> Prediction | None:
        if axes not in (2, 3):
            return None
        parts = [_logits(model, inputs.part(slice(low, low + batch))) for low in range(0, inputs.rows, batch)]
        chosen = torch.cat([part.argmax(-1).cpu() for part in parts if part is not None])
        labels = chosen[:, None] if chosen.ndim == 1 else chosen
        mask = inputs.mask
        if mask is not None and mask.shape == labels.shape:
            labels = labels.where(mask.cpu(), torch.tensor(-1))
        return cls(CLASS, inputs, labels)

    @classmethod
    def of_number(cls, model: Any, inputs: Any) -> Prediction | None:
        """Of a model that puts out one number for a row or a place, which has no label and no loss; else None."""
        inputs = ModelInputs.of(inputs)
        logits = _logits(model, inputs.part(slice(0, 2)))  # of two rows, which contrastive models compare
        if logits is None or logits.ndim not in (2, 3) or logits.shape[-1] != 1:
            return None
        return cls(NUMBER, inputs, torch.full((inputs.rows, logits[0].numel()), -1))

    @property
    def rows(self) -> int:
        return len(self.labels)

    @property
    def counts(self) -> Int[Tensor, " rows"]:
        """How many labels each row has."""
        return (self.labels >= 0).sum(1)

    def part(self, rows: Any) -> Prediction:
        """Some rows only."""
        return Prediction(self.kind, self.inputs.part(rows), self.labels[rows])

    def losses(self, output: Any) -> Float[Tensor, "rows places"]:
        """The loss in nats at each label of what the model put out for all the rows; 0 where there is none.

        Row by row: all log-probabilities at once are far more than a processor keeps at hand.
        """
        logits = logits_of(output)
        logits = logits[:, None] if logits.ndim == 2 else logits
        labels = self.labels.to(logits.device)
        labels = labels.masked_fill(labels < 0, -100)
        rows = zip(logits, labels, strict=True)
        return torch.stack([cross_entropy(row.float(), label, reduction="none") for row, label in rows])

    def label_losses(self, log_p: Float[Tensor, "rows places vocabulary"]) -> Float[Tensor, "rows places"]:
        """- log p(label) at each label; 0 where there is none."""
        labels = self.labels.to(log_p.device)
        found = -log_p.gather(-1, labels.clamp_min(0)[..., None])[..., 0]
        return found.where(labels >= 0, torch.zeros((), device=found.device))

    def log_probabilities(self, output: Any) -> Float[Tensor, "rows places vocabulary"]:
        """Of every word or class at each place."""
        logits = logits_of(output)
        return (logits[:, None] if logits.ndim == 2 else logits).float().log_softmax(-1)


def _logits(model: Any, inputs: ModelInputs) -> Tensor | None:
    """What the model puts out as logits; None where named outputs have none, which are hidden states then."""
    with evaluating(model):
        output, _ = run(model, inputs.to(device_of(model)).call())
    if not has_logits(output):
        return None
    found = logits_of(output)
    return found if found.is_floating_point() and found.ndim >= 2 else None


def _is_over(model: Any, logits: Tensor, tokens: Tensor) -> bool:
    """Whether the logits are over the words that the model knows, one distribution for each token."""
    if logits.shape[1] != tokens.shape[1] or logits.shape[-1] <= int(tokens.max()):
        return False
    return not isinstance(model, LanguageModel) or bool(model.unembedding) or not model.embedding


def _is_causal(model: Any, inputs: ModelInputs) -> bool:
    """Whether what is said about a token stays when a later one is another: of the first row with two tokens."""
    tokens, mask = inputs.predicted, inputs.predicted_mask
    assert tokens is not None
    assert mask is not None
    row = int((mask.sum(1) > 1).int().argmax())
    one = inputs.part(slice(row, row + 1))
    last = int(mask[row].nonzero().max())
    other = tokens[row : row + 1].clone()
    other[0, last] = tokens[row, 0] if tokens[row, 0] != tokens[row, last] else (int(tokens[row, last]) + 1) % 2
    first, second = (_logits(model, given) for given in (one, one.with_predicted(other)))
    assert first is not None
    assert second is not None
    before, after = first[0, :last].float(), second[0, :last].float()
    # rounding in bfloat16 stays below a hundredth; a token that is seen moves the logits by far more
    return float((before - after).abs().max()) <= 1e-2 * float(before.abs().max().clamp_min(1e-30)) * (
        1 if first.dtype in (torch.bfloat16, torch.float16) else 1e-2
    )


def _following(tokens: Tensor, mask: Tensor | None) -> Tensor:
    """The token after each; -1 after the last one, and where either is padding."""
    labels = torch.full_like(tokens, -1, dtype=torch.long)
    labels[:, :-1] = tokens[:, 1:]
    if mask is not None:
        labels[:, :-1][~(mask[:, :-1] & mask[:, 1:])] = -1
    return labels.cpu()


def _masked(model: Any, inputs: ModelInputs, seed: int) -> Prediction | None:
    """Some tokens of each row behind the mask token, which are then the labels; None where the model has none."""
    tokenizer = getattr(model, "tokenizer", None)
    token = getattr(tokenizer, "mask_token_id", None)
    tokens, mask = inputs.predicted, inputs.predicted_mask
    if token is None or tokens is None or mask is None:
        return None
    special = torch.tensor(sorted(set(getattr(tokenizer, "all_special_ids", []) or [])), dtype=torch.long)
    free = (mask & ~torch.isin(tokens, special.to(tokens.device))).cpu()
    drawn = torch.rand(tokens.shape, generator=torch.Generator().manual_seed(seed)).masked_fill(~free, 2.0)
    counts = (free.sum(1) * Prediction.hidden).ceil().long()
    hidden = (drawn.argsort(1).argsort(1) < counts[:, None]) & free
    labels = tokens.cpu().long().where(hidden, torch.tensor(-1))
    shown = tokens.masked_fill(hidden.to(tokens.device), int(token))
    return Prediction(MASKED, inputs.with_predicted(shown), labels)

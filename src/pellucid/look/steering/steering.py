"""Steering: what a model writes while features are added or set, and how far that takes it (arXiv 2308.10248).

    KL = mean over tokens of  sum_w p(w) log(p(w) / q(w))     p by itself, q steered, on what it writes by itself

Beside every figure stands that of directions drawn at random, as long: any push of that length moves a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...artifacts.audits.steered_texts import SteeredTexts
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.models.hooks import Edit
from ...subjects.models.model_inputs import ModelInputs
from ..layers.unembedding import effective_unembedding, logit_effects
from .feature_steps import random_like, steering_edit
from .steered_model import SteeredModel
from .writing import log_probabilities, text_of, write_on

__all__ = ["Steering"]


@dataclass(frozen=True)
class Steering(Method[SteeredModel, SteeredTexts]):
    """Each prompt goes on for up to `tokens` tokens: by itself, steered, and along `randoms` random directions.

    Greedily where the `temperature` is 0. A row's first token is left alone where every text begins with it (it is an
    attention sink). Raises ValueError for a model that predicts no next token.

    >>> Steering(tokens=5).randoms
    4
    """

    tokens: int = 30
    randoms: int = 4
    temperature: float = 0.0
    words: int = 8

    def _find(self, subject: SteeredModel, context: Context) -> Found[SteeredTexts]:
        for name in ("tokens", "randoms", "words"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} writes or measures nothing; use at least 1")
        if not 0 <= self.temperature < np.inf:
            raise ValueError(f"temperature={self.temperature} is none; use 0 (greedy) or more")
        generator = torch.Generator().manual_seed(context.stream("steering"))
        directions = self._directions(subject, generator)
        promoted = _Promoted.of(subject, directions[1], self.words)
        context.reporter.start("writing", self.tokens * len(subject.prompts))
        found = [self._one(subject, prompt, directions, promoted, generator, context) for prompt in subject.prompts]
        context.reporter.finish()
        texts, figures = zip(*found, strict=True)
        written = {name: tuple(each[name] for each in texts) for name in texts[0]}
        measured = {name: tuple(each[name] for each in figures) for name in figures[0]}
        steps = tuple(step.text for step in subject.steps)
        artifact = SteeredTexts(steps, subject.prompts, **written, **measured, promoted=promoted.words)
        return Found(artifact, tuple(_claims(artifact, self.randoms)))

    def _directions(self, subject: SteeredModel, generator: torch.Generator) -> Float[Tensor, "rows steps width"]:
        """Of each row of a batch: nothing, the features' own, and random ones."""
        width = subject.dictionary.width_out
        last = subject.dictionary.sites[-1][1] if subject.dictionary.sites else width
        own = subject.dictionary.decoder[[step.feature for step in subject.steps], width - last :].float().cpu()
        return torch.stack([own * 0, own, *(random_like(own, generator) for _ in range(self.randoms))])

    def _one(
        self, subject: SteeredModel, prompt: str, directions: Tensor, promoted: _Promoted, generator: torch.Generator,
        context: Context,
    ) -> tuple[dict[str, str], dict[str, float]]:  # fmt: skip
        """What is written after one prompt, and the figures of it."""
        model, start = subject.model, list(subject.model.frame[0])
        ids = torch.tensor([[*start, *model.encode([prompt])[0]]])
        first = len(start)
        if ids.shape[1] == first:
            raise ValueError(f"prompt {prompt!r} holds no token; give a text that the model goes on with")

        def edits(rows: Tensor) -> Mapping[str, Edit]:
            return {subject.path: steering_edit(subject.dictionary, subject.steps, rows, first)}

        written = write_on(
            model, ids.expand(3, -1), edits(directions[:3]), self.tokens, temperature=self.temperature,
            generator=generator, reporter=context.reporter,
        )  # fmt: skip
        length = ids.shape[1]
        texts = [text_of(model, row[length:]) for row in written]
        predicted = log_probabilities(model, written[:1].expand(len(directions), -1), edits(directions))
        moved = _divergence(predicted[:1, max(0, first - 1) :], predicted[1:, max(0, first - 1) :])
        change = promoted.changes(predicted[:, max(0, first - 1) :])
        judged = log_probabilities(model, written, {})
        perplexity = [_perplexity(judged[row], written[row], length, model) for row in range(3)]
        figures = {
            "kl": float(moved[0]), "drawn_kl": float(moved[1:].mean()),
            "plain_perplexity": perplexity[0], "steered_perplexity": perplexity[1], "drawn_perplexity": perplexity[2],
        }  # fmt: skip
        if promoted.words:
            figures |= {"promoted_change": float(change[0]), "drawn_change": float(change[1:].mean())}
        return {"plain": texts[0], "steered": texts[1], "drawn": texts[2]}, figures


@dataclass(frozen=True)
class _Promoted:
    """The words whose logits the steps raise most, to first order and straight from where they write."""

    ids: Int[Tensor, " words"]
    words: tuple[str, ...]

    @classmethod
    def of(cls, subject: SteeredModel, own: Float[Tensor, "steps width"], count: int) -> _Promoted:
        """None where the model has no unembedding, or every step sets a feature, which may move it either way."""
        added = [i for i, step in enumerate(subject.steps) if not step.sets and step.amount]
        if not added:
            return cls(torch.zeros(0, dtype=torch.long), ())
        model = subject.model
        tokens = torch.tensor([[*model.frame[0], *model.encode([subject.prompts[0]])[0]]])
        unembedding = effective_unembedding(model, ModelInputs.of(tokens))
        if unembedding is None or unembedding.matrix.shape[1] != own.shape[1]:
            return cls(torch.zeros(0, dtype=torch.long), ())
        amounts = torch.tensor([subject.steps[i].amount for i in added])
        _, words, _, _ = logit_effects(unembedding, (amounts[:, None] * own[added]).sum(0, keepdim=True), count)
        return cls(words[0], tuple(model.words(words[0])))

    def changes(self, predicted: Float[Tensor, "rows length vocabulary"]) -> Float[Tensor, " others"]:
        """Mean changes of their log-probabilities against the first row's."""
        known = predicted[:, :, self.ids].double()
        return (known[1:] - known[:1]).mean((1, 2)) if len(self.ids) else torch.zeros(len(predicted) - 1)


def _divergence(plain: Float[Tensor, "1 length words"], other: Float[Tensor, "rows length words"]) -> Tensor:
    return (plain.exp() * (plain - other)).sum(-1).mean(-1)


def _perplexity(log_p: Tensor, ids: Tensor, first: int, model: object) -> float:
    """Of the tokens from `first` on, up to the end of the text where it ends."""
    end = getattr(getattr(model, "tokenizer", None), "eos_token_id", None)
    written = ids[first:].tolist()
    count = written.index(end) + 1 if end in written else len(written)
    if not count:
        return float("inf")
    places = torch.arange(first, first + count)
    return float((-log_p[places - 1].gather(1, ids[places][:, None])).mean().exp())


def _claims(found: SteeredTexts, randoms: int) -> list[Claim]:
    count = len(found.prompts)
    of = f"{', '.join(found.steps)}, {count} prompt{'s' * (count != 1)}"
    beside = f"baseline: {randoms} random directions as long"

    def mean(values: tuple[float, ...]) -> tuple[float, float | None]:
        return float(np.mean(values)), float(np.std(values, ddof=1) / count**0.5) if count > 1 else None

    value, error = mean(found.kl)
    claims: list[Claim] = [
        Measured(
            f"steering moves what the model says next by so much (KL): {of}; {beside}", value, "nats a token",
            mean(found.drawn_kl)[0], error, key="kl",
        )
    ]  # fmt: skip
    logs = [mean(tuple(np.log(one).tolist())) for one in (found.steered_perplexity, found.plain_perplexity)]
    if np.isfinite([logs[0][0], logs[1][0]]).all():
        spread = logs[0][1]
        value = float(np.exp(logs[0][0]))
        statement = f"perplexity, to the model itself, of what it writes when steered: {of}; baseline: by itself"
        claims.append(
            Measured(statement, value, "", float(np.exp(logs[1][0])), spread and value * spread, key="perplexity")
        )
    if found.promoted:
        value, error = mean(found.promoted_change)
        statement = f"rise in log-probability of the {len(found.promoted)} words it promotes most: {of}; {beside}"
        claims.append(Measured(statement, value, "nats", mean(found.drawn_change)[0], error, key="promoted"))
    return claims

"""Does adding a feature (arXiv 2308.10248) make the words that it promotes likelier? Asked of many, on text.

    change of f = mean over tokens and the words that d_f promotes most of  log q(w) - log p(w),    q with x + a d_f

Which words a direction promotes is read off the unembedding, past all layers that follow; whether they do become
likelier is a pass through these. A direction drawn at random, as long and with the covariance of the activations, is
judged on the same words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...artifacts.audits.steering_effects import SteeringEffects
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.models.hooks import evaluating, logits_of
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.prediction import NEXT, Prediction
from ...subjects.models.site import Site
from ..dictionaries.dictionary_at_site import DictionaryAtSite
from ..evaluation.sample import Sample, first_rows, take_sample
from ..layers.layer_passes import CachedPrefix
from ..layers.unembedding import effective_unembedding, logit_effects, words_of_text

__all__ = ["FeatureSteering"]


@dataclass(frozen=True)
class FeatureSteering(Method[DictionaryAtSite, SteeringEffects]):
    """The `features` that are most active (or those `chosen`), each added at every token of the first `rows` rows.

    Each as strongly as it ever fires on them, times `times`; attention sinks are left alone. Judged on the `words`
    that it promotes and suppresses most, of those that the text holds more than once. Raises ValueError for a model
    that predicts no next token, or has no unembedding.

    >>> FeatureSteering(features=3).words
    8
    """

    features: int = 100
    chosen: tuple[int, ...] = ()
    rows: int = 4
    times: float = 1.0
    words: int = 8
    least_words: int = 20
    """For each word so many must occur twice or more: else words of the whole vocabulary are taken."""

    def _find(self, subject: DictionaryAtSite, context: Context) -> Found[SteeringEffects]:
        site, tokens = self._site(subject)
        model = site.model
        read = effective_unembedding(model, site.given)
        decoder = subject.dictionary.decoder[:, -site.width_written :].float().cpu()
        if read is None or read.matrix.shape[1] != decoder.shape[1]:
            raise ValueError(f"model {model.name!r} has no unembedding of what is written here; nothing is promoted")
        sample = take_sample(subject.dictionary, first_rows(site, self.rows))
        features, strength = self._chosen(sample)
        among = words_of_text(tokens, self.least_words * self.words)
        _, up, _, down = logit_effects(read, decoder[features], self.words, among)
        own = decoder[features] * strength[:, None]
        generator = torch.Generator().manual_seed(context.stream("random directions"))
        centred = sample.target - sample.target.mean(0)
        drawn = torch.randn(len(features), len(centred), generator=generator) @ centred
        drawn = torch.nn.functional.normalize(drawn, dim=1) * own.norm(dim=1, keepdim=True)
        with evaluating(model):
            passes = _Passes(first_rows(site, self.rows), sample.limit)
            context.reporter.start("steering with each feature", len(features))
            found = []
            for number in range(len(features)):
                words = torch.cat([up[number], down[number]])
                both = [passes.effects(one[number], words) for one in (own, drawn)]
                found.append([value for changes, kl in both for value in (*changes, kl)])
                context.reporter.advance(1)
            context.reporter.finish()
        table = np.array(found).reshape(len(features), 6)
        names = ("promoted", "suppressed", "kl", "drawn_promoted", "drawn_suppressed", "drawn_kl")
        effects = SteeringEffects(
            features.numpy(), strength.numpy(), **dict(zip(names, table.T, strict=True)),
            words=tuple(tuple(model.words(row)) for row in up), tokens=passes.tokens, name=subject.name,
        )  # fmt: skip
        return Found(effects, tuple(_claims(effects)))

    def _site(self, subject: DictionaryAtSite) -> tuple[Site, Tensor]:
        for name in ("features", "rows", "words"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} measures nothing; use at least 1")
        if not 0 < self.times < np.inf:
            raise ValueError(f"times={self.times} adds nothing, or no number; use 1, or a little more or less")
        site = subject.site
        if not isinstance(site, Site) or not isinstance(site.model, LanguageModel) or site.tokens is None:
            raise ValueError("the site is none of a language model with tokens; give Site(LanguageModel, path, tokens)")
        wrong = [feature for feature in self.chosen if not 0 <= feature < subject.dictionary.size]
        if wrong:
            raise ValueError(f"feature {wrong[0]} is none of {subject.dictionary.size:,}")
        return site, site.tokens

    def _chosen(self, sample: Sample) -> tuple[Int[Tensor, " some"], Float[Tensor, " some"]]:
        """The features, and how strongly each fires at most."""
        flat, values = sample.indices.reshape(-1), sample.values.reshape(-1).clamp_min(0)
        largest = torch.zeros(sample.size).scatter_reduce_(0, flat, values, "amax")
        total = torch.zeros(sample.size).index_add_(0, flat, values)
        wanted = torch.tensor(self.chosen, dtype=torch.long) if self.chosen else total.argsort(descending=True)
        alive = wanted[largest[wanted] > 0][: None if self.chosen else self.features]
        if not len(alive):
            raise ValueError("no feature that is asked for fires on these rows; give more rows, or other features")
        return alive, self.times * largest[alive]


class _Passes:
    """Passes from the site on with a direction added at every token that is judged."""

    def __init__(self, site: Site, limit: float) -> None:
        prediction = Prediction.of(site.model, site.given)
        if prediction is None or prediction.kind != NEXT:
            raise ValueError("the model predicts no next token; give a causal language model")
        self.site, self.limit = site, limit
        self.prefix = CachedPrefix.of(site.model, prediction.inputs, site.writes)
        self.everything = torch.arange(prediction.rows)
        self.judged = prediction.labels >= 0
        self.tokens = int(self.judged.sum())
        self.plain = self._log_p(torch.zeros(site.width_written))

    def effects(
        self, added: Float[Tensor, " width"], words: Int[Tensor, " words"]
    ) -> tuple[tuple[float, float], float]:
        """Mean changes over the first and the second half of the words, and the divergence."""
        moved = self._log_p(added)
        change = (moved[:, words] - self.plain[:, words]).double().mean(0)
        kl = (self.plain.exp() * (self.plain - moved)).sum(-1).double().mean()
        half = len(words) // 2
        return (float(change[:half].mean()), float(change[half:].mean())), float(kl)

    def _log_p(self, added: Tensor) -> Float[Tensor, "judged vocabulary"]:
        def edit(x: Tensor) -> Tensor:
            sinks = x.float().norm(dim=-1, keepdim=True) > self.limit
            return torch.where(sinks, x, x + added.to(x))

        output = self.prefix.run(self.everything, {self.site.writes: edit})
        return logits_of(output).float().cpu()[self.judged].log_softmax(-1)


def _claims(found: SteeringEffects) -> list[Claim]:
    """How often the words go the way that is said of them, beside random directions on the same words."""
    claims: list[Claim] = []
    count = len(found.features)
    for name, sign, what in (("promoted", 1, "likelier"), ("suppressed", -1, "less likely")):
        own, drawn = sign * getattr(found, name) > 0, sign * getattr(found, f"drawn_{name}") > 0
        share = float(own.mean())
        statement = (
            f"adding a feature makes the words it is said to have {name} {what}, {count} features on {found.tokens:,} "
            "tokens; baseline: random directions as long, same words"
        )
        claims.append(
            Measured(
                statement, 100 * share, "% of features", 100 * float(drawn.mean()),
                100 * (share * (1 - share) / count) ** 0.5, key=f"moves_{name}",
            )
        )  # fmt: skip
    kl = found.kl
    spread = float(kl.std(ddof=1) / count**0.5) if count > 1 else None
    told = f"adding a feature moves predictions by so much (KL), mean of {count}; baseline: random directions as long"
    claims.append(Measured(told, float(kl.mean()), "nats a token", float(found.drawn_kl.mean()), spread, key="kl"))
    return claims

"""One evaluation of a dictionary: everything that is known to say whether it is any good, in one pass over the tokens.

Reconstruction (FVU, L0), cross-entropy recovered, dead and dense latents (arXiv 2506.15679), dark matter (arXiv
2410.14670), duplicates across experts (arXiv 2410.08201), the effective number of features, their geometry (arXiv
2410.19750), and sparse probing beside plain probes (arXiv 2502.16681). The hot path is the model's own forward pass:
four for `sequences` sequences, and one up to the site for `tokens` tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...artifacts.features.dictionary_quality import DictionaryQuality
from ...core.claim import Claim
from ...core.context import Context
from ...core.finding import Finding
from ...core.method import Found, Method
from ...core.reporter import SILENT, Reporter
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.site import Site
from ..evaluation.dark_matter import measure_dark_matter
from ..evaluation.dense_latents import Unembedding, measure_dense_latents
from ..evaluation.geometry import measure_duplicates, measure_geometry
from ..evaluation.latents import frequencies, measure_latents
from ..evaluation.loss_recovered import Losses, measure_loss
from ..evaluation.reconstruction import measure_reconstruction
from ..evaluation.sample import Sample, Text, take_sample
from ..evaluation.sparse_probing import measure_sparse_probing, word_tasks
from ..layers.unembedding import effective_unembedding
from .dictionary_at_site import DictionaryAtSite

__all__ = ["MEASURES", "DictionaryEvaluation", "evaluate"]

MEASURES = ("reconstruction", "loss", "latents", "dense", "dark_matter", "duplicates", "geometry", "probing")

Measurement = tuple[list[Claim], dict[str, Any]]


@dataclass(frozen=True)
class DictionaryEvaluation(Method[DictionaryAtSite, DictionaryQuality]):
    """Measure what a dictionary is worth at a site, on tokens that it was not trained on.

    `measures`: some of MEASURES. What needs a model is left out for activations alone, and what needs more tokens than
    there are says so.

    >>> from pellucid.subjects.models.activations import Activations
    >>> eye = torch.eye(4)
    >>> dictionary = Dictionary("TopK", eye, eye, torch.zeros(4), torch.zeros(4), k=2)
    >>> points = Activations(torch.rand(64, 4, generator=torch.Generator().manual_seed(0)))
    >>> found = DictionaryEvaluation(measures=("reconstruction",)).explain(DictionaryAtSite(dictionary, points))
    >>> found.claims[1].evidence
    '2 of 4'
    """

    measures: tuple[str, ...] = MEASURES
    tokens: int = 32768
    sequences: int = 32
    probing_features: int = 16
    geometry_features: int = 384

    def _find(self, subject: DictionaryAtSite, context: Context) -> Found[DictionaryQuality]:
        """Every measure with its claims, the figures behind them in the artifact. Raises ValueError."""
        self._refuse_fields()
        work = _Work(self, subject, context.seed, context.reporter)
        claims: list[Claim] = []
        figures: dict[str, dict[str, Any]] = {}
        context.reporter.start("what the dictionary is worth", len(self.measures))
        for name, measure in work.measures().items():
            if name in self.measures:
                context.reporter.advance(0, name.replace("_", " "))
                with context.timed(name):
                    found, data = measure()
                claims.extend(found)
                figures |= {name: data} if data else {}
                context.reporter.advance()
        context.reporter.finish()
        quality = DictionaryQuality(figures, subject.dictionary.describe())
        return Found(quality, tuple(claims))

    def _refuse_fields(self) -> None:
        """Raises ValueError for measures that are none, and numbers that leave nothing to measure."""
        unknown = [name for name in self.measures if name not in MEASURES]
        if unknown or not self.measures:
            raise ValueError(f"measures={self.measures!r}: {unknown or 'nothing'} to measure; use some of {MEASURES}")
        for name in ("tokens", "sequences", "probing_features", "geometry_features"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} measures nothing; use at least 1")


def evaluate(
    dictionary: Dictionary, site: Any, *, seed: int = 0, reporter: Reporter = SILENT, **settings: Any
) -> Finding[DictionaryQuality]:
    """`DictionaryEvaluation(**settings)` of the dictionary at the site."""
    return DictionaryEvaluation(**settings).explain(DictionaryAtSite(dictionary, site), seed, reporter=reporter)


class _Work:
    """The sample, and what one measure hands to the next."""

    def __init__(self, method: DictionaryEvaluation, subject: DictionaryAtSite, seed: int, reporter: Reporter) -> None:
        self.method, self.site, self.dictionary, self.seed = method, subject.site, subject.dictionary, seed
        self.reporter = reporter
        self.losses: Losses | None = None
        reporter.start("activations to judge on", 1)
        self.sample: Sample = take_sample(subject.dictionary, subject.activations, tokens=method.tokens)
        reporter.advance(1, f"{len(self.sample.x):,} tokens")
        reporter.finish()

    def measures(self) -> dict[str, Callable[[], Measurement]]:
        decoder, sample = self.dictionary.decoder.cpu(), self.sample
        return {
            "reconstruction": lambda: measure_reconstruction(sample),
            "loss": self._loss,
            "latents": lambda: measure_latents(sample),
            "dense": self._dense,
            "dark_matter": lambda: measure_dark_matter(sample, self._generator(1)),
            "duplicates": lambda: measure_duplicates(
                decoder, frequencies(sample).nonzero()[:, 0], self.dictionary.experts, self._generator(2)
            ),
            "geometry": self._geometry,
            "probing": self._probing,
        }

    def _generator(self, number: int) -> torch.Generator:
        return torch.Generator().manual_seed(self.seed * 16 + number)

    def _loss(self) -> Measurement:
        claims, data, self.losses = measure_loss(
            self.dictionary, self.site, self.sample, sequences=self.method.sequences, seed=self.seed,
            reporter=self.reporter,
        )  # fmt: skip
        return claims, data

    def _dense(self) -> Measurement:
        encoder, decoder = self.dictionary.encoder.cpu(), self.dictionary.decoder.cpu()
        return measure_dense_latents(
            self.sample, encoder, decoder, self._unembedding, self._entropy(), self._text, self._generator(4)
        )

    def _geometry(self) -> Measurement:
        return measure_geometry(
            self.sample, self.dictionary.decoder.cpu(), self._generator(3), features=self.method.geometry_features,
            text=self._text,
        )  # fmt: skip

    @cached_property
    def _unembedding(self) -> Unembedding | None:
        if not isinstance(self.site, Site) or not isinstance(self.site.model, LanguageModel):
            return None
        return effective_unembedding(self.site.model, self.site.given)

    @cached_property
    def _text(self) -> Text | None:
        """The tokens of the sample, where the site has tokens of a language model with words."""
        words, tokens = self._unembedding, self.site.tokens if isinstance(self.site, Site) else None
        if words is None or not words.words or tokens is None:
            return None
        rows, positions = self.sample.rows, self.sample.positions
        last = tokens.shape[1] - 1
        following = tokens[rows, (positions + 1).clamp_max(last)].where(positions < last, torch.tensor(-1))
        return Text(tokens[rows, positions], following, words.words)

    def _entropy(self) -> Tensor | None:
        """The entropy of the model's prediction at each token of the sample, where it is known."""
        if self.losses is None or self.losses.entropy.shape[1] <= int(self.sample.positions.max()):
            return None  # nothing is predicted, or one class for a whole row
        known = self.losses.entropy
        table = torch.full((int(self.sample.rows.max()) + 1, int(self.sample.positions.max()) + 2), torch.nan)
        rows = min(len(known), len(table))
        table[:rows, : known.shape[1]] = known[:rows, : table.shape[1]]
        return table[self.sample.rows, self.sample.positions]

    def _probing(self) -> Measurement:
        text = self._text
        if text is None:
            return [], {}
        kept = (text.following >= 0).nonzero()[:, 0]
        words, following = ([text.vocabulary[int(i)] for i in ids[kept]] for ids in (text.ids, text.following))
        labels = word_tasks(words, following)
        return measure_sparse_probing(
            self.sample.part(kept), labels, features=self.method.probing_features, seed=self.seed
        )

"""A survey of a dictionary's features: what a person needs to see in order to say what a feature stands for.

Examples, logit effects (arXiv 2303.08112 reads directions this way), nearest features, and the effect of taking a
feature away (attribution patching, arXiv 2310.10348). The hot path is the model's own forward pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...artifacts.features.feature_atlas import FeatureAtlas
from ...artifacts.features.feature_firing import FeatureFiring
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.site import Site
from ..evaluation.geometry import nearest
from ..evaluation.latents import frequencies
from ..evaluation.sample import Sample, take_sample
from ..evaluation.token_claims import TokenTables
from ..layers.class_readout import class_readout
from ..layers.unembedding import effective_unembedding, logit_effects, words_of_text
from .dictionary_at_site import DictionaryAtSite
from .feature_effects import FeatureEffects, LogitEffects, feature_effects
from .feature_examples import find_examples, histograms

__all__ = ["FeatureSurvey"]


@dataclass(frozen=True)
class FeatureSurvey(Method[DictionaryAtSite, FeatureAtlas]):
    """Look at every feature of a dictionary on some tokens: where it fires, what it writes, what lies near it.

    Of each feature's `examples`, the last `spread` are drawn from all strengths. The effect of taking a feature away is
    estimated on `effect_sequences` sequences, and run on all of them for the `exact_effects` features where the
    estimate is largest, and for `random_effects` others, drawn, on which it is judged. Of a module that is run several
    times in a pass no effect is known. How well a table of tokens tells where a feature fires is judged on the first
    `token_share` of the rows, for features that fire `token_least` times there, beside `token_randoms` random
    directions and the tokens of the `token_top` strongest firings alone.

    >>> from pellucid.artifacts.features.dictionary import Dictionary
    >>> net, eye = torch.nn.Embedding(8, 4), torch.eye(4)
    >>> tokens = torch.arange(32).reshape(4, 8) % 7
    >>> dictionary = Dictionary("TopK", eye, eye, torch.zeros(4), torch.zeros(4), k=2)
    >>> FeatureSurvey().explain(DictionaryAtSite(dictionary, Site(net, "", tokens))).artifact.size
    4
    """

    tokens: int = 65536
    examples: int = 8
    spread: int = 3
    before: int = 14
    after: int = 7
    words: int = 8
    neighbours: int = 5
    bins: int = 16
    effect_sequences: int = 16
    exact_effects: int = 24
    random_effects: int = 24
    token_share: float = 0.25
    """Enough rows to judge on, and three times as many to make the tables from."""
    token_least: int = 10
    """Fewer firings say nothing of a share of them."""
    token_randoms: int = 64
    token_top: int = 20

    least_words: ClassVar[int] = 20
    """For each word that is shown so many must occur twice or more: else words of the whole vocabulary are named."""

    def _find(self, subject: DictionaryAtSite, context: Context) -> Found[FeatureAtlas]:
        """The atlas, and how far its estimates hold. Raises ValueError for a site without tokens, and bad settings."""
        site, dictionary = subject.site, subject.dictionary
        if not isinstance(site, Site) or site.tokens is None:
            raise ValueError("the site has no tokens to show; give a Site whose inputs are tokens (rows, length)")
        for name in ("tokens", "examples", "words", "neighbours", "bins"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} shows nothing; use at least 1")
        if not 0 <= self.spread < self.examples:
            raise ValueError(f"spread={self.spread} of {self.examples} examples; use fewer than the examples")
        context.reporter.start("where the features fire", 2)
        sample = take_sample(dictionary, subject.activations, tokens=self.tokens)
        context.reporter.advance(1, f"{len(sample.x):,} tokens")
        arrays = self._seen(sample)
        context.reporter.advance(1)
        context.reporter.finish()
        cosines, near = nearest(dictionary.decoder.cpu(), self.neighbours)
        arrays |= {"nearest": near.int(), "cosines": cosines}
        arrays |= {"site_norms": dictionary.site_norms().cpu()} if dictionary.sites else {}
        effects = self._effects(dictionary, site, sample.limit, context)
        arrays |= {"ablation_estimate": effects.estimate, "ablation": effects.exact, "ablation_error": effects.error}
        shown = site.tokens[: int(sample.rows.max()) + 1]
        tables = self._tables(sample, shown, context)
        written = dictionary.decoder.cpu()[:, -site.width_written :]
        words, vocabulary, number = self._words(site, written, shown)
        if tables:
            told = tables.arrays(self.words)
            arrays |= told | {"token_table": _numbered(told["token_table"], number)}
        classes = self._classes(site, written, effects.logits, len(vocabulary))
        vocabulary += classes.names
        atlas = FeatureAtlas(
            name=subject.name, vocabulary=tuple(vocabulary), texts=number[shown].int().numpy(),
            **{name: value.numpy() for name, value in (arrays | words | classes.arrays).items()},  # type: ignore[arg-type]
            before=self.before, spread=self.spread, tokens=len(sample.x),
            sequences=min(self.effect_sequences, site.rows),
            sites=tuple(name for name, _ in dictionary.sites),
            promotes="classes" if "promoted" in classes.arrays else "words",
        )  # fmt: skip
        codes = (one.numpy() for one in (sample.rows, sample.positions, sample.values, sample.indices))
        firing = FeatureFiring.of_codes(*codes, size=sample.size)
        claims = (_alive(atlas), *(tables.claims() if tables else ()), *effects.claims)
        return Found(atlas, claims, {"firing": firing})

    def _tables(self, sample: Sample, shown: Tensor, context: Context) -> TokenTables | None:
        return TokenTables.of(
            sample, shown, share=self.token_share, least=self.token_least, randoms=self.token_randoms,
            top=self.token_top, generator=torch.Generator().manual_seed(context.stream("token tables")),
        )  # fmt: skip

    def _effects(self, dictionary: Dictionary, site: Site, limit: float, context: Context) -> FeatureEffects:
        if site.calls > 1:
            return FeatureEffects.unknown(dictionary.size)
        return feature_effects(
            dictionary, site, rows=self.effect_sequences, shown=self.exact_effects, drawn=self.random_effects,
            limit=limit, generator=torch.Generator().manual_seed(context.stream("effects")),
            reporter=context.reporter,
        )  # fmt: skip

    def _seen(self, sample: Sample) -> dict[str, Tensor]:
        found = find_examples(
            sample, top=self.examples - self.spread, spread=self.spread, before=self.before, after=self.after
        )
        largest, counts = histograms(sample, self.bins)
        return {
            "density": frequencies(sample).float(),
            "maximum": largest,
            "histogram": counts.int(),
            "example_rows": found.rows.int(),
            "example_positions": found.positions.int(),
            "example_values": found.values,
        }

    def _classes(self, site: Site, decoder: Tensor, logits: LogitEffects | None, first: int) -> _Classes:
        """Of a classifier: its classes as words from number `first` on, which of them features promote, and move."""
        arrays: dict[str, Tensor] = {}
        read = class_readout(site.model, site.given) if logits and isinstance(site.model, LanguageModel) else None
        if read is not None and read.matrix.shape[1] == decoder.shape[1]:
            up, most, down, least = logit_effects(read, decoder, self.words)
            arrays = {
                "promoted": (most + first).where(up > 0, -1).int(), "promoted_values": up,
                "suppressed": (least + first).where(down < 0, -1).int(), "suppressed_values": down,
            }  # fmt: skip
        if logits is None:
            return _Classes([], arrays)
        moved = logits.change.abs().topk(min(self.words, len(logits.names)), dim=1).indices
        table = {"moved": moved + first, "moved_changes": logits.change.gather(1, moved)}
        table["moved_errors"] = logits.error.gather(1, moved)
        for name, values in table.items():
            empty = torch.full((len(decoder), values.shape[1]), -1 if name == "moved" else torch.nan)
            arrays[name] = empty.to(values.dtype).index_copy(0, logits.features, values)
        return _Classes(list(logits.names), arrays | {"moved": arrays["moved"].int()})

    def _words(self, site: Site, decoder: Tensor, shown: Tensor) -> tuple[dict[str, Tensor], list[str], Tensor]:
        """Logit effects, the words that are named anywhere, and for each token the number of its word (-1: none)."""
        model = site.model if isinstance(site.model, LanguageModel) else None
        unembedding = effective_unembedding(model, site.given) if model else None
        if unembedding is not None and unembedding.matrix.shape[1] == decoder.shape[1]:
            among = words_of_text(shown, least=self.least_words * self.words)
            up, most, down, least = logit_effects(unembedding, decoder, self.words, among)
        else:
            up = down = torch.zeros(len(decoder), self.words)
            most = least = torch.full((len(decoder), self.words), -1)
        used = torch.cat([shown.reshape(-1), most.reshape(-1), least.reshape(-1)]).unique()
        used = used[used >= 0]
        number = torch.full((int(used.max()) + 1,), -1)
        number[used] = torch.arange(len(used))
        known = {"promoted": most, "suppressed": least}
        arrays = {name: _numbered(value, number) for name, value in known.items()}
        vocabulary = model.words(used) if model else [str(i) for i in used.tolist()]
        return {**arrays, "promoted_values": up, "suppressed_values": down}, vocabulary, number


@dataclass(frozen=True, eq=False)
class _Classes:
    """The names of a classifier's classes, and what the atlas holds of them."""

    names: list[str]
    arrays: dict[str, Tensor]


def _numbered(tokens: Tensor, number: Tensor) -> Tensor:
    """The words' numbers of some tokens; -1 stays."""
    return number[tokens.clamp_min(0)].where(tokens >= 0, -1).int()


def _alive(atlas: FeatureAtlas) -> Claim:
    told = f"features that fire at one of {atlas.tokens:,} tokens"
    return Measured(told, len(atlas.alive), f"of {atlas.size:,}", key="alive")

"""A map of sources by the phrases that they use, and whether they can be told apart by them at all.

Machine-learning media bias (D'Alonzo and Tegmark, arXiv 2109.00024): phrase counts of sources become a map. Here: the
residuals of independence, their singular vectors (correspondence analysis), a null of shuffled sources, and documents
that were held out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..artifacts.compression.source_map import SourceMap
from ..core.claim import Claim, Measured, Undecided
from ..core.context import Context
from ..core.method import Found, Method
from ..subjects.tables.corpus import Corpus
from .phrases import WORD, PhraseRule, count_phrases

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BiasMap(Method[Corpus, SourceMap]):
    """Where sources stand by their phrases: R = (N - E) / sqrt(E) = U S V^T, E what independence would give.

    N (sources, phrases) counts the training documents. A source stands at sum_j (N_ij / N_i - c_j) / sqrt(c_j) V_jk,
    c_j the share of phrase j. Axes have no sign and no name: what they mean has to come from elsewhere. Raises
    ValueError where a source has fewer than `least` documents, or no phrase is common enough.

    >>> rain, snow = "the rain falls on the hills", "the snow lies in the fields"
    >>> corpus = Corpus((rain, snow) * 20, ("north", "south") * 20)
    >>> BiasMap(resamples=20).explain(corpus).artifact.describe()
    '2 sources by 18 phrases: 1 axis beyond chance'
    """

    phrases: PhraseRule = field(default_factory=PhraseRule)
    held_out: float = 0.3
    """The share of each source's documents that the map does not see, and that it is tested on."""
    resamples: int = 200
    """How often documents are drawn again for the ellipses, and sources shuffled for what chance gives."""
    least: int = 5
    """Documents that a source must have: with fewer, none could be held out and resampled."""

    def _find(self, subject: Corpus, context: Context) -> Found[SourceMap]:
        names = self._sources(subject)
        label = np.array([names.index(source) for source in subject.sources])
        generator = np.random.default_rng(context.stream("documents"))
        held = _held_out(label, self.held_out, generator)
        banned = frozenset(word for name in names for word in WORD.findall(name.lower()))
        documents = [self.phrases.phrases_of(text, banned) for text in subject.texts]
        chosen = self.phrases.chosen([documents[i] for i in np.flatnonzero(~held)])
        if not chosen:
            raise ValueError(
                f"no phrase stands in {self.phrases.documents} documents or more; give more, or longer ones"
            )
        counts = count_phrases(documents, chosen)
        train, sources = counts[np.flatnonzero(~held)], label[~held]
        context.reporter.start("documents drawn again", self.resamples)
        table = _table(train, sources, len(names))
        _, strength, axes = np.linalg.svd(_residual(table), full_matrices=False)
        chance = [float(np.linalg.norm(_residual(_table(train, generator.permutation(sources), len(names))), 2))
                  for _ in range(self.resamples)]  # fmt: skip
        looked = min(len(names) - 1, 4)
        found = SourceMap(
            tuple(names),
            tuple(int(n) for n in np.bincount(label)),
            _points(_places(table, table, axes)),
            self._spreads(train, sources, table, axes, generator, context),
            tuple(float(s) for s in strength[:looked]),
            float(np.quantile(chance, 0.95)),
            tuple(_ends(axes[k], chosen) for k in range(min(looked, 2))),
            len(chosen),
            subject.title,
        )
        claims = _claims(found, table, counts[np.flatnonzero(held)], label[held], np.array(chance))
        notes = [*subject.notes, *([f"phrases with a source's name in them are left out ({len(banned)} words)"])]
        return Found(found, claims, settings={"notes": notes})

    def _sources(self, subject: Corpus) -> list[str]:
        if not 0 < self.held_out < 1 or self.resamples < 2:
            raise ValueError(f"held_out={self.held_out}, resamples={self.resamples}: give a share below 1, and 2 "
                             "resamples or more")  # fmt: skip
        few = [name for name, count in Counter(subject.sources).items() if count < self.least]
        if few:
            raise ValueError(f"source {few[0]!r} has fewer than {self.least} documents ({len(few)} such); leave "
                             "them out, or add documents")  # fmt: skip
        return list(subject.names)

    def _spreads(
        self, train: csr_array, sources: Int[np.ndarray, " documents"], table: Array, axes: Array,
        generator: np.random.Generator, context: Context,
    ) -> tuple[tuple[float, float, float], ...]:  # fmt: skip
        """The covariance of each source's place when its documents are drawn again; axes stay as they are."""
        members = [np.flatnonzero(sources == s) for s in range(len(table))]
        places = []
        for _ in range(self.resamples):
            context.reporter.advance()
            drawn = np.concatenate([generator.choice(some, len(some)) for some in members])
            places.append(_places(_table(train[drawn], sources[drawn], len(table)), table, axes))
        context.reporter.finish()
        whole = np.array(places)
        found = [np.cov(whole[:, s].T) for s in range(len(table))]
        return tuple((float(c[0, 0]), float(c[0, 1]), float(c[1, 1])) for c in found)


def _held_out(label: Int[np.ndarray, " documents"], share: float, generator: np.random.Generator) -> NDArray[np.bool_]:
    """A share of each source's documents, at least one."""
    held = np.zeros(len(label), dtype=bool)
    for source in np.unique(label):
        some = generator.permutation(np.flatnonzero(label == source))
        held[some[: max(1, round(share * len(some)))]] = True
    return held


def _table(counts: csr_array, sources: Int[np.ndarray, " documents"], number: int) -> Array:
    """Counts by source (sources, phrases)."""
    which = csr_array((np.ones(len(sources)), (sources, np.arange(len(sources)))), shape=(number, len(sources)))
    return csr_array(which @ counts).toarray()


def _residual(table: Array) -> Array:
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    return (table - expected) / np.sqrt(np.maximum(expected, 1e-12))


def _places(table: Array, whole: Array, axes: Array) -> Float[np.ndarray, "sources 2"]:
    """Where the rows of `table` stand on the first two axes of `whole`."""
    share = whole.sum(0) / whole.sum()
    profile = table / np.maximum(table.sum(1, keepdims=True), 1)
    found = (profile - share) / np.sqrt(np.maximum(share, 1e-12)) @ axes[:2].T
    return found if found.shape[1] == 2 else np.column_stack([found, np.zeros(len(found))])


def _points(places: Array) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in places)


def _ends(axis: Array, chosen: list[str], most: int = 12) -> tuple[tuple[str, ...], tuple[str, ...]]:
    order = np.argsort(axis)
    return tuple(chosen[j] for j in order[:most]), tuple(chosen[j] for j in order[::-1][:most])


def _claims(
    found: SourceMap, table: Array, held: csr_array, label: Int[np.ndarray, " held"], chance: Array
) -> tuple[Claim, ...]:
    """How many held-out documents are put to their source, and how strong the first axis is beside chance."""
    share = (table + 0.5) / (table + 0.5).sum(1, keepdims=True)
    prior = np.log(np.array(found.documents) / sum(found.documents))
    guess = (held @ np.log(share).T + prior).argmax(1)
    right, rows = float((guess == label).mean()), len(label)
    common = float(np.bincount(label).max() / rows)
    p = (1 + int((chance >= found.strengths[0]).sum())) / (1 + len(chance))
    claims: list[Claim] = [
        Measured(f"{rows:,} held-out documents put to their source by phrases (baseline: the commonest)", right,
                 "", common, 1.96 * (right * (1 - right) / rows) ** 0.5 + 1 / rows, key="told"),
        Measured("p-value of the strongest axis, sources shuffled among documents", p, "", None, 1 / (1 + len(chance)),
                 key="chance"),
    ]  # fmt: skip
    if not found.axes:
        reason = f"the strongest axis has {found.strengths[0]:.3g}, chance gives {found.by_chance:.3g} in 1 of 20"
        claims.append(Undecided("sources differ in their phrases", reason, "give more documents", key="axes"))
    return tuple(claims)

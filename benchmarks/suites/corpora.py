"""Corpora whose sources differ in a known number of ways, or in none.

Written down before any was run; the half of a case is decided by its name (`halves`). A document is a run of phrases;
in each of `axes` independent ways half of the sources say one set of phrases more often, by `lean`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pellucid.subjects.tables.corpus import Corpus

SYLLABLES = [a + b for a in "bdfgklmnprst" for b in ("ala", "eno", "iru", "oma", "uti")]


@dataclass(frozen=True)
class CorpusCase:
    """Sources, documents of each, phrases of each document, ways in which sources differ, by how much, and topics.

    With `topics`, each document is about one of these, which has nothing to do with its source: counts vary more than
    those of independent phrases.
    """

    name: str
    sources: int
    documents: int
    length: int
    axes: int
    lean: float
    topics: int = 1

    def corpus(self) -> Corpus:
        """The documents, drawn from a seed of the name."""
        generator = np.random.default_rng(int.from_bytes(self.name.encode()[:6], "little"))
        said = [" ".join(generator.choice(SYLLABLES, 3)) for _ in range(40 + 20 * self.axes)]
        sides = [generator.permutation(self.sources) % 2 for _ in range(self.axes)]
        subjects = generator.dirichlet(np.full(len(said), 0.5), self.topics)
        texts, names = [], []
        for source in range(self.sources):
            weights = np.ones(len(said))
            for axis, side in enumerate(sides):
                start = 40 + 20 * axis
                weights[start : start + 10] *= 1 + self.lean if side[source] else 1 - self.lean
                weights[start + 10 : start + 20] *= 1 - self.lean if side[source] else 1 + self.lean
            for _ in range(self.documents):
                p = weights * (subjects[generator.integers(self.topics)] if self.topics > 1 else 1)
                texts.append(". ".join(generator.choice(said, self.length, p=p / p.sum())))
                names.append(f"outlet {chr(97 + source)}")
        return Corpus(tuple(texts), tuple(names), self.name)


CASES = (
    CorpusCase("birch", 6, 40, 60, 1, 0.4),
    CorpusCase("alder", 6, 40, 60, 0, 0.0),
    CorpusCase("rowan", 8, 50, 60, 2, 0.5),
    CorpusCase("hazel", 8, 50, 60, 0, 0.0, topics=6),
    CorpusCase("willow", 4, 60, 80, 1, 0.3, topics=6),
    CorpusCase("aspen", 10, 40, 60, 1, 0.5, topics=4),
    CorpusCase("juniper", 6, 60, 40, 0, 0.0, topics=3),
    CorpusCase("larch", 12, 40, 60, 2, 0.6),
    CorpusCase("cedar", 4, 30, 50, 0, 0.0),
    CorpusCase("elm", 6, 80, 60, 2, 0.5, topics=4),
    CorpusCase("maple", 8, 30, 60, 1, 0.6),
    CorpusCase("yew", 5, 50, 60, 0, 0.0, topics=8),
    CorpusCase("linden", 6, 60, 100, 1, 0.25),
    CorpusCase("acacia", 8, 60, 80, 3, 0.6),
    CorpusCase("poplar", 10, 30, 40, 0, 0.0),
    CorpusCase("chestnut", 8, 60, 80, 2, 0.6, topics=6),
)

"""Phrases of texts and how often each document has them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.sparse import csr_array

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True)
class PhraseRule:
    """Which runs of words count.

    Words alone tell what a text is about; phrases of two or three how it is said, which is what sources differ in.
    """

    shortest: int = 2
    longest: int = 3
    documents: int = 5
    """In so many documents at least: rarer ones say nothing that could be tested."""
    share: float = 0.6
    """In no larger share of documents: what everybody says places nobody."""
    most: int = 3000
    """The most common so many; the work grows with their number."""

    def phrases_of(self, text: str, banned: frozenset[str] = frozenset()) -> list[str]:
        """All phrases of a text, without those that hold a banned word.

        >>> PhraseRule().phrases_of("We shall see.")
        ['we shall', 'shall see', 'we shall see']
        """
        words = WORD.findall(text.lower())
        runs = (words[i : i + n] for n in range(self.shortest, self.longest + 1) for i in range(len(words) - n + 1))
        return [" ".join(run) for run in runs if not banned & set(run)]

    def chosen(self, documents: Sequence[Iterable[str]]) -> list[str]:
        """The phrases that are common enough, and not too common, in these documents."""
        seen = Counter(phrase for one in documents for phrase in set(one))
        fit = [p for p, n in seen.items() if self.documents <= n <= self.share * len(documents)]
        return sorted(fit, key=lambda p: (-seen[p], p))[: self.most]


def count_phrases(documents: Sequence[Iterable[str]], phrases: Sequence[str]) -> csr_array:
    """How often each document has each phrase (documents, phrases)."""
    place = {phrase: j for j, phrase in enumerate(phrases)}
    rows, columns, times = [], [], []
    for i, one in enumerate(documents):
        for phrase, count in Counter(one).items():
            if phrase in place:
                rows.append(i)
                columns.append(place[phrase])
                times.append(float(count))
    return csr_array((times, (rows, columns)), shape=(len(documents), len(phrases)))

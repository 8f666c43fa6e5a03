"""Readers of messages: each learns an answer from the rows of one part, and answers those of the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

Reader = Callable[[Sequence[str], Sequence[str], Sequence[str]], list[str]]
"""(messages to learn from, their answers, messages to read) -> answers."""


def read_by_table(learned: Sequence[str], truths: Sequence[str], read: Sequence[str]) -> list[str]:
    """The most frequent answer of each whole message; of one that was never seen, the most frequent of all.

    >>> read_by_table(["a", "a", "b"], ["x", "x", "y"], ["b", "c"])
    ['y', 'x']
    """
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for message, truth in zip(learned, truths, strict=True):
        held[message][truth] += 1
    common = Counter(truths).most_common(1)[0][0]
    return [held[message].most_common(1)[0][0] if message in held else common for message in read]


def read_by_letters(learned: Sequence[str], truths: Sequence[str], read: Sequence[str]) -> list[str]:
    """Logistic regression on which letter stands in which place, and on runs of one to three letters."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    if len(set(truths)) < 2:
        return [truths[0]] * len(read)
    columns = DictVectorizer()
    x = columns.fit_transform([_letters(message) for message in learned])
    model = LogisticRegression(max_iter=300).fit(x, list(truths))
    return [str(one) for one in model.predict(columns.transform([_letters(message) for message in read]))]


def _letters(message: str, most: int = 200) -> dict[str, float]:
    """What is seen of a message; behind the mark of a key, together with that key."""
    key, _, text = message.rpartition("\x1f")
    text = text[:most]
    seen = {f"{key}|{i}:{letter}": 1.0 for i, letter in enumerate(text)}
    return seen | {f"{key}|{text[i : i + n]}": 1.0 for n in (1, 2, 3) for i in range(len(text) - n + 1)}


READERS: Mapping[str, Reader] = {"whole messages": read_by_table, "letters": read_by_letters}
"""From the simplest; a gap is one to these, and a stronger reader may close it."""

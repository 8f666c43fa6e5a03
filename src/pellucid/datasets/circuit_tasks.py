"""Pairs of texts for circuits: each asks for an answer, its twin does not, and both have as many tokens.

Greater-than (arXiv 2305.00586): a war that began in 1732 ended in 17.., with a digit above 3. Indirect objects
(arXiv 2211.00593): the one who is given something is the name that comes once. Induction: after a word that was there
before comes what came after it then. The texts are drawn here; none is taken from the papers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

__all__ = ["TASKS", "TextPair"]

TextPair = tuple[str, str, str, str]
"""Clean text, corrupted text, the answer, and a wrong one."""

EVENTS = ("war", "reign", "strike", "drought", "siege", "voyage", "trial", "project", "feud", "exhibition")
NAMES = ("Mary", "John", "Tom", "Anna", "Paul", "James", "Sarah", "Mark", "Alice", "Peter", "Robert", "David")
PLACES = ("store", "park", "school", "office", "station", "beach", "market", "garden")
GIFTS = ("book", "drink", "ring", "key", "letter", "ball", "cake", "map")
WORDS = (
    "apple", "river", "stone", "green", "table", "music", "horse", "cloud", "paper",
    "light", "water", "house", "bread", "night", "chair", "glass", "road", "tree",
    "fire", "sand", "wind", "gold", "ship", "door", "king", "bird", "snow",
    "hand", "milk", "rain", "city", "star", "wood", "salt", "lake", "bell",
)  # fmt: skip


def greater_than(count: int, generator: np.random.Generator) -> list[TextPair]:
    """The tens of a year that is to come after another; in the corrupted text every digit may.

    >>> clean, corrupted, answer, wrong = greater_than(1, np.random.default_rng(0))[0]
    >>> clean[-3:] == corrupted[-3:], len(clean) == len(corrupted), wrong < answer
    (True, True, True)
    """
    found = []
    for _ in range(count):
        event, century = EVENTS[generator.integers(len(EVENTS))], int(generator.integers(11, 18))
        tens, ones = int(generator.integers(2, 8)), int(generator.integers(2, 9))
        text = f"The {event} lasted from the year {century}{{}} to the year {century}"
        answer, wrong = int(generator.integers(tens + 1, 10)), int(generator.integers(0, tens))
        found.append((text.format(f"{tens}{ones}"), text.format("01"), str(answer), str(wrong)))
    return found


def indirect_object(count: int, generator: np.random.Generator, names: Sequence[str] = NAMES) -> list[TextPair]:
    """The name that comes once, where two are named and one of them gives; in the corrupted text a third one gives.

    >>> indirect_object(1, np.random.default_rng(0), ("Ann", "Bob", "Cid"))[0][0].startswith("When ")
    True
    """
    found = []
    for _ in range(count):
        one, two, three = (names[i] for i in generator.permutation(len(names))[:3])
        place, gift = PLACES[generator.integers(len(PLACES))], GIFTS[generator.integers(len(GIFTS))]
        first, second = (one, two) if generator.random() < 0.5 else (two, one)
        text = f"When {first} and {second} went to the {place}, {{}} gave a {gift} to"
        found.append((text.format(two), text.format(three), f" {one}", f" {two}"))
    return found


def induction(
    count: int, generator: np.random.Generator, words: Sequence[str] = WORDS, length: int = 8
) -> list[TextPair]:
    """What came after the last word before; in the corrupted text another word stood there.

    >>> clean, corrupted, answer, wrong = induction(1, np.random.default_rng(0))[0]
    >>> f"{clean.split()[-1]}{answer}" in clean, f"{clean.split()[-1]}{answer}" in corrupted
    (True, False)
    """
    found = []
    for _ in range(count):
        drawn: list[str] = [words[int(i)] for i in generator.permutation(len(words))[: length + 1]]
        row, other = drawn[:-1], drawn[-1]
        at, elsewhere = (int(i) for i in generator.permutation(length - 1)[:2])
        last = row[at]
        clean, corrupted = list(row), list(row)
        corrupted[at] = other
        found.append((f" {' '.join(clean)} {last}", f" {' '.join(corrupted)} {last}", f" {row[at + 1]}",
                      f" {row[elsewhere + 1]}"))  # fmt: skip
    return found


TASKS: dict[str, Callable[[int, np.random.Generator], list[TextPair]]] = {
    "greater-than": greater_than,
    "indirect-object": indirect_object,
    "induction": induction,
}
"""By the names that a command line takes."""

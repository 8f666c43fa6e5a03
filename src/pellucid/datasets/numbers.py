"""Numbers in texts: alone, spelled out, and in additions whose last digit a model is to find."""

from __future__ import annotations

import numpy as np

from ..subjects.models.labelled.labelled_texts import LabelledTexts
from .text_sets import TEXT_SETS, TextSet

__all__ = ["addition_texts", "number_texts", "spelled"]


def spelled(number: int) -> str:
    """A number from 0 to 999 in words. Raises ValueError for another one.

    >>> spelled(42), spelled(310)
    ('forty-two', 'three hundred and ten')
    """
    if not 0 <= number <= 999:
        raise ValueError(f"number={number} is not spelled; give one from 0 to 999")
    ones = (
        *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    )
    tens = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    if number < 20:
        return ones[number]
    if number < 100:
        return tens[number // 10 - 2] + (f"-{ones[number % 10]}" if number % 10 else "")
    rest = f" and {spelled(number % 100)}" if number % 100 else ""
    return f"{ones[number // 100]} hundred{rest}"


def number_texts(least: int = 0, most: int = 99, prefix: str = "") -> LabelledTexts:
    """Every number from `least` to `most` in digits after `prefix`, each a group of its own.

    Kantamneni and Tegmark, arXiv 2502.00873, section 4.

    >>> number_texts(7, 9).texts
    ('7', '8', '9')
    """
    if most <= least:
        raise ValueError(f"least={least} and most={most} leave fewer than two numbers; give a longer range")
    numbers = np.arange(least, most + 1)
    texts = tuple(f"{prefix}{number}" for number in numbers)
    return LabelledTexts(texts, numbers.astype(float), ("number",), texts, title="numbers")


def addition_texts(
    count: int = 400, seed: int = 0, examples: int = 3
) -> tuple[LabelledTexts, tuple[tuple[int, int], ...]]:
    """Prompts "12+5=1" after solved `examples`, the next token of which is the last digit of the sum, and the terms.

    y is the first term, 10 to 89; the second one is from 1 to 9. The first digit of the sum is given, so that what
    is left is the sum modulo 10. `position` is the last digit of the first term.
    """
    generator = np.random.default_rng(seed)
    pairs = [(a, b) for a in range(10, 90) for b in range(1, 10)]
    order = generator.permutation(len(pairs))
    solved = "".join(f"{pairs[i][0]}+{pairs[i][1]}={sum(pairs[i])}\n" for i in order[:examples])
    chosen = [pairs[i] for i in order[examples : examples + count]]
    texts = tuple(f"{solved}{a}+{b}={(a + b) // 10}" for a, b in chosen)
    groups = tuple(str(a) for a, _ in chosen)
    y = np.array([a for a, _ in chosen], dtype=float)
    return LabelledTexts(texts, y, ("number",), groups, -5, "additions"), tuple(chosen)


TEXT_SETS.register("numbers", TextSet("numbers from 0 on, in digits", lambda count, _: number_texts(0, count - 1)))
TEXT_SETS.register(
    "additions", TextSet("additions, with their first term", lambda count, seed: addition_texts(count, seed)[0])
)

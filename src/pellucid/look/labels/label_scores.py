"""Scores of labels: what a reader who has nothing but the label, or the token table, says of held-out passages.

balanced accuracy = (share of firing passages called so + share of silent ones called so) / 2        0.5: guessing
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.claim import Claim, Measured
from .passages import Judged
from .questions import ask_whether, marked, yes_or_no

__all__ = ["Answers", "Scores", "balanced", "claims_of", "score_label", "score_table"]

Ask = Callable[[list[dict[str, str]]], str]


@dataclass(frozen=True)
class Scores:
    """Detection and fuzzing of one label; NaN where nothing was answered. `asked` and `read`: answers, in passages."""

    detection: float
    fuzzing: float
    asked: int = 0
    read: int = 0


Answers = list[tuple[bool, bool]]
"""What is true of each passage, and what was said."""


def balanced(answers: Answers) -> float:
    """The balanced accuracy; NaN where one of the two kinds was not answered.

    >>> balanced([(True, True), (True, False), (False, False)])
    0.75
    """
    said = [[right == answer for right, answer in answers if right is kind] for kind in (True, False)]
    return float(np.mean([np.mean(one) for one in said])) if all(said) else float("nan")


def score_table(judged: Judged, inside: NDArray[np.bool_]) -> Scores:
    """What a table says: a passage with one of its words fires; marks are right where half of them are in the table.

    `inside` (vocabulary,): the words of the table.
    """
    pairs = [(words, marks, right) for words, marks, right in _passages(judged)]
    detection = [(right, bool(inside[words].any())) for words, _, right in pairs]
    fuzzing = [(right, bool(2 * inside[words[marks]].sum() >= marks.sum())) for words, marks, right in pairs]
    return Scores(balanced(detection), balanced(fuzzing))


def score_label(
    label: str, judged: Judged, vocabulary: Sequence[str], ask: Ask, batch: int, generator: np.random.Generator
) -> Scores:
    """What a language model says of the same passages, given the label, `batch` of them at a time, in random order."""
    passages = _passages(judged)
    order = generator.permutation(len(passages))
    found: dict[bool, Answers] = {True: [], False: []}
    asked = read = 0
    for marks in (False, True):
        for low in range(0, len(order), batch):
            some = [passages[i] for i in order[low : low + batch]]
            texts = [
                marked([str(vocabulary[int(w)]) for w in words], flags if marks else None) for words, flags, _ in some
            ]
            said = yes_or_no(ask(ask_whether(label, texts, marks=marks)), len(some))
            asked += len(some)
            if said is not None:
                read += len(some)
                found[marks] += [(right, answer) for (_, _, right), answer in zip(some, said, strict=True)]
    return Scores(balanced(found[False]), balanced(found[True]), asked, read)


def _passages(judged: Judged) -> list[tuple[NDArray[Any], NDArray[np.bool_], bool]]:
    """Words, marks, and whether the feature fires there."""
    fires = [(*both, True) for both in zip(judged.firing, judged.fires, strict=True)]
    return [*fires, *((*both, False) for both in zip(judged.silent, judged.others, strict=True))]


def claims_of(who: str, key: str, own: Sequence[Scores], other: Sequence[Scores]) -> list[Claim]:
    """Mean scores of labels over features, beside the same labels dealt out to other features."""
    claims: list[Claim] = []
    told = {
        "detection": "say which held-out passages a feature fires in",
        "fuzzing": "say which markings of a passage are those of its firings",
    }
    for name, what in told.items():
        values = np.array([getattr(one, name) for one in own], float)
        shuffled = np.array([getattr(one, name) for one in other], float)
        known, dealt = values[np.isfinite(values)], shuffled[np.isfinite(shuffled)]
        if not len(known):
            continue
        spread = float(known.std(ddof=1) / len(known) ** 0.5) if len(known) > 1 else None
        beside = "; baseline: the same dealt out to other features" if len(dealt) else "; guessing"
        statement = f"{who} {what}: balanced accuracy, mean of {len(known):,} features{beside}"
        baseline = float(dealt.mean()) if len(dealt) else 0.5
        claims.append(Measured(statement, float(known.mean()), "", baseline, spread, key=f"{name}{key}"))
    return claims

"""What a language model is asked about a feature, and how its answers are read (protocol of arXiv 2410.13928).

An answer that cannot be read counts as none; it is never taken for a yes or a no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Float, Int

from ...run.chat import Turn

__all__ = ["ask_for_label", "ask_whether", "label_of", "marked", "yes_or_no"]

_LABEL = (
    "One unit inside a language model is active at some words of texts. In the passages below, the words at which it "
    "is active stand between << and >>; the strongest passages come first. Say in one short phrase (at most 12 words) "
    "what the marked words, or what the text says just before them, have in common. Answer with the phrase alone."
)
_DETECTION = (
    "One unit inside a language model is described as: {label}\n\nFor each passage below say whether the unit is "
    "active anywhere in it: 1 for yes, 0 for no. About half of such passages are a yes. "
)
_FUZZING = (
    "One unit inside a language model is described as: {label}\n\nIn each passage below some words stand between << "
    "and >>. For each say whether those are the words at which the unit is active: 1 for yes, 0 for no. About half of "
    "such passages are a yes. "
)


def marked(words: Iterable[str], marks: Iterable[bool] | None = None) -> str:
    """A passage in one line, runs of marked words between << and >>.

    >>> marked([" the", " cat", " sat", "."], [False, True, True, False])
    'the<< cat sat>>.'
    """
    text = ""
    words = list(words)
    flags = [False] * len(words) if marks is None else [bool(mark) for mark in marks]
    for number, (word, flag) in enumerate(zip(words, flags, strict=True)):
        before = flags[number - 1] if number else False
        text += ("<<" if flag and not before else ">>" if before and not flag else "") + word
    text += ">>" if flags and flags[-1] else ""
    return text.replace("\n", "\\n").strip()


def ask_for_label(
    passages: Sequence[tuple[Int[np.ndarray, " words"], Float[np.ndarray, " words"]]], vocabulary: Sequence[str]
) -> list[Turn]:
    """Passages with the activation of each word."""
    lines = (
        f"{i}. {marked([str(vocabulary[int(w)]) for w in words], values > 0)}"
        for i, (words, values) in enumerate(passages, 1)
    )
    return [{"role": "user", "content": "\n".join([_LABEL, "", *lines])}]


def label_of(answer: str, longest: int = 160) -> str:
    """The phrase in an answer: its last line with a word, without quotes and a name before it.

    >>> label_of('Label: "articles before nouns".')
    'articles before nouns'
    """
    lines = [line.strip() for line in answer.splitlines() if re.search(r"\w", line)]
    text = re.sub(r"^(the )?(label|phrase|answer)\s*(is)?\s*:\s*", "", lines[-1] if lines else "", flags=re.IGNORECASE)
    return text.strip(" .\"'`*")[:longest]


def ask_whether(label: str, passages: Sequence[str], *, marks: bool) -> list[Turn]:
    """Whether each of some passages is one that the label describes; with `marks`, whether its marks are."""
    text = (_FUZZING if marks else _DETECTION).format(label=label)
    form = f"Answer with a list of {len(passages)} digits alone, like {[1, 0, 0, 1, 1, 0][: len(passages)]}."
    lines = (f"{number}. {passage}" for number, passage in enumerate(passages, 1))
    return [{"role": "user", "content": "\n".join([text + form, "", *lines])}]


def yes_or_no(answer: str, count: int) -> list[bool] | None:
    """The last list of so many digits 0 and 1 in an answer; a single one may stand alone. None where there is none.

    >>> yes_or_no("I think [1, 0]", 2), yes_or_no("0", 1), yes_or_no("[1]", 2)
    ([True, False], [False], None)
    """
    lists = re.findall(r"\[([01\s,]*)\]", answer)
    for text in reversed(lists):
        digits = re.findall("[01]", text)
        if len(digits) == count:
            return [digit == "1" for digit in digits]
    alone = re.fullmatch(r"\s*([01])\W*", answer)
    return [alone[1] == "1"] if alone and count == 1 else None

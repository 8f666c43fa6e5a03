"""Steered texts on the terminal, below each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts import SteeredTexts, SteeringEffects
from ...core import Finding
from ...report.pieces import remarks, summary_of
from ..terminal import Block, Lines, Rows, shortened
from .finding import blocks_of


@blocks_of.register(SteeredTexts)
def steered_blocks(found: SteeredTexts, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What was done, and each prompt with its three continuations."""
    yield Lines([summary_of(found, finding)], "bold green")
    yield Lines(remarks(found, finding), "dim")
    for i, prompt in enumerate(found.prompts):
        texts = (found.plain[i], found.steered[i], found.drawn[i])
        names = ("by itself:  ", f"{', '.join(found.steps)}:  ", "random:  ")
        yield Lines([prompt, *(f"  {name}{_line(text)}" for name, text in zip(names, texts, strict=True))])
    if found.promoted:
        yield Lines([f"promotes: {' '.join(word.strip() or repr(word) for word in found.promoted)}"], "dim")


@blocks_of.register(SteeringEffects)
def effects_blocks(found: SteeringEffects, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """In how many features the words go the way that is said of them, and the first of them."""
    yield Lines([summary_of(found, finding)], "bold green")
    rows = [
        (
            str(found.features[i]), f"{found.strength[i]:.3g}", f"{found.promoted[i]:+.2f}",
            f"{found.drawn_promoted[i]:+.2f}", f"{found.kl[i]:.2f}",
            shortened(" ".join(word.strip() or repr(word) for word in found.words[i]), 30),
        )
        for i in range(min(8, len(found.features)))
    ]  # fmt: skip
    yield Rows(("feature", "added", "its words", "random", "KL", "words it promotes"), rows)


def _line(text: str) -> str:
    return " ".join(text.split())

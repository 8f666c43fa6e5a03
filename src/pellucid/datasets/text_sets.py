"""The sets of labelled texts that come with the library, by name; each registers itself where it is defined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..core.registry import Registry
from ..subjects.models.labelled.labelled_texts import LabelledTexts

__all__ = ["TEXT_SETS", "TextSet"]


@dataclass(frozen=True)
class TextSet:
    """`draw(count, seed)` gives about so many texts, or all where there are fewer; `line` says what is labelled."""

    line: str
    draw: Callable[[int, int], LabelledTexts]


TEXT_SETS: Registry[TextSet] = Registry("set of texts", home="pellucid.datasets")

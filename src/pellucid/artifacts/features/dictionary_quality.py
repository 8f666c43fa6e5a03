"""What a dictionary is worth, as plain figures: one table for each thing that was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ...core.artifact import Artifact


@dataclass(frozen=True)
class DictionaryQuality(Artifact):
    """`figures`: measurement -> name -> value (numbers, texts, lists of these). `of` says which dictionary, where.

    >>> DictionaryQuality({"reconstruction": {"fvu": 0.2, "l0": 32.0}}, "TopK dictionary").describe()
    'TopK dictionary: 20 % of the variance unexplained, 32 features at a token'
    """

    figures: Mapping[str, Mapping[str, Any]]
    of: str = ""

    kind = "dictionary_quality"

    def describe(self) -> str:
        words = []
        fit, loss = self.figures.get("reconstruction", {}), self.figures.get("loss", {})
        if "fvu" in fit:
            words.append(f"{100 * fit['fvu']:.3g} % of the variance unexplained, {fit['l0']:.3g} features at a token")
        if "recovered_from_mean" in loss:
            words.append(f"{100 * loss['recovered_from_mean']:.3g} % of the cross-entropy recovered")
        return f"{self.of}: {', '.join(words)}" if self.of and words else self.of or ", ".join(words) or "no figures"

    def to_dict(self) -> dict[str, Any]:
        return {"figures": {name: dict(table) for name, table in self.figures.items()}, "of": self.of}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(data["figures"], data["of"])

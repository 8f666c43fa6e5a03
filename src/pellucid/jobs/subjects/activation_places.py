"""Where activations are read, trained on and judged: a site on all text, and on what is held out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...artifacts.features.dictionary import Dictionary
from ...core.reporter import Reporter
from ...look.dictionaries.dictionary_at_site import DictionaryAtSite
from ...subjects.models.activations import Vectors
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.site import Site

__all__ = ["Places"]


@dataclass(frozen=True, eq=False)
class Places:
    """The site on all text and on what is held out, and the activations of both parts."""

    site: Site
    held: Site
    vectors: Vectors
    trained: Vectors
    judged: Vectors

    @classmethod
    def of(
        cls, model: LanguageModel, paths: tuple[str, ...], target: str | None, parts: tuple[torch.Tensor, torch.Tensor],
        excluded: tuple[int, ...], reporter: Reporter, checkpoint: Path | None,
    ) -> Places:  # fmt: skip
        """`parts`: the rows that are held out, and those that are trained on."""
        where: dict[str, Any] = {"target": target, "excluded_tokens": excluded, "beside": paths[:-1]}
        site, held = (Site(model, paths[-1], rows, **where) for rows in (torch.cat(parts), parts[0]))
        vectors = _vectors(model, site, reporter, checkpoint)
        rows, first = np.arange(site.rows), held.rows
        return cls(site, held, vectors, vectors.select(rows[first:]), vectors.select(rows[:first]))

    def notes(self) -> Iterator[str]:
        """What the figures are of where a module stands for several layers, and where several layers are read."""
        site = self.site
        if site.calls > 1:
            yield (
                f"{site.path} is run {site.calls} times in a pass: the activations are those of its first run, the "
                "dictionary stands in the place of every one where the loss is measured, and of single features no "
                "effect is known"
            )
        if site.beside:
            yield (
                f"read side by side: {', '.join(site.reads)}; in the model, and where features are taken away or said "
                f"to promote words, what is written at {site.writes} counts"
            )

    def with_dictionary(self, dictionary: Dictionary) -> tuple[DictionaryAtSite, DictionaryAtSite]:
        """The dictionary on what is held out, and on all text."""
        held = DictionaryAtSite(dictionary, self.held, self.judged)
        return held, DictionaryAtSite(dictionary, self.site, self.vectors)


def _vectors(model: LanguageModel, site: Site, reporter: Reporter, folder: Path | None) -> Vectors:
    """In memory, or in the checkpoint, where they take as many bytes a number as the model computes with."""
    if folder is None:
        return site.activations()
    kind = str(next(model.model.parameters()).dtype).removeprefix("torch.")
    return site.store(folder / "activations", dtype=kind, reporter=reporter)

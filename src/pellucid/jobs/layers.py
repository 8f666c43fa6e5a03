"""The job `layers`: a model and text become a map of its layers: what each is at, and what is lost without it.

text -> rows of tokens -> stages (one pass) -> deletion of each layer -> swap of each with the next -> finding
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ..artifacts.features.effects import Effects
from ..core.finding import Finding
from ..core.method import Method
from ..core.reporter import SILENT, Reporter
from ..look.layers.layer_effects import LayerDeletion, LayerSwap
from ..look.layers.layer_stages import LayerStages
from ..run.cached import cached
from ..subjects.models.language_model import LanguageModel
from ..subjects.models.prediction import Prediction
from ..subjects.models.site import Site
from .subjects.corpus import READING, Corpus, refuse_other_models

ROWS, LENGTH = 8, 128
DRAWN_FROM = 4
"""Rows are drawn from so many times as much text, where there is as much, so that they are of several texts."""

__all__ = ["DRAWN_FROM", "LENGTH", "ROWS", "open_layers"]


def open_layers(
    model: LanguageModel,
    corpus: Corpus | Iterable[str],
    *,
    rows: int = ROWS,
    length: int = LENGTH,
    batch_size: int = 2,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Effects]:
    """What each layer is at, and what is lost when it is left out or changes places with the next.

    `rows` rows of `length` tokens are drawn from the texts. With `checkpoint`, an interrupted run goes on after the
    last batch that was done. Raises ValueError for an empty corpus, too little text, and a length beyond the context.
    """
    refuse_other_models(model)
    corpus = Corpus.of(corpus)
    site, note = _drawn_rows(model, corpus, rows, length, batch_size, seed)
    prediction = Prediction.of(model, site.given)
    notes = [note, f"predicted: {'the model has no labels' if prediction is None else prediction.kind}"]

    def found(method: Method[Site, Effects], name: str) -> Finding[Effects]:
        return cached(method, site, seed, folder=checkpoint, reporter=reporter, name=name)

    stages: Finding[Effects] | None = None
    try:
        stages = found(LayerStages(batch_size=batch_size), "stages")
    except ValueError as error:  # what a model has not is told; the rest stands without it
        notes.append(f"no stages: {error}")
    deletion = LayerDeletion(batch_size=batch_size)
    findings = {"deletion": found(deletion, "deletion"), "swap": found(LayerSwap(batch_size=batch_size), "swap")}
    if stages is not None:
        findings["stages"] = stages
    settings = deletion.settings() | {"model": model.name, "text": corpus.name, "tokens": rows * length, "notes": notes}
    return _beside(findings, settings, f"layers of {model.name}")


def _drawn_rows(
    model: LanguageModel, corpus: Corpus, rows: int, length: int, batch_size: int, seed: int
) -> tuple[Site, str]:
    """Rows of tokens drawn from the texts, and how many there were, for people. Raises ValueError for too few."""
    if rows < 1:
        raise ValueError(f"rows={rows} measures nothing; use at least 1")
    drawn = corpus.drawn(DRAWN_FROM * READING.letters * rows * length, seed).in_order()
    tokens = model.tokens(drawn.written(model.tokenizer), length)
    if len(tokens) < rows:
        raise ValueError(f"{corpus.name} holds {len(tokens)} rows of {length} tokens; use that many rows, or more text")
    drawn = torch.randperm(len(tokens), generator=torch.Generator().manual_seed(seed))[:rows].sort().values
    site = Site(model, model.layers[-1], tokens[drawn], batch_size=batch_size)
    return site, f"text: {corpus.name}, {rows} rows of {length} tokens drawn from {len(tokens)}"


def _beside(findings: dict[str, Finding[Effects]], settings: dict[str, Any], title: str) -> Finding[Effects]:
    """One finding, its effects side by side."""
    first, *others = findings.values()
    artifact = first.artifact
    for other in others:
        artifact = artifact.beside(other.artifact)
    seconds = {name: finding.provenance.seconds["total"] for name, finding in findings.items()}
    provenance = replace(first.provenance, method="layers", settings=settings, seconds=seconds)
    claims = tuple(claim for finding in findings.values() for claim in finding.claims)
    return Finding(replace(artifact, title=title), claims, provenance)

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
from ..core.claim import Claim
from ..core.finding import Finding
from ..core.measurement import Evidence, measured_by, measurement
from ..core.method import Method
from ..core.reporter import SILENT, Reporter
from ..look.layers.layer_effects import LayerDeletion, LayerSwap
from ..look.layers.layer_stages import LayerStages
from ..run.cached import cached
from ..subjects.models.language_model import LanguageModel
from ..subjects.models.prediction import Prediction
from ..subjects.models.site import Site
from .measured_again import is_same
from .sources import READERS
from .subjects.corpus import READING, Corpus, find_corpus, refuse_other_models

ROWS, LENGTH, BATCH = 8, 128, 2
OWN_TEXT = "python"
"""What stands for the texts of Python's own library in a provenance."""
DRAWN_FROM = 4
"""Rows are drawn from so many times as much text, where there is as much, so that they are of several texts."""

__all__ = ["DRAWN_FROM", "LENGTH", "OWN_TEXT", "ROWS", "open_layers"]


def open_layers(
    model: LanguageModel,
    corpus: Corpus | Iterable[str],
    *,
    rows: int = ROWS,
    length: int = LENGTH,
    batch_size: int = BATCH,
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
    findings, missing = _found(site, seed, checkpoint, reporter)
    settings = LayerDeletion(batch_size=batch_size).settings()
    settings |= {"model": model.name, "text": corpus.name, "tokens": rows * length, "notes": [*notes, *missing]}
    return _beside(findings, settings, f"layers of {model.name}")


def _found(
    site: Site, seed: int, checkpoint: Path | None = None, reporter: Reporter = SILENT
) -> tuple[dict[str, Finding[Effects]], list[str]]:
    """What each method finds, by its name; and what a model has not, which is told: the rest stands without it."""

    def found(method: Method[Site, Effects], name: str) -> Finding[Effects]:
        return cached(method, site, seed, folder=checkpoint, reporter=reporter, name=name)

    stages, missing = dict[str, Finding[Effects]](), list[str]()
    try:
        stages["stages"] = found(LayerStages(batch_size=site.batch_size), "stages")
    except ValueError as error:
        missing.append(f"no stages: {error}")
    deletion, swap = LayerDeletion(batch_size=site.batch_size), LayerSwap(batch_size=site.batch_size)
    return {"deletion": found(deletion, "deletion"), "swap": found(swap, "swap"), **stages}, missing


@measurement("jobs.layers", on_data=True)
def _measured_again(evidence: Evidence) -> tuple[Claim, ...]:
    """All methods are run again; raises ValueError where the effects are others than those in the folder."""
    told = evidence.finding
    again = _beside(_found(evidence.subject, told.provenance.seed)[0], {}, told.artifact.title)
    if not is_same(told.artifact, again.artifact):
        raise ValueError("the effects in the folder are not those that are found; run the command again")
    return again.claims


@READERS.add("layers")
def _read_again(
    text: str, seed: int, *, model: str, rows: int, length: int, column: str = "text", dtype: str = "float32",
    device: str = "cpu",
) -> Site:  # fmt: skip
    """The rows of tokens in the model that is named."""
    from ..subjects.models.loading.load_model import load_model

    path = None if text == OWN_TEXT else Path(text)
    corpus = find_corpus(path, tokens=DRAWN_FROM * rows * length, seed=seed, column=column)
    return _drawn_rows(load_model(model, dtype=dtype, device=device), corpus, rows, length, BATCH, seed)[0]


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
    claims = measured_by("jobs.layers", (claim for finding in findings.values() for claim in finding.claims))
    return Finding(replace(artifact, title=title), claims, provenance)

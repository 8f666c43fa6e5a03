"""The job `transcoders`: a model and text become a transcoder for each layer: a model that can be taken apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ..artifacts.features.replacement_model import ReplacementModel
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..look.dictionaries.layer_transcoders import LayerTranscoders
from ..look.dictionaries.transcoder import Transcoder
from ..subjects.models.language_model import LanguageModel
from ..subjects.models.site import Site
from .dictionary_choice import refuse_settings
from .subjects.corpus import READING, Corpus, refuse_other_models

__all__ = ["TOKENS", "train_transcoders"]

TOKENS = 60_000
"""Text without a wish: in bfloat16 on one core read in two minutes; a layer of SmolLM2 takes as long to train."""


def train_transcoders(
    model: LanguageModel,
    corpus: Corpus | Iterable[str],
    *,
    width: int = 4096,
    k: int = 32,
    tokens: int = TOKENS,
    length: int = 128,
    steps: int = 400,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[ReplacementModel]:
    """A transcoder of `width` latents for each layer, and what the model loses with all of them in place.

    With `checkpoint`, an interrupted run goes on with the layer at which it was. Raises ValueError for bad settings,
    too little text, and a model without feed-forward parts.
    """
    refuse_other_models(model)
    refuse_settings(width, k, 1, tokens, length, steps)
    corpus = Corpus.of(corpus)
    drawn = corpus.drawn(READING.letters * tokens, seed)
    rows = model.tokens(drawn.written(model.tokenizer), length)[: tokens // length]
    site = Site(model, model.layers[-1], rows, batch_size=8)
    batch = min(1024, max(1, rows.numel() // 2))
    method = LayerTranscoders(Transcoder(width=width, k=k, steps=steps, batch_size=batch, device=str(model.device)))
    found = method.explain(site, seed, reporter=reporter, checkpoint=checkpoint)
    notes = [f"text: {corpus.name}, {drawn.note}: {rows.numel():,} tokens"]
    facts = {"model": model.name, "text": corpus.name, "notes": notes}
    settings = {**found.provenance.settings, **facts}
    return replace(found, provenance=replace(found.provenance, settings=settings))

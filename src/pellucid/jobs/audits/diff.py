"""The job `diff`: two models and text become the latents that one of them has and the other has not.

text -> tokens -> activations of both at one layer -> crosscoder -> verdicts, scaling test, control -> finding
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ...artifacts.audits.model_diff import ModelDiff
from ...core.finding import Finding
from ...core.reporter import SILENT, Reporter
from ...look.diffing.model_diffing import ModelDiffing
from ...look.diffing.model_pair import ModelPair
from ...run.cached import cached
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.site import Site
from ..dictionary_choice import layer_path
from ..subjects.corpus import READING, Corpus

__all__ = ["diff_models"]


def diff_models(
    base: LanguageModel, tuned: LanguageModel, corpus: Corpus | Iterable[str], *, layer: int | str | None = None,
    method: ModelDiffing | None = None, tokens: int = 100_000, length: int = 128, seed: int = 0,
    reporter: Reporter = SILENT, checkpoint: Path | None = None,
) -> Finding[ModelDiff]:  # fmt: skip
    """What the tuned model has that the base has not, and the other way round, at one layer of both.

    `layer`: its number or module path; by default the middle one. Raises ValueError for models with other tokens, a
    layer that is in one of them alone, and too little text.
    """
    corpus = Corpus.of(corpus)
    drawn = corpus.drawn(READING.letters * tokens, seed)
    texts = [str(text) for text in drawn.written(base.tokenizer)]
    if base.encode(texts[:20]) != tuned.encode(texts[:20]) or base.frame != tuned.frame:
        raise ValueError(f"{base.name!r} and {tuned.name!r} read text as other tokens; give two with one tokenizer")
    rows, path = base.tokens(texts, length)[: tokens // length], layer_path(base, layer)
    names = (base.name, tuned.name) if base.name != tuned.name else ("base", "tuned")
    pair = ModelPair.of(Site(base, path, rows), Site(tuned, path, rows), names)
    found = cached(method or ModelDiffing(), pair, seed, folder=checkpoint, reporter=reporter)
    note = f"text: {corpus.name}, {drawn.note}: {rows.numel():,} tokens; {path} of both"
    settings = {**found.provenance.settings, "model": f"{base.name}, {tuned.name}", "layer": path, "notes": [note]}
    return replace(found, provenance=replace(found.provenance, settings=settings))

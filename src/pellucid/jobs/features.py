"""The job `features`: a model and text become a dictionary of features, what it is worth, and a page to look at them.

text -> tokens -> activations on disk -> dictionary -> evaluation on text held out -> atlas of the features -> finding
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..artifacts.features.dictionary import Dictionary
from ..core.finding import Finding
from ..core.method import Method
from ..core.reporter import SILENT, Reporter
from ..look.dictionaries.dictionary_at_site import DictionaryAtSite
from ..look.dictionaries.dictionary_evaluation import DictionaryEvaluation
from ..look.dictionaries.feature_survey import FeatureSurvey
from ..look.dictionaries.switch_sae import SwitchSAE
from ..look.dictionaries.top_k_sae import TopKSAE
from ..run.cached import cached
from ..subjects.models.activations import Vectors
from ..subjects.models.language_model import LanguageModel
from ..subjects.models.out_of_memory import out_of_memory_says
from ..subjects.models.site import Site
from .corpus import READING, Corpus, split_tokens


def open_features(
    model: LanguageModel,
    corpus: Corpus | Iterable[str],
    *,
    layer: int | str | None = None,
    width: int = 8192,
    k: int = 32,
    experts: int = 8,
    tokens: int = READING.tokens,
    length: int = 128,
    steps: int | None = None,
    seed: int = 0,
    evaluation: DictionaryEvaluation | None = None,
    survey: FeatureSurvey | None = None,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Dictionary]:
    """A dictionary of what a layer holds, judged on text that it was not made from, with an atlas of its features.

    `layer`: its number or module path; by default the middle one. `experts=1` trains one plain dictionary (TopK), more
    a Switch of that many. `tokens` bounds the text, `steps` the training (by default eight passes over the tokens).
    With `checkpoint`, an interrupted run goes on: activations, training and what was found are kept there. Raises
    ValueError for bad settings, a layer that is not there, and too little text.
    """
    refuse_other_models(model)
    corpus = corpus if isinstance(corpus, Corpus) else Corpus(tuple(corpus), "texts")
    path = _path(model, layer)
    refuse_settings(width, k, experts, tokens, length, steps)
    held, train = split_tokens(model, corpus, tokens, length, seed)
    site = Site(model, path, torch.cat([held, train]))
    vectors = _vectors(model, site, reporter, checkpoint)
    rows = np.arange(len(held) + len(train))
    trained, judged = vectors.select(rows[len(held) :]), vectors.select(rows[: len(held)])
    method = _method(width, k, experts, steps, trained.count)
    found = cached(method, trained, seed, folder=checkpoint, reporter=reporter)
    at_held = DictionaryAtSite(found.artifact, Site(model, path, held), judged)
    at_all = DictionaryAtSite(found.artifact, site, vectors)
    with out_of_memory_says("while the dictionary is judged", f"lower width={width} or length={length}"):
        kept: dict[str, Any] = {"folder": checkpoint, "reporter": reporter}
        quality = cached(evaluation or DictionaryEvaluation(), at_held, seed, name="quality", **kept)
        atlas = cached(survey or FeatureSurvey(), at_all, seed, name="atlas", **kept)
    facts = {
        "table": f"Features of {path} of {model.name}",
        "notes": [f"text: {corpus.name}, {train.numel():,} tokens to train on and {held.numel():,} to judge on"],
        "model": model.name,
        "layer": path,
        "text": corpus.name,
        "tokens": train.numel(),
    }
    stages = {"dictionary": found, "evaluation": quality, "atlas": atlas}
    seconds = {name: step.provenance.seconds["total"] for name, step in stages.items()}
    provenance = replace(found.provenance, settings={**found.provenance.settings, **facts}, seconds=seconds)
    parts = {**found.parts, "quality": quality.artifact, "atlas": atlas.artifact}
    trained_on = [claim for claim in found.claims if claim.key == "busiest_expert"]  # the rest is judged again
    claims = (*quality.claims, *trained_on, *atlas.claims)
    return replace(found, claims=claims, parts=parts, provenance=provenance)


def refuse_other_models(model: object) -> None:
    """Raises ValueError for a network without its tokenizer."""
    if not isinstance(model, LanguageModel):
        raise ValueError(
            f"model is a {type(model).__name__}; give load_model(name), or LanguageModel(model, tokenizer)"
        )


def refuse_settings(width: int, k: int, experts: int, tokens: int, length: int, steps: int | None = None) -> None:
    """Raises ValueError for what cannot be trained, before a model is loaded."""
    for name, value in (("width", width), ("k", k), ("experts", experts), ("tokens", tokens)):
        if value < 1:
            raise ValueError(f"{name}={value} is too small; use at least 1")
    if steps is not None and steps < 1:
        raise ValueError(f"steps={steps} trains nothing; use at least 1")
    if width % experts:
        raise ValueError(f"width={width} cannot be shared out among {experts} experts; use a multiple")
    if width // experts < k:
        each = f" of each of {experts} experts" if experts > 1 else ""
        raise ValueError(f"width={width // experts}{each} is smaller than k={k}; raise the width, or lower k")
    if tokens < READING.fewest * length:
        few = f"fewer than {READING.fewest} sequences of {length}"
        raise ValueError(f"tokens={tokens} are {few}; give at least {READING.fewest * length}")


def _vectors(model: LanguageModel, site: Site, reporter: Reporter, folder: Path | None) -> Vectors:
    """In memory, or in the checkpoint, where they take as many bytes a number as the model computes with."""
    if folder is None:
        return site.activations()
    kind = str(next(model.model.parameters()).dtype).removeprefix("torch.")
    return site.store(folder / "activations", dtype=kind, reporter=reporter)


def _method(
    width: int, k: int, experts: int, steps: int | None, count: int, *, batch: int = 1024, passes: int = 8
) -> Method[Any, Dictionary]:
    """A Switch, or one plain dictionary, for `count` activations, of which it holds some out itself.

    Without `steps` there are eight passes (our choice, not tuned), but at least 200 steps, and at most 20,000.
    """
    if steps is None:
        steps = min(20_000, max(200, passes * count // batch))
    sizes: dict[str, Any] = {"width": width, "k": k, "steps": steps, "batch_size": min(batch, max(1, count // 2))}
    return TopKSAE(**sizes) if experts == 1 else SwitchSAE(**sizes, experts=experts)


def _path(model: LanguageModel, layer: int | str | None) -> str:
    """The module path of a layer. Raises ValueError where there is no such layer (paths are checked by the site)."""
    if layer == "":
        raise ValueError(f"layer='' names nothing; give a number from 0 to {len(model.layers) - 1}, or a module's path")
    if layer is None:
        return model.layers[len(model.layers) // 2]
    if isinstance(layer, str) and not layer.lstrip("-").isdigit():
        return layer
    number = int(layer)
    if not 0 <= number < len(model.layers):
        raise ValueError(f"layer={number} is not in {model.name}; its layers are 0 to {len(model.layers) - 1}")
    return model.layers[number]

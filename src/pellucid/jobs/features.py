"""The job `features`: a model and text become a dictionary of features, what it is worth, and a page to look at them.

text -> tokens -> activations on disk -> dictionary -> evaluation on text held out -> atlas of the features -> finding
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..artifacts.features.dictionary import Dictionary
from ..artifacts.features.dictionary_quality import DictionaryQuality
from ..artifacts.features.feature_atlas import FeatureAtlas
from ..core.finding import Finding
from ..core.method import Method
from ..core.reporter import SILENT, Reporter
from ..datasets.python_texts import python_texts
from ..look.dictionaries.dictionary_at_site import DictionaryAtSite
from ..look.dictionaries.dictionary_evaluation import DictionaryEvaluation
from ..look.dictionaries.feature_survey import FeatureSurvey
from ..look.dictionaries.switch_sae import SwitchSAE
from ..look.dictionaries.top_k_sae import TopKSAE
from ..report import dashboard_html
from ..run.cached import cached
from ..subjects.models.activations import Vectors
from ..subjects.models.language_model import LanguageModel
from ..subjects.models.out_of_memory import out_of_memory_says
from ..subjects.models.site import Site
from ..subjects.models.text_files import read_texts

__all__ = [
    "TOKENS",
    "Corpus",
    "dashboard_files",
    "find_corpus",
    "open_features",
    "refuse_other_models",
    "refuse_settings",
]

TOKENS = 200_000
HELD_OUT = 0.15
"""The share of the tokens that the dictionary never sees, on which it is judged."""
_MOST_HELD = 32_768
_BATCH = 1024
_LETTERS_EACH = 8
"""More letters than a token has, on average, in most texts."""


@dataclass(frozen=True)
class Corpus:
    """Texts, and what they are called in the report."""

    texts: tuple[str, ...]
    name: str

    def __post_init__(self) -> None:
        other = next((text for text in self.texts if not isinstance(text, str)), None)
        if other is not None:
            raise ValueError(f"texts hold a {type(other).__name__}; give strings")


def find_corpus(path: Path | None, *, tokens: int = TOKENS, seed: int = 0) -> Corpus:
    """The texts of a file or folder; without one, those that come with Python. Raises ValueError."""
    if path is None:
        return Corpus(tuple(python_texts(tokens * _LETTERS_EACH, seed)), "the texts of Python's own library")
    return Corpus(tuple(read_texts(path)), path.resolve().name)


def open_features(
    model: LanguageModel,
    corpus: Corpus | Iterable[str],
    *,
    layer: int | str | None = None,
    width: int = 8192,
    k: int = 32,
    experts: int = 8,
    tokens: int = TOKENS,
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
    held, train = _rows(model, corpus.texts, tokens, length, seed)
    site = Site(model, path, torch.cat([held, train]))
    vectors = _vectors(model, site, reporter, checkpoint)
    rows = np.arange(len(held) + len(train))
    trained, judged = vectors.select(rows[len(held) :]), vectors.select(rows[: len(held)])
    if steps is None:
        steps = min(20_000, max(200, 8 * trained.count // _BATCH))
    method = _method(width, k, experts, steps, min(_BATCH, max(1, trained.count // 2)))  # some are held out from it
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
    if tokens < 20 * length:
        raise ValueError(f"tokens={tokens} are fewer than 20 sequences of {length}; give at least {20 * length}")


def dashboard_files(finding: Finding[Any]) -> dict[str, bytes]:
    """The page of the features, for the folder of the finding."""
    atlas, quality = finding.parts.get("atlas"), finding.parts.get("quality")
    if not isinstance(atlas, FeatureAtlas):
        return {}
    figures = _figures(quality) if isinstance(quality, DictionaryQuality) else []
    page = dashboard_html(atlas, figures, title=str(finding.provenance.settings.get("table", "")), report="report.html")
    return {"features.html": page.encode()}


def _figures(quality: DictionaryQuality) -> list[tuple[str, str]]:
    table = quality.figures
    found: list[tuple[str, str]] = []
    if "reconstruction" in table:
        found.append(("of the variance unexplained", f"{100 * table['reconstruction']['fvu']:.1f} %"))
        found.append(("features fire at a token", f"{table['reconstruction']['l0']:.1f}"))
    if "recovered_from_mean" in table.get("loss", {}):
        found.append(("of the cross-entropy recovered", f"{100 * table['loss']['recovered_from_mean']:.1f} %"))
    if "latents" in table:
        found.append(("dense", f"{table['latents']['dense']:,}"))
    return found


def _vectors(model: LanguageModel, site: Site, reporter: Reporter, folder: Path | None) -> Vectors:
    """In memory, or in the checkpoint, where they take as many bytes a number as the model computes with."""
    if folder is None:
        return site.activations()
    kind = str(next(model.model.parameters()).dtype).removeprefix("torch.")
    return site.store(folder / "activations", dtype=kind, reporter=reporter)


def _method(width: int, k: int, experts: int, steps: int, batch: int) -> Method[Any, Dictionary]:
    if experts == 1:
        return TopKSAE(width=width, k=k, steps=steps, batch_size=batch)
    return SwitchSAE(width=width, k=k, experts=experts, steps=steps, batch_size=batch)


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


def _rows(model: LanguageModel, texts: tuple[str, ...], tokens: int, length: int, seed: int) -> tuple[Tensor, Tensor]:
    """Held-out and training rows of tokens: texts in random order, the first of them held out."""
    order = torch.randperm(len(texts), generator=torch.Generator().manual_seed(seed)).tolist()
    chosen: list[str] = []
    letters = 0
    for i in order:
        chosen.append(texts[i])
        letters += len(texts[i])
        if letters >= _LETTERS_EACH * tokens:
            break
    ids = model.tokens(chosen, length)[: tokens // length]
    held = min(max(4, round(HELD_OUT * len(ids))), max(4, _MOST_HELD // length))
    if len(ids) < 20:
        raise ValueError(f"the text has {ids.numel():,} tokens, fewer than 20 sequences of {length}; give more text")
    return ids[:held], ids[held:]

"""The job `features`: a model and text become a dictionary of features, what it is worth, and a page to look at them.

text -> tokens -> activations on disk -> dictionary -> evaluation on text held out -> atlas of the features -> finding
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ..artifacts.features.dictionary import Dictionary
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..look.dictionaries.dictionary_evaluation import DictionaryEvaluation
from ..look.dictionaries.feature_survey import FeatureSurvey
from ..look.dictionaries.switch_sae import SwitchSAE
from ..run.cached import cached
from ..subjects.models.language_model import LanguageModel
from ..subjects.models.out_of_memory import out_of_memory_says
from .dictionary_choice import Layers, layer_paths, method_of, refuse_settings, sized
from .subjects.activation_places import Places
from .subjects.corpus import READING, Corpus, refuse_other_models
from .subjects.token_rows import special_tokens_note, split_tokens


def open_features(
    model: LanguageModel,
    corpus: Corpus | Iterable[str],
    *,
    layer: Layers = None,
    target: str | None = None,
    kind: str | None = None,
    dictionary: Dictionary | None = None,
    width: int = 8192,
    k: int = 32,
    experts: int = 8,
    tokens: int = READING.tokens,
    length: int = 128,
    steps: int | None = None,
    exclude_tokens: Iterable[str] = (),
    seed: int = 0,
    evaluation: DictionaryEvaluation | None = None,
    survey: FeatureSurvey | None = None,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Dictionary]:
    """A dictionary of what a layer holds, judged on text that it was not made from, with an atlas of its features.

    `layer`: its number or module path; by default the middle one; several are read by one crosscoder, which is judged
    by what it writes at the last. `kind`: one of `KINDS`; by default a Switch of `experts`, or with `experts=1` a plain
    one (TopK); with `target`, a second path, a transcoder. `dictionary`: one that is judged as it is; nothing is
    trained then. `tokens` bounds the text, `steps` the training (by default eight
    passes over the tokens). `exclude_tokens` (see `LanguageModel.token_numbers`) are neither trained nor judged on.
    With `checkpoint`, an interrupted run goes on: activations, training and what was found are kept there. Raises
    ValueError for bad settings, a layer that is not there, and too little text.
    """
    refuse_other_models(model)
    corpus = Corpus.of(corpus)
    known = () if dictionary is None else tuple(name for name, _ in dictionary.sites)
    paths = layer_paths(model, layer, known)
    method = method_of(kind, target, experts, len(paths))
    if dictionary is None:
        refuse_settings(width, k, experts if method is SwitchSAE else 1, tokens, length, steps)
    split = split_tokens(model, corpus, tokens, length, seed)
    held, train = split.held, split.train
    places = Places.of(model, paths, target, (held, train), model.token_numbers(exclude_tokens), reporter, checkpoint)
    notes = [
        f"text: {corpus.name}, {split.note}: {train.numel():,} tokens to train on and {held.numel():,} to judge on",
        special_tokens_note(model, torch.cat([held, train]), places.site.excluded_tokens),
        *places.notes(),
    ]
    kept: dict[str, Any] = {"folder": checkpoint, "reporter": reporter}
    steps_done: dict[str, Finding[Any]] = {}
    if dictionary is None:
        maker, told = sized(method, width, k, experts, steps, places.trained.count, str(model.device))
        found = cached(maker, places.trained, seed, **kept)
        steps_done["dictionary"], dictionary = found, found.artifact
        notes.append(told)
    with out_of_memory_says("while the dictionary is judged", f"lower width={width} or length={length}"):
        held_out, everywhere = places.with_dictionary(dictionary)
        steps_done["evaluation"] = cached(evaluation or DictionaryEvaluation(), held_out, seed, name="quality", **kept)
        steps_done["atlas"] = cached(survey or FeatureSurvey(), everywhere, seed, name="atlas", **kept)
    path = ", ".join(paths)
    facts = {"model": model.name, "layer": path, "text": corpus.name, "tokens": train.numel(), "notes": notes}
    return _joined(dictionary, steps_done, {"table": f"Features of {path} of {model.name}", **facts})


def _joined(dictionary: Dictionary, done: dict[str, Finding[Any]], facts: dict[str, Any]) -> Finding[Dictionary]:
    """One finding of training, evaluation and atlas; of the training's claims those that were not judged again."""
    first = next(iter(done.values()))
    seconds = {name: step.provenance.seconds["total"] for name, step in done.items()}
    provenance = replace(first.provenance, settings={**first.provenance.settings, **facts}, seconds=seconds)
    trained = done.get("dictionary")
    parts = {} if trained is None else dict(trained.parts)
    parts |= {"quality": done["evaluation"].artifact, "atlas": done["atlas"].artifact, **done["atlas"].parts}
    kept = ("busiest_expert", "fvu: ", "exclusive: ")
    own = () if trained is None else tuple(claim for claim in trained.claims if claim.key.startswith(kept))
    return Finding(dictionary, (*done["evaluation"].claims, *own, *done["atlas"].claims), provenance, parts)

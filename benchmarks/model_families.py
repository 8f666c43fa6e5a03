"""Every way to look into a model, on a tiny model of every family: equal to hooks by hand, or one line that is true.

    python benchmarks/model_families.py --half 0 --output table.md

equal: what is measured is what a few lines of hooks give. refused: a ValueError in one line, where there is nothing to
measure. FAULT: an error of another kind, or another number.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy, normalize

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.jobs.features import open_features
from pellucid.jobs.layers import open_layers
from pellucid.jobs.probe import activations, open_probe
from pellucid.look.dictionaries.dictionary_evaluation import DictionaryEvaluation
from pellucid.look.dictionaries.feature_effects import FeatureEffects, feature_effects
from pellucid.look.dictionaries.feature_survey import FeatureSurvey
from pellucid.look.layers.attribution_patching import AttributionPatching
from pellucid.look.layers.class_readout import class_readout, last_block
from pellucid.look.layers.head_patching import HeadPatching
from pellucid.look.layers.layer_effects import LayerDeletion
from pellucid.look.layers.layer_stages import LayerStages
from pellucid.look.layers.unembedding import effective_unembedding, last_layer
from pellucid.report import dashboard_files, report_html
from pellucid.subjects.models.labelled.labelled_texts import LabelledTexts
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.model_inputs import ModelInputs
from pellucid.subjects.models.prediction import CLASS, MASKED, NEXT, Prediction
from pellucid.subjects.models.site import Site
from suites.by_hand import Numbers, contrast_of, head_exchanged, same, taken_away, three_axes
from suites.model_families import FAMILIES, LENGTH, VOCABULARY, Family, build, inputs_of
from suites.more_families import CLASSIFIERS, DECODERS, OUTPUTS

KINDS = {"next": NEXT, "masked": MASKED, "class": CLASS, "": None}


class Trial:
    """One family, opened; each method raises AssertionError where a figure is not the one by hand."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.projection = next(
            (one.output for one in DECODERS if one.family == family), OUTPUTS.get(family.name, "o_proj")
        )
        self.network = build(family)
        self.model = LanguageModel(self.network, Numbers(), family.name)

    @cached_property
    def inputs(self) -> ModelInputs:
        return ModelInputs.of(inputs_of(self.family)).completed(self.model)

    @cached_property
    def prediction(self) -> Prediction | None:
        return Prediction.of(self.model, self.inputs)

    def forward(self, inputs: ModelInputs, hooks: dict[str, Callable[[Any], Any]] | None = None) -> Any:
        """A pass with hooks by hand: each takes the first tensor of a module's output and gives another."""
        handles = []
        for path, change in (hooks or {}).items():

            def hook(module: Any, args: Any, output: Any, change: Any = change) -> Any:
                if isinstance(output, tuple | list):
                    return type(output)((change(output[0]), *output[1:]))
                return change(output)

            handles.append(self.network.get_submodule(path).register_forward_hook(hook))
        try:
            with torch.no_grad():
                return self.network(**inputs.with_names(self.network).named)
        finally:
            for handle in handles:
                handle.remove()

    @property
    def middle(self) -> str:
        return self.model.layers[len(self.model.layers) // 2]

    def layers(self) -> None:
        assert len(self.model.layers) == self.family.layers, f"{len(self.model.layers)} layers"

    def read(self) -> None:
        seen: list[torch.Tensor] = []
        for path in self.model.layers:
            seen.clear()
            self.forward(self.inputs, {path: lambda x: seen.append(x.clone()) or x})
            found = Site(self.model, path, dict(self.inputs.named)).read()
            same(found, seen[0].reshape(found.shape))

    def predicts(self) -> None:
        kind = None if self.prediction is None else self.prediction.kind
        assert kind == KINDS[self.family.predicts], f"{kind} for {self.family.predicts or 'nothing'}"
        if self.prediction is not None:
            same(self.prediction.losses(self.forward(self.prediction.inputs)).double().sum(1), self.losses())

    def losses(self, hooks: dict[str, Callable[[Any], Any]] | None = None) -> torch.Tensor:
        """Summed losses of each row, by hand."""
        assert self.prediction is not None
        logits = self.forward(self.prediction.inputs, hooks).logits
        labels = self.prediction.labels.masked_fill(self.prediction.labels < 0, -100)
        logits = logits if logits.ndim == 3 else logits[:, None]
        return cross_entropy(logits.transpose(1, 2), labels, reduction="none").double().sum(1)

    def effects(self) -> None:
        """Of some features of a random dictionary after the middle layer."""
        site = Site(self.model, self.middle, dict(self.inputs.named))
        rows = normalize(torch.randn(24, site.width, generator=torch.Generator().manual_seed(2)), dim=1)
        dictionary = Dictionary("TopK", rows.T, rows, torch.zeros(24), torch.zeros(site.width), k=4)
        found = self.found_effects(site, dictionary)
        known = found.exact.isfinite().nonzero()[:, 0].tolist()
        if self.prediction is None:
            assert not known, "an effect of nothing"
            return
        assert known, "no effect"
        base = self.losses()
        for feature in known:
            without, count = taken_away(dictionary, feature)
            change = self.losses({self.middle: without}) - base
            same(found.exact[feature], change.sum() / count[0], 5e-3)

    def found_effects(self, site: Site, dictionary: Dictionary) -> FeatureEffects:
        return feature_effects(
            dictionary, site, rows=site.rows, shown=3, drawn=3, limit=1e9, generator=torch.Generator().manual_seed(0)
        )

    def classes(self) -> None:
        """What the logits of classes lose without a feature, summed over the places of a row."""
        site = Site(self.model, self.middle, dict(self.inputs.named))
        rows = normalize(torch.randn(24, site.width, generator=torch.Generator().manual_seed(2)), dim=1)
        dictionary = Dictionary("TopK", rows.T, rows, torch.zeros(24), torch.zeros(site.width), k=4)
        effects = self.found_effects(site, dictionary)
        if effects.logits is None:
            raise ValueError("it says no classes")
        base = three_axes(self.forward(self.inputs)).double().sum(1)
        assert effects.logits.change.any(), "nothing changes"
        for feature, change in zip(effects.logits.features.tolist(), effects.logits.change, strict=True):
            without, count = taken_away(dictionary, feature)
            other = three_axes(self.forward(self.inputs, {self.middle: without})).double().sum(1)
            same(change.double(), (other - base).sum(0) / count[0], 5e-3)

    def deletion(self) -> None:
        """The middle layer hands on what it is given."""
        site = Site(self.model, self.middle, dict(self.inputs.named))
        found = LayerDeletion(resamples=10).explain(site).artifact
        assert found.parts == self.model.layers
        row = found.values[found.parts.index(self.middle)][0]
        given: list[torch.Tensor] = []

        def note(module: Any, args: Any, kwargs: Any) -> None:
            given[:] = [next(v for v in (*args, *kwargs.values()) if isinstance(v, torch.Tensor))]

        inputs = self.inputs if self.prediction is None else self.prediction.inputs
        handle = self.network.get_submodule(self.middle).register_forward_pre_hook(note, with_kwargs=True)
        try:
            p = three_axes(self.forward(inputs)).log_softmax(-1)
            q = three_axes(self.forward(inputs, {self.middle: lambda x: given[0]})).log_softmax(-1)
        finally:
            handle.remove()
        same(torch.tensor(row), (p.exp() * (p - q)).sum(-1).mean(), 1e-3)

    def stages(self) -> None:
        site = Site(self.model, self.middle, dict(self.inputs.named))
        found = LayerStages(resamples=10).explain(site).artifact
        assert len(found.groups) == self.family.layers

    def promotes(self) -> None:
        found, path = effective_unembedding(self.model, self.inputs, rows=3), last_layer(self.model, self.inputs)
        if found is None and (self.prediction or Prediction.of_number(self.model, self.inputs)):
            found, path = class_readout(self.model, self.inputs), last_block(self.model, self.inputs)
        if found is None:
            raise ValueError("there is no unembedding")
        direction = torch.randn(found.matrix.shape[1], generator=torch.Generator().manual_seed(3))
        step = 3e-3  # in float32: some experts are computed in no other format
        times = Site(self.model, path, dict(self.inputs.named)).calls

        def logits(size: float) -> Any:
            """With a step after the last layer: the last run of the module, where it stands for several layers."""
            runs: list[None] = []

            def change(x: torch.Tensor) -> torch.Tensor:
                runs.append(None)
                return x + size * direction if len(runs) == times else x

            return self.forward(self.inputs, {path: change})

        up, down = logits(step), logits(-step)
        true = (three_axes(up) - three_axes(down)).double().mean((0, 1)) / (2 * step)
        given = (found.matrix @ direction).double()
        cosine = float(torch.nn.functional.cosine_similarity(true, given, dim=0))
        assert cosine > 0.995, f"cosine {cosine:.4f}"

    def patching(self) -> None:
        """Each node's true effect by hand: the part's output of the corrupted pass in its place."""
        if self.family.inputs != "text":
            raise ValueError("contrasts are of tokens")
        pairs = contrast_of(self.model)
        found = AttributionPatching(steps=2, checked=4, shares=(0.0, 1.0)).explain(pairs)
        curves = found.parts["curves"].values
        assert abs(curves[0][0]) < 1e-2, "an empty circuit keeps something"
        assert abs(curves[-1][0] - 1) < 1e-2, "the whole circuit does not keep all"

    def heads(self) -> None:
        """A head of the middle layer by hand, at all tokens and at one: its columns of what the projection is given."""
        if self.family.inputs != "text":
            raise ValueError("contrasts are of tokens")
        pairs = contrast_of(self.model)
        found = HeadPatching(steps=1).explain(pairs)
        projection = self.network.get_submodule(self.middle)
        name = next(name for name, _ in projection.named_modules() if name.endswith(self.projection))
        projection = projection.get_submodule(name)
        order = torch.from_numpy(np.random.default_rng(0).permutation(pairs.rows))
        fit = pairs.select(order[: -(-pairs.rows // 2)])
        clean, corrupted = (self.forward(ModelInputs.of(tokens)) for tokens in (fit.clean, fit.corrupted))
        high, low = (float(fit.metric(output.logits).mean()) for output in (clean, corrupted))
        names = {part: value for table in (found.artifact, *found.parts.values())
                 for part, (_, value) in zip(table.parts, table.values, strict=True)}  # fmt: skip
        heads = self.network.config.num_attention_heads
        for head, place in ((0, None), (1, None), (1, 2)):
            moved = head_exchanged(self.forward, projection, fit, head, heads, place)
            true = (float(fit.metric(moved).mean()) - high) / (low - high)
            told = names[f"{self.middle} head {head}" + ("" if place is None else f" at {place}")]
            assert abs(-told - true) < 1e-3 + 1e-2 * abs(true), f"{-told:.4f} for {true:.4f}"

    def layers_job(self) -> None:
        """The whole command `layers`, on texts of numbers."""
        self._text_only()
        found = open_layers(self.model, _texts(), rows=2, length=LENGTH)
        assert any(note.startswith("predicted: ") for note in found.provenance.settings["notes"])
        assert len(found.artifact.parts) == self.family.layers
        assert report_html(found)

    def features_job(self) -> None:
        """The whole command `features`."""
        self._text_only()
        found = open_features(
            self.model, _texts(), width=32, k=4, experts=1, tokens=600, length=LENGTH, steps=3,
            evaluation=DictionaryEvaluation(("reconstruction", "loss", "latents"), sequences=4),
            survey=FeatureSurvey(effect_sequences=2, exact_effects=2, random_effects=2),
        )  # fmt: skip
        assert dashboard_files(found)["features.html"]
        assert ("loss" in found.parts["quality"].figures) == (self.prediction is not None)

    def probe_job(self) -> None:
        """The whole command `probe`: which of two numbers is in a text."""
        self._text_only()
        texts = [f"{5 + row % 2} {7 + row % 50} {9 + row % 31} {5 + row % 2}" for row in range(60)]
        labelled = LabelledTexts(tuple(texts), np.arange(60) % 2.0, ("five", "six"), tuple(texts))
        found = open_probe(activations(self.model, labelled, layer=0))
        assert found.claims

    def _text_only(self) -> None:
        if self.family.inputs not in ("text", "closed"):
            raise ValueError("the commands read text")


ROOMS = (
    "layers", "read", "predicts", "effects", "classes", "deletion", "stages", "promotes", "patching", "layers_job",
    "features_job", "probe_job",
)  # fmt: skip

CLASS_ROOMS = ("layers", "predicts", "effects", "classes", "promotes", "features_job")
LISTS = {
    "families": (FAMILIES, ROOMS),
    "classifiers": (CLASSIFIERS, CLASS_ROOMS),
    "decoders": (tuple(decoder.family for decoder in DECODERS), ("layers", "read", "predicts", "patching", "heads")),
    "heads": (tuple(family for family in FAMILIES if family.predicts == "next"), ("heads",)),
}
"""Some families, and what is tried on each."""


def _texts() -> list[str]:
    generator = torch.Generator().manual_seed(5)
    return [" ".join(map(str, row)) for row in torch.randint(4, VOCABULARY, (60, 30), generator=generator).tolist()]


def attempt(action: Callable[[], None]) -> str:
    """ "equal", "refused: why", or "FAULT: what"."""
    try:
        action()
    except ValueError as error:
        text = str(error)
        return f"refused: {text}" if "\n" not in text else f"FAULT: {text.splitlines()[0]}"
    except AssertionError as error:
        return f"FAULT: {error}"
    except Exception as error:  # whatever a person would see as a traceback
        return f"FAULT: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return "equal"


def run_family(family: Family, rooms: tuple[str, ...] = ROOMS) -> dict[str, str]:
    """What each way to look gives on a family."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trial = Trial(family)
        return {room: attempt(getattr(trial, room)) for room in rooms}


def main() -> None:
    """Run one half, or both, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", type=int, choices=(0, 1), help="0: the families worked on; 1: the others")
    parser.add_argument("--list", choices=LISTS, default="families", help="which families, and what is asked of them")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    every, rooms = LISTS[options.list]
    chosen = [family for family in every if options.half in (None, family.half)]
    chosen = [family for family in chosen if not options.only or family.name in options.only]
    lines = [f"| family | {' | '.join(rooms)} |", f"|---|{'---|' * len(rooms)}"]
    counts = {"equal": 0, "refused": 0, "FAULT": 0}
    for family in chosen:
        found = run_family(family, rooms)
        for room, told in found.items():
            counts[told.partition(":")[0]] += 1
            if told != "equal":
                print(f"{family.name:20} {room:9} {told[:150]}", flush=True)
        lines.append(f"| {family.name} | {' | '.join(told.partition(':')[0] for told in found.values())} |")
    print(counts)
    if options.output:
        options.output.write_text("\n".join(lines) + "\n")
    sys.exit(bool(counts["FAULT"]))


if __name__ == "__main__":
    main()

"""Features as Neuronpedia takes them in: the JSON that SAEDashboard writes, in batches, and labels as explanations.

What was not measured is left empty rather than filled with something else: correlations with neurons and with other
features, the histogram of logits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...artifacts.audits.feature_labels import FeatureLabels
from ...artifacts.features.dictionary import Dictionary
from ...artifacts.features.feature_atlas import FeatureAtlas
from ...artifacts.features.feature_firing import FeatureFiring

__all__ = ["Neuronpedia"]


@dataclass(frozen=True)
class Neuronpedia:
    """How features are called there: `model` and `source` (layer and set), such as "gpt2-small" and "6-res-jb".

    Of each feature that fired the `examples` texts of its strongest firings are given whole.
    """

    model: str
    source: str
    dataset: str = ""
    examples: int = 16
    batch: int = 128
    """Features in a file."""
    aligned: int = 3
    """So many coordinates of the direction are named, the largest."""

    @property
    def layer(self) -> int:
        """The number that the source begins with; 0 where there is none."""
        start = self.source.partition("-")[0]
        return int(start) if start.isdecimal() else 0

    def files(
        self, dictionary: Dictionary, atlas: FeatureAtlas, firing: FeatureFiring, labels: FeatureLabels | None = None
    ) -> dict[str, bytes]:
        """The batches by name, and explanations.jsonl where there are labels by a model."""
        texts = _Texts(atlas, firing)
        alive = atlas.alive.tolist()
        found: dict[str, bytes] = {}
        for number, low in enumerate(range(0, len(alive), self.batch)):
            head = {
                "model_id": self.model, "layer": self.layer,
                "sae_set": self.source.partition("-")[2] or self.source, "sae_id_suffix": None,
            }  # fmt: skip
            features = [self._feature(dictionary, atlas, texts, feature) for feature in alive[low : low + self.batch]]
            found[f"batch-{number}.json"] = json.dumps(head | {"features": features}).encode()
        if labels is not None and labels.author:
            lines = (self._explanation(labels, place) for place in range(len(labels.features)))
            found["explanations.jsonl"] = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        return found

    def _feature(self, dictionary: Dictionary, atlas: FeatureAtlas, texts: _Texts, feature: int) -> dict[str, Any]:
        direction = dictionary.decoder[feature].float().cpu().numpy()
        top = np.argsort(-np.abs(direction), kind="stable")[: self.aligned]
        bins = atlas.histogram.shape[1]
        centres = (np.arange(bins) + 0.5) / bins * float(atlas.maximum[feature])
        empty = ("correlated_neurons", "correlated_features")
        return {
            "feature_index": int(feature),
            "neuron_alignment_indices": top.tolist(),
            "neuron_alignment_values": _rounded(direction[top]),
            "neuron_alignment_l1": _rounded(np.abs(direction[top]) / max(float(np.abs(direction).sum()), 1e-30)),
            **{f"{name}_{what}": [] for name in empty for what in ("indices", "l1", "pearson")},
            **_words(atlas, "pos", atlas.promoted[feature], atlas.promoted_values[feature]),
            **_words(atlas, "neg", atlas.suppressed[feature], atlas.suppressed_values[feature]),
            "frac_nonzero": float(atlas.density[feature]),
            "freq_hist_data_bar_values": _rounded(centres),
            "freq_hist_data_bar_heights": [float(count) for count in atlas.histogram[feature]],
            "logits_hist_data_bar_heights": [],
            "logits_hist_data_bar_values": [],
            "n_prompts_total": len(atlas.texts),
            "n_tokens_in_prompt": atlas.texts.shape[1],
            "dataset": self.dataset,
            "decoder_weights_dist": [],
            "activations": texts.strongest(feature, self.examples),
            "vector": _rounded(direction),
        }

    def _explanation(self, labels: FeatureLabels, place: int) -> dict[str, Any]:
        score = float(labels.detection[place])
        return {
            "modelId": self.model, "layer": self.source, "index": str(int(labels.features[place])),
            "description": labels.labels[place], "explanationModelName": labels.author, "typeName": "",
            "detectionBalancedAccuracy": score if np.isfinite(score) else None,
        }  # fmt: skip


class _Texts:
    """The texts of an atlas with a feature's activation at every token."""

    def __init__(self, atlas: FeatureAtlas, firing: FeatureFiring) -> None:
        self.atlas = atlas
        order = np.argsort(firing.features, kind="stable")
        places = firing.places[order]
        self.starts = np.searchsorted(firing.features[order], np.arange(firing.size + 1))
        self.rows, self.positions = firing.rows[places], firing.positions[places]
        self.values = firing.values[order]

    def strongest(self, feature: int, count: int) -> list[dict[str, Any]]:
        """The rows in which it fires most strongly, each whole; bins are of all its firings."""
        mine = slice(self.starts[feature], self.starts[feature + 1])
        rows, positions, values = self.rows[mine], self.positions[mine], self.values[mine]
        largest: dict[int, float] = {}
        for row, value in zip(rows.tolist(), values.tolist(), strict=True):
            largest[row] = max(largest.get(row, 0.0), value)
        chosen = sorted(largest, key=lambda row: -largest[row])[:count]
        least = min((largest[row] for row in chosen), default=0.0)
        share = float((values >= least).mean()) if len(values) else 0.0
        found = []
        for row in chosen:
            line = np.zeros(self.atlas.texts.shape[1])
            line[positions[rows == row]] = values[rows == row]
            found.append(
                {
                    "bin_min": least, "bin_max": float(values.max()), "bin_contains": share,
                    "tokens": [self.atlas.vocabulary[i] for i in self.atlas.texts[row]],
                    "values": _rounded(line), "qualifying_token_index": int(line.argmax()),
                }
            )  # fmt: skip
        return found


def _words(atlas: FeatureAtlas, name: str, words: np.ndarray, values: np.ndarray) -> dict[str, Any]:
    known = words >= 0
    return {
        f"{name}_str": [atlas.vocabulary[i] for i in words[known].tolist()],
        f"{name}_values": _rounded(values[known]),
    }


def _rounded(values: np.ndarray) -> list[float]:
    """With five digits, as JSON has them: what is not finite is 0 nowhere, and is refused by the caller's arrays."""
    return [float(f"{value:.5g}") for value in values.tolist()]

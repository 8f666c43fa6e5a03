"""What is inside models, in the sentence that stands on its page: features, layers, directions and readouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...artifacts import Dictionary, Direction, Effects, FeatureAtlas, LinearReadout
from ...core import Finding, Measured
from ...report.pieces import remarks, summary_of
from ..terminal import Block, Lines, Rows, shortened
from .finding import blocks_of


@blocks_of.register(Direction | LinearReadout)
def probe_blocks(found: Direction | LinearReadout, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What the probe tells, beside its best control, and what was read."""
    yield Lines([summary_of(found, finding)], "bold green")
    yield Lines(remarks(found, finding), "dim")


@blocks_of.register(Dictionary)
def dictionary_blocks(found: Dictionary, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """How good it is, and the features that cost most loss when they are taken away."""
    yield Lines([summary_of(found, finding)], "bold green")
    yield Lines(remarks(found, finding), "dim")
    for atlas in finding.parts.values():
        if isinstance(atlas, FeatureAtlas):
            yield feature_rows(atlas)


def dictionary_figures(finding: Finding[Any]) -> dict[str, str]:
    """What a dictionary is worth, to stand beside others: where a figure has an uncertainty, with it."""
    names = {
        "fvu": "left unexplained",
        "cross_entropy_added": "cross-entropy added, nats",
        "dead": "features dead",
        "error_r2": "error that is linear, R²",
    }
    claims = {claim.key: claim for claim in finding.claims if isinstance(claim, Measured)}
    return {name: _figure(claims[key]) for key, name in names.items() if key in claims}


def _figure(claim: Measured) -> str:
    return replace(claim, baseline=None, unit="").evidence.replace("+-", "±")


def feature_rows(atlas: FeatureAtlas, *, most: int = 8) -> Rows:
    """The `most` features of the largest effect: how often they fire, what that costs, where, and what they promote."""
    rows = []
    classes = bool(atlas.moved.shape[1])
    for feature in atlas.by_effect()[:most].tolist():
        places = [atlas.example(feature, number) for number in range(atlas.example_rows.shape[1] - atlas.spread)]
        peaks = [max(place, key=lambda word: word[1])[0].strip() for place in places if place]
        rows.append(
            (
                str(feature),
                f"{100 * atlas.density[feature]:.1f} %",
                _cost(atlas, feature),
                *([_moved(atlas, feature)] if classes else []),
                _quoted(dict.fromkeys(peaks)),
                _quoted(word.strip() for word in atlas.words(feature)[:4]),
            )
        )
    headings = ["feature", "fires at", "cost, nats", "where it fires most", "promotes"]
    return Rows([*headings[:3], *(["logit without it"] if classes else []), *headings[3:]], rows)


def _moved(atlas: FeatureAtlas, feature: int) -> str:
    """The class whose logit changes most each time the feature fires and is taken away."""
    for name, change, error in atlas.classes(feature)[:1]:
        return f"{name} {change:+.2f}" + (f" ± {error:.2f}" if np.isfinite(error) else "")
    return ""


def _cost(atlas: FeatureAtlas, feature: int) -> str:
    """What the loss gains each time the feature fires and is taken away; an estimate is called one."""
    cost, error, estimate = (a[feature] for a in (atlas.ablation, atlas.ablation_error, atlas.ablation_estimate))
    if np.isfinite(cost):
        return f"{cost:+.2f} ± {error:.2f}" if np.isfinite(error) else f"{cost:+.2f}"
    return f"est. {estimate:+.2f}" if np.isfinite(estimate) else ""


def _quoted(words: Iterable[str]) -> str:
    return shortened(" ".join(word if word and word.isprintable() else repr(word) for word in words))


@blocks_of.register(Effects)
def effects_blocks(found: Effects, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What leaving out each layer costs, in a sentence and as a table."""
    yield Lines([summary_of(found, finding)], "bold green")
    yield Lines(remarks(found, finding), "dim")
    yield layer_rows(found)


def layer_rows(
    found: Effects, measures: tuple[str, ...] = ("KL, deleted", "top-1 kept, deleted", "KL, swapped")
) -> Rows:
    """A row a layer; its stage is named where it begins.

    >>> effects = Effects(("l0", "l1"), ("KL, deleted",), ((2.0,), (0.1,)), groups=("early", "early"))
    >>> layer_rows(effects).rows
    [('0', 'early', '2.000'), ('1', '', '0.100')]
    """
    shown = [name for name in measures if name in found.measures]
    stages = found.groups or ("",) * len(found.parts)
    rows = []
    for i, stage in enumerate(stages):
        values = (found.values[i][found.measures.index(name)] for name in shown)
        begins = not i or stages[i - 1] != stage
        rows.append((str(i), stage if begins else "", *("" if value is None else f"{value:.3f}" for value in values)))
    return Rows(("layer", "stage", *shown), rows)

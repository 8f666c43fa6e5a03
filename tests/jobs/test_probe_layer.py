"""Which layer is probed, and by which rows that is decided."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.jobs.probe_layer import LAYER_CHOICE, choose_layer, rows_that_choose
from pellucid.subjects import Labelled
from pellucid.subjects.models.labelled.labelled_texts import LabelledTexts


def texts(groups=40, each=2):
    rows = groups * each
    names = tuple(f"g{i // each}" for i in range(rows))
    return LabelledTexts(tuple(f"text {i}" for i in range(rows)), np.arange(rows) % 2, ("x", "z"), names)


@settings(max_examples=20, deadline=None)
@given(groups=st.integers(24, 80), each=st.integers(1, 4), seed=st.integers(0, 99))
def test_whole_groups_choose(groups, each, seed):
    given_texts = texts(groups, each)
    first = set(rows_that_choose(given_texts, np.random.default_rng(seed)).tolist())
    choosing = {given_texts.groups[i] for i in first}
    assert not choosing & {g for i, g in enumerate(given_texts.groups) if i not in first}
    assert len(choosing) >= LAYER_CHOICE.fewest


def test_the_layer_that_holds_the_label_is_chosen():
    asked = []

    def read(paths, chosen):
        asked.extend(paths)
        noise = np.random.default_rng(0).normal(size=(chosen.rows, 3))
        holding = noise + 6 * np.asarray(chosen.y)[:, None]
        values = {path: holding if path == "l5" else noise for path in paths}
        return {path: Labelled(x, chosen.y, chosen.groups, chosen.names) for path, x in values.items()}

    choice = choose_layer(read, [f"l{i}" for i in range(12)], texts(), seed=0)
    assert asked == ["l2", "l5", "l7", "l10"]
    assert choice.layer == 5
    assert [layer for layer, _ in choice.tried] == [2, 5, 7, 10]
    assert choice.texts.rows < 80


def test_too_few_groups_are_refused():
    with pytest.raises(ValueError, match="too few, or too unequal, to choose a layer"):
        rows_that_choose(texts(groups=4), np.random.default_rng(0))

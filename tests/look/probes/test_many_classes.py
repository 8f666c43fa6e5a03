"""Probes of three classes and more: told apart, the controls are not, and rare classes are refused."""

import numpy as np
import pytest

from pellucid.look.probes.multinomial_probe import MultinomialProbe
from pellucid.look.probes.nearest_means import NearestMeans
from pellucid.look.probes.settings import Control
from pellucid.subjects.models.labelled.labelled import Labelled

from .labelled_rows import claim


def three(count=120, gap=4.0, **given):
    x, y = np.random.default_rng(3).normal(size=(count, 6)), np.arange(count) % 3
    x[np.arange(count), y] += gap
    return Labelled(x, y, names=("a", "b", "c"), title="rows", **given)


@pytest.mark.parametrize("method", [NearestMeans(), NearestMeans(whiten=0.01), MultinomialProbe(penalties=(0.03, 0.3))])
def test_three_classes_are_told_apart_and_controls_are_not(method):
    texts = tuple(f"text number {i // 3}" for i in range(120))
    found = method.explain(three(texts=texts, shuffled=np.random.default_rng(1).normal(size=(120, 6))))
    assert claim(found, "rows of 3 classes").value > 0.9
    for name in (Control.RANDOM, Control.SHUFFLED, Control.WORDS, "most frequent"):
        assert claim(found, name).value < 0.6
    predictions = found.parts["predictions"]
    assert predictions.confusion.sum(1).tolist() == [40, 40, 40]
    assert predictions.confusion.trace() / 120 == pytest.approx(claim(found, "rows of 3 classes").value)


def test_rare_classes_are_refused():
    with pytest.raises(ValueError, match=r"'b' in 2.*--classes 2"):
        NearestMeans().explain(Labelled(np.eye(20), [0] * 9 + [1] * 2 + [2] * 9, names=("a", "b", "c")))
    with pytest.raises(ValueError, match="RidgeProbe"):
        MultinomialProbe().explain(Labelled(np.eye(3), [0.5, 1, 2]))

"""Probes of two classes: they find what is there, their controls find nothing, and wrong rows are refused."""

import numpy as np
import pytest

from pellucid.look.probes.difference_of_means import DifferenceOfMeans
from pellucid.look.probes.logistic_probe import LogisticProbe
from pellucid.look.probes.settings import Control
from pellucid.subjects.models.labelled.labelled import Labelled

from .labelled_rows import claim, rows


@pytest.mark.parametrize("method", [DifferenceOfMeans(), DifferenceOfMeans(whiten=0.01), LogisticProbe()])
def test_finds_the_direction_and_tells_the_controls_first(method):
    texts = tuple(f"text number {i // 2}" for i in range(120))
    found = method.explain(rows(texts=texts, shuffled=np.random.default_rng(1).normal(size=(120, 6))))
    assert abs(found.artifact.unit[1]) > 0.9
    assert claim(found, "held-out accuracy, ").value > 0.9
    for name in (Control.RANDOM, Control.SHUFFLED, Control.WORDS):
        assert claim(found, name).value < 0.7
    order = [i for i, c in enumerate(found.claims) if c.statement.startswith("control")]
    assert max(order) < found.claims.index(claim(found, "held-out accuracy, "))


def test_a_leak_through_groups_is_not_counted():
    """Each group has a value and a random label of its own: rows at random would know it, whole groups do not."""
    generator = np.random.default_rng(0)
    centres, labels = generator.normal(size=(30, 40)), generator.integers(0, 2, 30)
    group = np.repeat(np.arange(30), 6)
    x = centres[group] + 0.01 * generator.normal(size=(180, 40))
    names = tuple(map(str, group))
    grouped = Labelled(x, labels[group], names, ("false", "true"))
    loose = Labelled(x, labels[group], (), ("false", "true"))
    probe = LogisticProbe(penalties=(0.001,), shuffles=0)
    assert claim(probe.explain(loose), "held-out accuracy, ").value > 0.95
    assert claim(probe.explain(grouped), "held-out accuracy, ").value < 0.8


def test_wrong_subjects():
    with pytest.raises(ValueError, match="RidgeProbe"):
        DifferenceOfMeans().explain(Labelled(np.eye(10), np.arange(10.0)))
    with pytest.raises(ValueError, match="folds=5 of 2 groups"):
        LogisticProbe().explain(rows(groups=tuple("ab" * 60)))

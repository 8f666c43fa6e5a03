"""Numbers are read by ridge regression, and its control of words is a strong one."""

import numpy as np
import pytest

from pellucid.look.probes.ridge_probe import RidgeProbe
from pellucid.look.probes.settings import Control
from pellucid.subjects.models.labelled.labelled import Labelled

from .labelled_rows import claim


def test_ridge_probe_reads_numbers_and_refuses_constants():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(100, 5))
    y = np.stack([x[:, 0], generator.normal(size=100)], 1)
    found = RidgeProbe().explain(Labelled(x, y, names=("known", "unknown")))
    assert {c.statement: c.value for c in found.claims}["held-out R^2 of known"] > 0.95
    assert {c.statement: c.value for c in found.claims}["held-out R^2 of unknown"] < 0.2
    with pytest.raises(ValueError, match="'b' is the same in every row"):
        RidgeProbe().explain(Labelled(x, np.stack([x[:, 0], np.ones(100)], 1), names=("a", "b")))


def test_the_control_of_words_is_as_strong_as_it_can_be():
    """Numbers that a few letters tell beneath much noise: too little regularisation would leave nothing of it."""
    generator = np.random.default_rng(0)
    words = tuple("".join(generator.choice(list("abcdefghij"), 6)) for _ in range(120))
    y = np.array([word.count("a") - word.count("b") for word in words]) + 2 * generator.normal(size=120)
    found = RidgeProbe(shuffles=0).explain(Labelled(np.eye(120), y, names=("number",), texts=words))
    assert claim(found, Control.WORDS).value > 0.1

"""The four criteria of an intermediate tell use from presence."""

import numpy as np
import pytest

from pellucid.look.geometry.intermediate import Intermediate
from pellucid.subjects.models.labelled.labelled import Behaviour, Labelled


def hypothesis(used=True):
    """Activations hold g linearly and another quantity; outputs follow from one of them."""
    generator = np.random.default_rng(0)
    g, other = generator.normal(size=(300, 1)), generator.normal(size=(300, 1))
    x = np.concatenate([2 * g, other, 0.1 * generator.normal(size=(300, 4))], 1)
    column = 0 if used else 1
    order = generator.permutation(300)
    losses = 0.01 * generator.random(300)
    acts = Behaviour(
        lambda v, rows: v[:, column : column + 1] / (2 if used else 1),
        alternative=g[order],
        wanted=g[order],
        losses=losses,
    )
    return Labelled(x, g, names=("g",), behaviour=acts, title="g")


def test_the_four_criteria_tell_use_from_presence():
    used, unused = Intermediate().explain(hypothesis()), Intermediate().explain(hypothesis(used=False))
    met = [{name: ok for name, _, _, ok in found.artifact.rows} for found in (used, unused)]
    assert [one["predictable"] for one in met] == [True, True]
    assert [one["intervenable"] for one in met] == [True, False]
    assert [one["explains variance"] for one in met] == [True, True]


def test_without_a_behaviour_two_criteria_are_undecided():
    labelled = hypothesis()
    found = Intermediate().explain(Labelled(labelled.values, labelled.y, names=("g",)))
    assert [c.strength for c in found.claims].count("Undecided") == 2
    with pytest.raises(ValueError, match="leave it out"):
        Intermediate().explain(Labelled(labelled.values, np.ones(300), names=("g",)))

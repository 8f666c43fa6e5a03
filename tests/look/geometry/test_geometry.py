"""Circles, helices, clusters and intermediates: found where they are, and not where they are not."""

import numpy as np
import pytest

from pellucid.look.geometry.circle_probe import CircleProbe, circle_share
from pellucid.look.geometry.feature_groups import FeatureGroups, mixture_index, separability_index
from pellucid.look.geometry.helix_probe import HelixProbe
from pellucid.look.geometry.intermediate import Intermediate
from pellucid.subjects.models.coded import Coded
from pellucid.subjects.models.labelled.labelled import Behaviour, Labelled

NAMES = tuple("abcdefg")


def claim(finding, words):
    return next(c for c in finding.claims if words in c.statement)


def circle_rows(order=range(7), behaviour=False):
    """Ten groups of all names, on a circle in some order; the answer is the name itself."""
    generator = np.random.default_rng(0)
    place = np.array(list(order))
    y = np.tile(np.arange(7), 10)
    angles = 2 * np.pi * place[y] / 7
    x = 0.05 * generator.normal(size=(70, 12))
    x[:, :2] += np.stack([np.cos(angles), np.sin(angles)], 1)
    corners = 2 * np.pi * np.arange(7) / 7
    head = np.stack([np.cos(corners), np.sin(corners)])
    expected = np.tile(np.arange(7), (70, 1))
    acts = Behaviour(lambda values, rows: 10 * values[:, :2] @ head, NAMES, expected) if behaviour else None
    groups = tuple(str(i // 7) for i in range(70))
    return Labelled(x, y, groups, NAMES, behaviour=acts, title="letters")


def test_a_circle_is_found_and_moved_along():
    found = CircleProbe().explain(circle_rows(behaviour=True))
    assert found.artifact.explained > 0.9
    unseen = claim(found, "has not seen; baseline")
    assert unseen.value < 20 < 30 < unseen.baseline
    assert claim(found, "share of all 360").value == pytest.approx(1 / 360)
    assert claim(found, "moved along the circle, rows").value > 0.9
    assert claim(found, "moved by a random step of the same length, rows").value < 0.5
    assert np.abs(np.hypot(*found.artifact.unseen().T) - 1).max() < 0.2


def test_another_order_is_no_circle():
    found = CircleProbe().explain(circle_rows(order=(0, 3, 6, 2, 5, 1, 4)))
    assert found.artifact.explained < 0.2
    assert claim(found, "has not seen; baseline").value > 45
    assert circle_share(found.artifact.means[[0, 5, 3, 1, 6, 4, 2]]) > 0.9  # in the order that they lie in


def test_circle_errors():
    with pytest.raises(ValueError, match="4 classes or more"):
        CircleProbe().explain(Labelled(np.eye(4), [0, 1, 0, 1], names=("a", "b")))
    with pytest.raises(ValueError, match="class 'd' has no rows"):
        CircleProbe().explain(Labelled(np.eye(4), [0, 1, 2, 0], names=tuple("abcd")))


def numbers_on_a_helix(behaviour=False):
    a = np.repeat(np.arange(60), 3)
    t = 2 * np.pi * a / 10
    x = np.stack([a / 60, np.cos(t), np.sin(t), np.cos(t / 2), np.sin(t / 2)], 1)
    x = np.pad(x, ((0, 0), (0, 3))) + 0.01 * np.random.default_rng(0).normal(size=(180, 8))
    digit = 2 * np.pi * np.arange(10) / 10
    head = np.stack([np.cos(digit), np.sin(digit)])
    expected = np.tile(np.arange(60) % 10, (180, 1))
    acts = Behaviour(lambda v, rows: 10 * v[:, 1:3] @ head, tuple("0123456789"), expected) if behaviour else None
    return Labelled(x, a.astype(float), tuple(map(str, a)), ("number",), behaviour=acts)


def test_a_helix_is_found_and_moved_along():
    found = HelixProbe(periods=(10.0, 20.0)).explain(numbers_on_a_helix(behaviour=True))
    assert found.artifact.explained > 0.98
    unseen = claim(found, "R^2 on held-out numbers of the helix")
    assert unseen.value > 0.9 > unseen.baseline
    frequency, share = found.artifact.spectrum
    assert set(np.round(1 / frequency[np.argsort(-share)[:2]]).tolist()) == {10.0, 20.0}
    assert claim(found, "moved along the helix, rows").value > 0.9
    assert claim(found, "moved along the polynomial, rows").value < 0.7


def test_wrong_periods_explain_less_than_the_last_digit():
    found = HelixProbe(periods=(7.0, 13.0)).explain(numbers_on_a_helix())
    fit = claim(found, "that the helix explains; baseline")
    assert fit.value < fit.baseline


def test_helix_errors():
    with pytest.raises(ValueError, match="too few for 4 periods"):
        HelixProbe().explain(Labelled(np.eye(12), np.arange(12.0), names=("number",)))
    with pytest.raises(ValueError, match="one number for each row"):
        HelixProbe().explain(Labelled(np.eye(4), [0, 1, 0, 1], names=("a", "b")))


def test_indices_of_what_is_known():
    generator = np.random.default_rng(0)
    t = generator.uniform(0, 2 * np.pi, 1000)
    circle, gauss = np.stack([np.cos(t), np.sin(t)], 1), generator.normal(size=(1000, 2))
    cross = np.where(generator.random(1000)[:, None] < 0.5, [[1.0, 0]], [[0, 1.0]]) * np.abs(gauss)
    assert separability_index(circle, generator) > 1 > 0.1 > separability_index(gauss, generator)
    assert mixture_index(circle) < 0.3 < 0.45 < mixture_index(cross)


def test_a_circle_of_latents_is_the_least_reducible_cluster():
    generator = np.random.default_rng(0)
    count, corners = 1500, 2 * np.pi * np.arange(5) / 5
    t = generator.uniform(0, 2 * np.pi, count)
    ring = np.maximum(0, np.cos(t[:, None] - corners))
    other = np.abs(generator.normal(size=(count, 3))) * (generator.random((count, 3)) < 0.3)
    loose = np.abs(generator.normal(size=(count, 12)))
    values = np.concatenate([ring, other, loose], 1)
    decoder = generator.normal(size=(20, 60))
    axes = generator.normal(size=(3, 60))
    decoder[:5] = np.stack([np.cos(corners), np.sin(corners), 2 + 0 * corners], 1) @ axes
    decoder[5:8] = decoder[5] + 0.5 * generator.normal(size=(3, 60))
    found = FeatureGroups().explain(Coded(values, np.tile(np.arange(20), (count, 1)), decoder))
    assert found.artifact.cluster(0).tolist() == [0, 1, 2, 3, 4]
    assert claim(found, "least reducible").value > claim(found, "least reducible").baseline
    with pytest.raises(ValueError, match="lower smallest"):
        FeatureGroups().explain(Coded([[1.0]], [[0]], [[1.0, 0.0]]))


def test_no_cluster_is_told():
    found = FeatureGroups().explain(Coded(np.ones((50, 1)), np.arange(50)[:, None] % 4, np.eye(4)))
    assert found.artifact.describe() == "no cluster among 4 latents"


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

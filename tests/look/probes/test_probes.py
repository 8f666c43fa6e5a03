"""Probes: they find what is there, their controls find nothing, and the causal check tells use from correlation."""

import numpy as np
import pytest

from pellucid.look.probes.difference_of_means import DifferenceOfMeans
from pellucid.look.probes.estimators import difference_of_means, logistic, multinomial, nearest_means, ridge, scores
from pellucid.look.probes.evaluation import accuracy, area_under_curve
from pellucid.look.probes.folds import group_numbers, grouped_folds, set_aside
from pellucid.look.probes.logistic_probe import LogisticProbe
from pellucid.look.probes.multinomial_probe import MultinomialProbe
from pellucid.look.probes.nearest_means import NearestMeans
from pellucid.look.probes.ridge_probe import RidgeProbe
from pellucid.look.probes.settings import Control
from pellucid.look.probes.sparse_probe import SparseProbe
from pellucid.look.probes.transfer import ProbeTransfer
from pellucid.subjects.models.labelled.labelled import Behaviour, Labelled, LabelledSets


def rows(count=120, width=6, gap=4.0, seed=0, **given):
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(count, width)), np.arange(count) % 2
    x[:, 1] += gap * y
    return Labelled(x, y, names=("false", "true"), title="rows", **given)


def claim(finding, words):
    return next(c for c in finding.claims if words in c.statement)


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


def test_groups_are_never_on_both_sides():
    groups = ("a", "b", "a|c", "c", "d", "e", "b")
    numbers = group_numbers(groups)
    assert numbers[0] == numbers[2] == numbers[3]
    for held in grouped_folds(groups, 3, np.random.default_rng(0)):
        assert not set(numbers[held]) & set(np.delete(numbers, held))
    with pytest.raises(ValueError, match="folds=9 of 4 groups"):
        grouped_folds(groups, 9, np.random.default_rng(0))


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


def test_the_causal_check_tells_use_from_correlation():
    labelled = rows(width=4)
    used = Behaviour(lambda x, i: np.stack([0 * x[:, 0], x[:, 1]], 1), ("no", "yes"))
    unused = Behaviour(lambda x, i: np.stack([0 * x[:, 0], x[:, 0]], 1), ("no", "yes"))
    for behaviour, matters in ((used, True), (unused, False)):
        given = Labelled(labelled.values, labelled.y, (), labelled.names, behaviour=behaviour)
        found = DifferenceOfMeans().explain(given)
        added = claim(found, "added to 24 held-out rows")
        assert (abs(added.value) > added.baseline) == matters
        taken = claim(found, "taken out")
        assert (taken.value > 2) == matters


def test_ridge_agrees_with_its_dual_and_with_least_squares():
    generator = np.random.default_rng(0)
    for shape in ((30, 8), (8, 30)):
        x, y = generator.normal(size=shape), generator.normal(size=(shape[0], 2))
        z = (x - x.mean(0)) / x.std(0)
        w = np.linalg.solve(z.T @ z + 0.5 * shape[0] * np.eye(shape[1]), z.T @ (y - y.mean(0)))
        assert np.allclose(scores(ridge(x, y, [0.5])[0], x), z @ w + y.mean(0))


def test_logistic_is_at_its_minimum():
    from sklearn.linear_model import LogisticRegression

    labelled = rows(gap=1.0)
    z = (labelled.values - labelled.values.mean(0)) / labelled.values.std(0)
    theirs = LogisticRegression(C=1 / (0.03 * 120), tol=1e-8, max_iter=1000).fit(z, labelled.y).decision_function(z)
    ours = scores(logistic(labelled.values, labelled.targets, 0.03), labelled.values)[:, 0]
    assert np.allclose(ours, theirs, atol=1e-2)


def test_measures():
    told, y = np.array([[0.1], [0.9], [-1.0]]), np.array([[0.0], [1.0], [1.0]])
    assert accuracy(told, y) == pytest.approx(1 / 3)
    assert area_under_curve(told, y) == 0.5
    assert area_under_curve(told, np.ones((3, 1))) == 0.5


def test_ridge_probe_reads_numbers_and_refuses_constants():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(100, 5))
    y = np.stack([x[:, 0], generator.normal(size=100)], 1)
    found = RidgeProbe().explain(Labelled(x, y, names=("known", "unknown")))
    assert {c.statement: c.value for c in found.claims}["held-out R^2 of known"] > 0.95
    assert {c.statement: c.value for c in found.claims}["held-out R^2 of unknown"] < 0.2
    with pytest.raises(ValueError, match="'b' is the same in every row"):
        RidgeProbe().explain(Labelled(x, np.stack([x[:, 0], np.ones(100)], 1), names=("a", "b")))


def test_transfer_leaves_out_what_was_trained_on():
    one, other = rows(groups=tuple(str(i // 2) for i in range(120))), rows(seed=1, gap=-4.0)
    found = ProbeTransfer().explain(LabelledSets({"plain": one, "negated": other})).artifact
    assert found.values.diagonal().min() > 0.9
    assert found.across.max() < 0.1
    logistic_too = ProbeTransfer(LogisticProbe(penalties=(0.03,))).explain(LabelledSets({"a": one, "b": rows(seed=2)}))
    assert logistic_too.artifact.across.min() > 0.9


def test_sparse_probe_reports_the_baseline_and_needs_codes():
    labelled = rows(count=160, gap=5.0)
    codes = np.maximum(0, np.concatenate([labelled.values[:, 1:2] - 2.5, labelled.values[:, 2:]], 1))
    found = SparseProbe(counts=(1, 2)).explain(rows(count=160, gap=5.0, codes=codes))
    assert found.claims[0].statement.startswith("baseline")
    assert found.artifact.chosen[0] == 0
    assert claim(found, "gain of the best").value <= 0.05
    with pytest.raises(ValueError, match="has no codes"):
        SparseProbe().explain(labelled)


def test_wrong_subjects():
    with pytest.raises(ValueError, match="RidgeProbe"):
        DifferenceOfMeans().explain(Labelled(np.eye(10), np.arange(10.0)))
    with pytest.raises(ValueError, match="folds=5 of 2 groups"):
        LogisticProbe().explain(rows(groups=tuple("ab" * 60)))


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


def test_the_plain_estimators_of_classes():
    x = np.array([[0.0, 0], [0, 2], [4, 0], [4, 2], [0, 9], [0, 11]])
    y = np.eye(4)[[0, 0, 1, 1, 2, 2]]  # the last class has no row
    near = scores(nearest_means(x, y), np.array([[1.0, 3], [3, 0], [0, 7]]))
    assert near.argmax(1).tolist() == [0, 1, 2]
    found = scores(multinomial(x, y[:, :3], 0.01), x)
    assert found.argmax(1).tolist() == [0, 0, 1, 1, 2, 2]
    wide = np.random.default_rng(0).normal(size=(12, 40))  # more columns than rows: the same by way of their span
    labels = np.eye(3)[np.arange(12) % 3]
    padded = np.vstack([wide, wide, wide, wide])  # the same rows four times are the same problem, without the detour
    one, other = multinomial(wide, labels, 0.1, 500), multinomial(padded, np.vstack([labels] * 4), 0.1, 500)
    assert np.allclose(one[0], other[0], atol=1e-3)


def test_two_classes_agree_with_the_two_class_probes():
    two = rows(gap=2.0)
    pairs = np.eye(2)[two.y.astype(int)]
    several = scores(nearest_means(two.values, pairs), two.values)
    plain = scores(difference_of_means(two.values, two.targets), two.values)
    assert np.allclose(several[:, 1] - several[:, 0], plain[:, 0])


def test_rare_classes_are_refused():
    with pytest.raises(ValueError, match=r"'b' in 2.*--classes 2"):
        NearestMeans().explain(Labelled(np.eye(20), [0] * 9 + [1] * 2 + [2] * 9, names=("a", "b", "c")))
    with pytest.raises(ValueError, match="RidgeProbe"):
        MultinomialProbe().explain(Labelled(np.eye(3), [0.5, 1, 2]))


def test_some_groups_are_set_aside():
    generator = np.random.default_rng(0)
    groups = tuple(str(i // 2) for i in range(80))
    kinds = ["a"] * 40 + ["b"] * 28 + ["c"] * 12
    first = set_aside(groups, kinds, 0.25, 5, generator)
    assert not {groups[i] for i in first} & {groups[i] for i in range(80) if i not in set(first.tolist())}
    taken = [kinds[i] for i in first]
    assert (taken.count("a"), taken.count("b"), taken.count("c")) == (10, 6, 2)  # of six groups of c five stay


def test_the_control_of_words_is_as_strong_as_it_can_be():
    """Numbers that a few letters tell beneath much noise: too little regularisation would leave nothing of it."""
    generator = np.random.default_rng(0)
    words = tuple("".join(generator.choice(list("abcdefghij"), 6)) for _ in range(120))
    y = np.array([word.count("a") - word.count("b") for word in words]) + 2 * generator.normal(size=120)
    found = RidgeProbe(shuffles=0).explain(Labelled(np.eye(120), y, names=("number",), texts=words))
    assert claim(found, Control.WORDS).value > 0.1

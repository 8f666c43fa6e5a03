"""The two transformers: scikit-learn's own checks, and that they keep what they say."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from pellucid.sklearn import CategoryMerger, ScoreBins

FEW_CHECKS = ("check_n_features_in", "check_dict_unchanged", "check_transformer_general", "check_fit2d_1sample")


@pytest.mark.parametrize("name", FEW_CHECKS)
@pytest.mark.parametrize("estimator", [ScoreBins(), CategoryMerger()])
def test_a_few_of_scikit_learns_checks(estimator, name):
    getattr(estimator_checks, name)(type(estimator).__name__, clone(estimator))


@pytest.mark.slow
@parametrize_with_checks([ScoreBins(), CategoryMerger()])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_in_a_pipeline_merged_categories_do_as_well_as_all_of_them():
    generator = np.random.default_rng(0)
    names = np.array([f"town{i}" for i in range(12)], dtype=object)
    rows = generator.integers(0, 12, 800)
    y = generator.random(800) < np.where(rows < 4, 0.1, np.where(rows < 8, 0.5, 0.9))
    model = make_pipeline(CategoryMerger(clusters=3), OneHotEncoder(), LogisticRegression())
    model.fit(names[rows][:500, None], y[:500])
    assert model.score(names[rows][500:, None], y[500:]) > 0.68
    merger = model[0]
    assert [merger.clusters_[0][f"town{i}"] for i in (0, 3)] == [merger.clusters_[0]["town1"]] * 2
    assert len(set(merger.clusters_[0].values())) == 3


def test_what_was_not_seen_is_minus_one_or_refused():
    X, y = np.array([["a"], ["b"], ["c"]] * 5, dtype=object), [0, 1, 1] * 5
    assert CategoryMerger(clusters=2).fit(X, y).transform([["a"], ["z"]]).ravel().tolist() == [0, -1]
    with pytest.raises(ValueError, match="'z' in column 0"):
        CategoryMerger(clusters=2, unknown="error").fit(X, y).transform([["z"]])


def test_rare_values_are_taken_together():
    X = np.array([*"ab" * 40, *"cdefgh"], dtype=object)[:, None]
    y = (X[:, 0] == "a").astype(int)
    found = CategoryMerger(clusters=3, most_values=3).fit(X, y).clusters_[0]
    assert len({found[name] for name in "cdefgh"}) == 1


def test_cuts_are_those_of_each_column():
    X = np.random.default_rng(1).uniform(size=(500, 2))
    found = ScoreBins(bins=2).fit(X, X[:, 0] > 0.25)
    assert found.cuts_[0] == pytest.approx([0.25], abs=0.01)
    assert found.information_[0] > 0.7 > 0.1 > found.information_[1]
    assert set(np.unique(found.transform(X))) == {0, 1}


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (ScoreBins(bins=0), "bins=0"),
        (CategoryMerger(clusters=0), "clusters=0"),
        (CategoryMerger(unknown="drop"), "unknown='drop'"),
    ],
)
def test_settings_are_refused(estimator, words):
    with pytest.raises(ValueError, match=words):
        estimator.fit([[1.0], [2.0]], [0, 1])

"""The scikit-learn function: classes under their own names, refits, and what is refused."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from pellucid.sklearn import feature_roles


def words(rows=800):
    generator = np.random.default_rng(0)
    z, noise = generator.choice([-1.0, 1.0], rows), generator.normal(size=rows)
    return np.stack([z + noise, noise + 0.7 * generator.normal(size=rows), z + noise], 1), np.where(z > 0, "yes", "no")


def test_classes_keep_their_names_and_twins_are_redundant():
    X, y = words()
    fitted = LogisticRegression(C=1e5).fit(X[:400], y[:400])
    alone = feature_roles(fitted, X[400:], y[400:]).artifact
    assert alone.roles == ("informative", "suppressor", "informative")
    again = feature_roles(fitted, X[400:], y[400:], refit=X[:400], refit_y=y[:400]).artifact
    assert again.roles == ("redundant", "suppressor", "redundant")


def test_refuses_unknown_classes_and_estimators_without_probabilities():
    X, y = words(100)
    fitted = LogisticRegression().fit(X, y)
    with pytest.raises(ValueError, match="does not know"):
        feature_roles(fitted, X, np.where(y == "yes", "maybe", "no"))
    with pytest.raises(ValueError, match="no predict_proba"):
        feature_roles(LinearSVC().fit(X, y), X, y)

"""The roles of columns in an estimator of scikit-learn's, beside the credit that importance methods give."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone, is_classifier

from ..core import Finding
from ..look.importance.importance_audit import ImportanceAudit
from ..subjects.tables.modelled import Modelled
from ..subjects.tables.samples import Samples


def feature_roles(
    estimator: Any, X: ArrayLike, y: ArrayLike, *, refit: ArrayLike | None = None, refit_y: ArrayLike | None = None,
    random_state: int = 0,
) -> Finding[Any]:  # fmt: skip
    """The role of each column of held-out X (rows, columns) in a fitted estimator, beside what methods credit.

    `refit` and `refit_y` are rows to fit copies of the estimator to, each without a column: only then are columns that
    tell nothing new called redundant. The artifact is a `FeatureRoles`. Raises ValueError (2306.01464).

    >>> from sklearn.linear_model import LinearRegression
    >>> z, noise = np.random.default_rng(0).normal(size=(2, 400))
    >>> X = np.stack([z + noise, noise], 1)
    >>> feature_roles(LinearRegression().fit(X, z), X, z).artifact.roles
    ('informative', 'suppressor')
    """

    classes = np.asarray(estimator.classes_) if is_classifier(estimator) else None
    names = getattr(estimator, "feature_names_in_", ())
    seen, wanted = np.asarray(X, np.float64), np.asarray(y)
    rows, values = (
        (np.zeros((0, seen.shape[1])), wanted[:0])
        if refit is None
        else (np.asarray(refit, np.float64), np.asarray(refit_y))
    )
    together, both = np.concatenate([rows, seen]), np.concatenate([values, wanted])
    if classes is not None:
        if set(np.unique(both)) - set(classes.tolist()):
            raise ValueError(f"y holds classes that the estimator does not know; it knows {classes.tolist()[:10]}")
        both = np.searchsorted(classes, both)
    call = "predict" if classes is None else "predict_proba"
    if not hasattr(estimator, call):
        raise ValueError(f"{type(estimator).__name__} has no {call}; give an estimator that has")

    def again(rows: Any, y: Any) -> Any:
        copy: Any = clone(estimator)
        return getattr(copy.fit(rows, y if classes is None else classes[y.astype(int)]), call)

    samples = Samples(together, both.astype(np.float64), tuple(map(str, names)) if len(names) else ())
    held = np.arange(len(both)) >= len(rows)
    subject = Modelled(
        samples, getattr(estimator, call), held, None if refit is None else again, type(estimator).__name__
    )
    return ImportanceAudit().explain(subject, random_state)

"""Sparse probing: do a dictionary's features tell a label better than plain probes of the activations?

"Are Sparse Autoencoders Useful? A Case Study in Sparse Probing" (arXiv 2502.16681) found that they mostly do not, once
the baselines are strong. So the baselines come first here, and the claim is the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...core.claim import Claim, Measured
from .sample import Sample
from .settings import SETTINGS

__all__ = ["measure_sparse_probing", "word_tasks"]


def measure_sparse_probing(
    sample: Sample,
    tasks: Mapping[str, NDArray[np.bool_]],
    *,
    features: int = 16,
    seed: int = 0,
) -> tuple[list[Claim], dict[str, Any]]:
    """For each task (a label, true or false, at each token) the area under the ROC curve of three probes.

    Difference of means and logistic regression on the activations, and logistic regression on the `features` whose
    means differ most, chosen within each fold; folds hold whole sequences. A task with fewer than 20 of a kind is left
    out.
    """
    found: dict[str, dict[str, float]] = {}
    for name, labels in tasks.items():
        chosen = _balanced(np.asarray(labels, bool), np.random.default_rng(seed))
        groups = sample.rows.numpy()[chosen]
        if min(labels[chosen].sum(), (~labels[chosen]).sum()) < 20 or len(np.unique(groups)) < SETTINGS.probing_folds:
            continue
        found[name] = _scores(sample, torch.from_numpy(chosen), labels[chosen], groups, features)
    if not found:
        return [], {}
    best = np.array([max(one["logistic"], one["difference_of_means"]) for one in found.values()])
    sparse = np.array([one["features"] for one in found.values()])
    spread = float((sparse - best).std(ddof=1) / len(best) ** 0.5) if len(best) > 1 else None
    told = "area under the ROC curve, mean of" if len(best) > 1 else "area under the ROC curve of"
    tasks_told = f"{told} {len(best)} task{'s' * (len(best) > 1)}"
    claims: list[Claim] = [
        Measured(f"plain probe of the activations: {tasks_told}", float(best.mean()), "", 0.5, None, key="plain_probe"),
        Measured(
            f"probe of {features} features: {tasks_told}; baseline: the plain probe", float(sparse.mean()), "",
            float(best.mean()), spread, key="feature_probe",
        ),
    ]  # fmt: skip
    return claims, {"tasks": found, "features": features}


def word_tasks(words: Sequence[str], following: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Labels that any text has: what the token is, and what the next one will be.

    >>> word_tasks([" the", " Cat"], [" Cat", "."])["a capitalised word comes next"]
    array([ True, False])
    """

    def of(texts: Sequence[str], test: Any) -> NDArray[np.bool_]:
        return np.array([bool(test(text)) for text in texts])

    return {
        "a capitalised word": of(words, lambda w: w[:1] == " " and w[1:2].isupper()),
        "part of a word": of(words, lambda w: w[:1].isalpha()),
        "a digit": of(words, lambda w: any(map(str.isdigit, w))),
        "a capitalised word comes next": of(following, lambda w: w[:1] == " " and w[1:2].isupper()),
        "a comma comes next": of(following, lambda w: w.strip() == ","),
        "a stop comes next": of(following, lambda w: w.strip() == "."),
        "the word goes on": of(following, lambda w: w[:1].isalpha()),
    }


def _balanced(labels: NDArray[np.bool_], numbers: np.random.Generator) -> NDArray[np.int64]:
    """Places of as many true as false labels, `probing_rows` at most."""
    kinds = [np.flatnonzero(labels), np.flatnonzero(~labels)]
    count = min(SETTINGS.probing_rows // 2, *map(len, kinds))
    return np.sort(np.concatenate([numbers.choice(kind, count, replace=False) for kind in kinds]))


def _scores(
    sample: Sample, chosen: Tensor, labels: NDArray[np.bool_], groups: NDArray[Any], features: int
) -> dict[str, float]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def logistic() -> Any:
        return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=200, tol=1e-3))

    x = sample.x[chosen].numpy()
    codes = torch.zeros(len(chosen), sample.size).scatter_add_(1, sample.indices[chosen], sample.values[chosen]).numpy()
    scores: dict[str, list[float]] = {"difference_of_means": [], "logistic": [], "features": []}
    for train, test in GroupKFold(SETTINGS.probing_folds).split(x, labels, groups):
        truth, known = labels[test], labels[train]
        if truth.all() or not truth.any():
            continue
        apart = x[train][known].mean(0) - x[train][~known].mean(0)
        scores["difference_of_means"].append(float(roc_auc_score(truth, x[test] @ apart)))
        plain = logistic().fit(x[train], known)
        scores["logistic"].append(float(roc_auc_score(truth, plain.decision_function(x[test]))))
        gap = np.abs(codes[train][known].mean(0) - codes[train][~known].mean(0))
        best = np.argsort(-gap, kind="stable")[:features]
        probe = logistic().fit(codes[train][:, best], known)
        scores["features"].append(float(roc_auc_score(truth, probe.decision_function(codes[test][:, best]))))
    return {name: float(np.mean(value)) for name, value in scores.items()}

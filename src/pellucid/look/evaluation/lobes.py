"""Lobes: do features that fire in the same texts also lie together?

Of "The Geometry of Concepts: Sparse Autoencoder Feature Structure" (arXiv 2410.19750), section 4: features are
clustered by firing together, and two measures say how well where they lie tells the cluster, both beside the same with
the clusters shuffled among the features.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from ...core.claim import Claim, Measured
from .sample import Sample
from .settings import SETTINGS

__all__ = ["measure_lobes"]


def measure_lobes(
    sample: Sample, chosen: Int[Tensor, " chosen"], rows: Float[Tensor, "chosen width"], generator: torch.Generator
) -> tuple[list[Claim], dict[str, Any]]:
    """Adjusted mutual information of clusters by firing together (phi, in a sequence) and by direction (angle).

    And the balanced accuracy with which logistic regression tells the cluster of a held-out feature from its direction.
    """
    from sklearn.metrics import adjusted_mutual_info_score

    units = normalize(rows.double(), dim=1)
    seed = int(torch.randint(2**31, (1,), generator=generator))
    numbers = np.random.default_rng(seed)
    by_firing = _clusters((_together(sample, chosen) + 1) / 2, seed)
    angles = 1 - (units @ units.T).clamp(-1, 1).arccos() / np.pi
    by_direction = _clusters(angles.numpy(), seed)
    sizes = np.bincount(by_firing, minlength=SETTINGS.lobes)
    found = float(adjusted_mutual_info_score(by_firing, by_direction))
    chance = [
        adjusted_mutual_info_score(numbers.permutation(by_firing), by_direction) for _ in range(SETTINGS.lobe_shuffles)
    ]
    data: dict[str, Any] = {
        "lobes": found, "lobes_by_chance": float(np.mean(chance)), "lobes_deviation": float(np.std(chance)),
        "lobe_sizes": sizes.tolist(),
    }  # fmt: skip
    told = (
        "lobes: features that fire in the same texts lie together (adjusted mutual information of "
        f"{SETTINGS.lobes} clusters each way); baseline: shuffled, whose deviation is given"
    )
    claims: list[Claim] = [Measured(told, found, "", float(np.mean(chance)), float(np.std(chance)), key="lobes")]
    if min(sizes) >= SETTINGS.lobe_folds:
        accuracy = _readable(units.numpy(), by_firing)
        shuffled = [_readable(units.numpy(), numbers.permutation(by_firing)) for _ in range(SETTINGS.lobe_refits)]
        told = (
            f"lobes: balanced accuracy of telling which of {SETTINGS.lobes} a held-out feature is in from its "
            "direction; baseline: shuffled, whose deviation is given"
        )
        claims.append(
            Measured(told, accuracy, "", float(np.mean(shuffled)), float(np.std(shuffled, ddof=1)), key="lobe_accuracy")
        )
        data |= {"lobe_accuracy": accuracy, "lobe_accuracy_by_chance": float(np.mean(shuffled))}
    return claims, data


def _together(sample: Sample, chosen: Tensor) -> NDArray[np.float64]:
    """Phi coefficients of firing in the same sequence; what fires in every one correlates with nothing."""
    together = torch.zeros(int(sample.rows.max()) + 1, sample.size)
    fired = sample.values != 0
    together[sample.rows[:, None].expand_as(sample.indices)[fired], sample.indices[fired]] = 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(np.corrcoef(together[:, chosen].numpy().T))


def _clusters(affinity: NDArray[np.float64], seed: int) -> NDArray[np.int64]:
    from sklearn.cluster import SpectralClustering

    method = SpectralClustering(SETTINGS.lobes, affinity="precomputed", random_state=seed, assign_labels="cluster_qr")
    return method.fit_predict(affinity)


def _readable(units: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(SETTINGS.lobe_folds, shuffle=True, random_state=0)
    probe = LogisticRegression(C=10.0, class_weight="balanced", max_iter=200, tol=1e-3)
    return float(balanced_accuracy_score(labels, cross_val_predict(probe, units, labels, cv=folds)))

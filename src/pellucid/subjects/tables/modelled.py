"""A table and a model of it: what importance methods are asked about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Float

from ...core.subject import Subject
from .samples import Samples

Predict = Callable[[Float[np.ndarray, "rows columns"]], Float[np.ndarray, "rows ..."]]


@dataclass(frozen=True, eq=False)
class Modelled(Subject):
    """Samples, and `predict`: rows -> numbers (rows,), or the probability of each class (rows, classes).

    With classes, y holds their numbers 0 to k - 1. `held_out` are the rows that the model was not fitted to. `refit`,
    where the model can be fitted again, makes `predict` from rows and y. Raises ValueError for predictions of another
    shape, NaN, or no held-out rows.

    >>> X = np.arange(40.0).reshape(20, 2)
    >>> Modelled(Samples(X, X[:, 0] ** 2), lambda X: X[:, 0], np.ones(20, bool)).is_classes
    False
    """

    made_by: ClassVar[str] = "Modelled(samples, predict, held_out), or jobs.importance.open_modelled(path)"

    samples: Samples
    predict: Predict = field(repr=False)
    held_out: Bool[np.ndarray, " rows"]
    refit: Callable[[np.ndarray, np.ndarray], Predict] | None = field(default=None, repr=False)
    model: str = ""
    """What the model is, in words."""

    def __post_init__(self) -> None:
        held = np.asarray(self.held_out, bool)
        if held.shape != self.samples.y.shape or held.sum() < 20:
            raise ValueError(f"held_out are {int(held.sum())} rows of {len(self.samples.y)}; at least 20 are needed")
        object.__setattr__(self, "held_out", held)
        found = self.scores(self.samples.X[held])
        if not np.isfinite(found).all():
            raise ValueError(
                f"the model gives NaN or infinity, first for held-out row {np.argwhere(~np.isfinite(found))[0][0]}"
            )
        if self.is_classes and set(np.unique(self.samples.y)) - set(range(found.shape[1])):
            raise ValueError(f"y holds {np.unique(self.samples.y)[:5]}; number classes from 0 to {found.shape[1] - 1}")
        object.__setattr__(self, "_sample", found)

    @property
    def is_classes(self) -> bool:
        """Whether classes are predicted, rather than a number."""
        return np.asarray(self.predict(self.samples.X[:2])).ndim == 2

    def scores(self, rows: Float[np.ndarray, "rows columns"]) -> Float[np.ndarray, "rows outputs"]:
        """Predictions (rows, 1), or log-probabilities (rows, classes). Raises ValueError for another shape."""
        found = np.asarray(self.predict(rows), np.float64)
        if found.ndim not in (1, 2) or len(found) != len(rows) or (found.ndim == 2 and found.shape[1] < 2):
            raise ValueError(f"the model gives {found.shape} for {len(rows)} rows; give (rows,) or (rows, classes)")
        return found[:, None] if found.ndim == 1 else np.log(np.clip(found, 1e-6, None))

    def outputs(self, rows: Float[np.ndarray, "rows columns"]) -> Float[np.ndarray, "rows outputs"]:
        """Predictions, or logits (of classes, less their mean): what credit is given for."""
        found = self.scores(rows)
        return found if found.shape[1] == 1 else found - found.mean(1, keepdims=True)

    def losses(
        self, scores: Float[np.ndarray, "rows outputs"], y: Float[np.ndarray, " rows"]
    ) -> Float[np.ndarray, " rows"]:
        """Squared error, or minus the log-probability of the true class, row by row."""
        return (scores[:, 0] - y) ** 2 if scores.shape[1] == 1 else -scores[np.arange(len(y)), y.astype(int)]

    def fingerprint(self) -> str:
        """SHA-256 of samples, held-out rows and what the model says of them."""
        digest = hashlib.sha256(self.samples.fingerprint().encode())
        sample: Any = getattr(self, "_sample")  # noqa: B009
        for array in (self.held_out, np.round(sample, 9)):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

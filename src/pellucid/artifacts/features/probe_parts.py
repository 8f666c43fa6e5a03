"""What comes with a probe: its predictions on held-out rows, how it carries over, and how few latents would do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class ProbePredictions(ArrayArtifact):
    """What a probe says of rows that it was not fitted on: scores and y (rows, targets).

    `names` are the two classes where y is 0 and 1, else the targets. With `of_classes` they are several classes: y
    (rows, classes) is 1 at a row's own, and the largest score says which one it is told to be.

    >>> ProbePredictions(np.array([[2.0], [-1.0]]), np.array([[1.0], [1.0]]), ("false", "true")).describe()
    '2 held-out rows, 1 of them right'
    """

    scores: NDArray[np.float64]
    y: NDArray[np.float64]
    names: tuple[str, ...]
    label: str = ""
    of_classes: bool = False

    kind = "probe_predictions"

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        if self.scores.ndim != 2 or self.scores.shape != self.y.shape:
            raise ValueError(f"scores are {self.scores.shape}, y {self.y.shape}; give (rows, targets) for both")

    @property
    def is_classes(self) -> bool:
        """Whether the rows are of two classes, told apart by the sign of the score."""
        return self.y.shape[1] == 1 and len(self.names) == 2 and not self.of_classes

    @property
    def confusion(self) -> NDArray[np.int64]:
        """How many rows of class i are told to be of class j, (classes, classes); where there are several classes.

        >>> scores, y = np.array([[2.0, 1.0], [3.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> ProbePredictions(scores, y, ("noun", "verb"), of_classes=True).confusion.tolist()
        [[1, 0], [1, 0]]
        """
        found = np.zeros((len(self.names),) * 2, dtype=np.int64)
        np.add.at(found, (self.y.argmax(1), self.scores.argmax(1)), 1)
        return found

    def describe(self) -> str:
        if self.of_classes:
            right = int(np.trace(self.confusion))
            return f"{len(self.y)} held-out rows of {len(self.names)} classes, {right} of them right"
        if self.is_classes:
            right = int(((self.scores > 0) == (self.y > 0.5)).sum())
            return f"{len(self.y)} held-out rows, {right} of them right"
        return f"{len(self.y)} held-out rows: {', '.join(self.names)}"


@dataclass(frozen=True, eq=False)
class TransferMatrix(ArrayArtifact):
    """Row i, column j: the `measure` on held-out rows of set j, of a probe made from set i. Chance is `chance`.

    >>> TransferMatrix(np.array([[0.9, 0.2], [0.1, 0.8]]), ("cities", "negated"), "accuracy").describe()
    'accuracy between 2 sets: 0.85 within, 0.15 across, at worst 0.10 (cities from negated)'
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]
    measure: str = "accuracy"
    chance: float = 0.5

    kind = "transfer_matrix"

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        if self.values.shape != (len(self.names),) * 2:
            raise ValueError(f"values are {self.values.shape} for {len(self.names)} names; give a square")

    @property
    def across(self) -> NDArray[np.float64]:
        """The values off the diagonal."""
        return self.values[~np.eye(len(self.names), dtype=bool)]

    def describe(self) -> str:
        within, off = float(np.mean(np.diag(self.values))), np.where(np.eye(len(self.names)), np.inf, self.values)
        source, target = np.unravel_index(int(np.argmin(off)), off.shape)
        return (
            f"{self.measure} between {len(self.names)} sets: {within:.2f} within, {self.across.mean():.2f} across, at "
            f"worst {off[source, target]:.2f} ({self.names[target]} from {self.names[source]})"
        )


@dataclass(frozen=True, eq=False)
class SparseScores(ArrayArtifact):
    """Accuracy on held-out rows of probes of `counts` latents of a dictionary, and of as many neurons.

    latents, neurons: (counts,). `plain` are those of probes that need no dictionary, called `plain_names`; `chosen`
    (most,) are the latents that tell the classes apart best, in order.

    >>> one = np.array([0.8])
    >>> SparseScores(one, one, np.array([3]), np.array([0.9]), (1,), ("all neurons",)).describe()
    'all neurons 0.900; 1 latent 0.800; 1 neuron 0.800'
    """

    latents: NDArray[np.float64]
    neurons: NDArray[np.float64]
    chosen: NDArray[np.int64]
    plain: NDArray[np.float64]
    counts: tuple[int, ...]
    plain_names: tuple[str, ...]
    label: str = ""

    kind = "sparse_scores"

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", tuple(self.counts))
        object.__setattr__(self, "plain_names", tuple(self.plain_names))

    def describe(self) -> str:
        parts = [f"{name} {value:.3f}" for name, value in zip(self.plain_names, self.plain, strict=True)]
        for word, values in (("latent", self.latents), ("neuron", self.neurons)):
            best = int(np.argmax(values))
            count = self.counts[best]
            parts.append(f"{count} {word}{'s' if count > 1 else ''} {values[best]:.3f}")
        return "; ".join(parts)

"""Feature clusters: latents of a dictionary that point the same way, and how far each cluster is one feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class FeatureClusters(ArrayArtifact):
    """Clusters of latents, the least reducible first: those whose plane is neither a mixture nor separable.

    members: (latents,) those of all the clusters, one after the other, with `sizes`; mixture, separability, score,
    tokens: (clusters,). points: (shown, most, 2) where the tokens of the first clusters lie in their plane, NaN behind
    the last one.

    >>> none = np.zeros(1)
    >>> found = FeatureClusters(np.array([4, 7]), none, none + 1, none + 1, none + 9, np.zeros((1, 9, 2)), (2,), 8)
    >>> found.describe(), found.cluster(0).tolist()
    ('1 cluster of 2 to 2 of 8 latents; the least reducible: latents 4, 7', [4, 7])
    """

    members: NDArray[np.int64]
    mixture: NDArray[np.float64]
    separability: NDArray[np.float64]
    score: NDArray[np.float64]
    tokens: NDArray[np.float64]
    points: NDArray[np.float64]
    sizes: tuple[int, ...]
    latents: int

    kind = "feature_clusters"

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", tuple(self.sizes))
        if sum(self.sizes) != len(self.members) or len(self.sizes) != len(self.score):
            raise ValueError(f"sizes add up to {sum(self.sizes)} but {len(self.members)} latents are members")

    def cluster(self, index: int) -> NDArray[np.int64]:
        """The latents of one cluster."""
        ends = np.cumsum(self.sizes)
        return self.members[ends[index] - self.sizes[index] : ends[index]]

    def describe(self) -> str:
        if not self.sizes:
            return f"no cluster among {self.latents} latents"
        first = ", ".join(map(str, self.cluster(0)[:8].tolist())) + (", ..." if self.sizes[0] > 8 else "")
        count = f"{len(self.sizes)} cluster{'s' if len(self.sizes) > 1 else ''}"
        sizes = f"{min(self.sizes)} to {max(self.sizes)}"
        return f"{count} of {sizes} of {self.latents} latents; the least reducible: latents {first}"

    def rows(self) -> list[dict[str, Any]]:
        """A line for each cluster: latents, tokens, mixture, separability, score.

        >>> one = np.ones(1)
        >>> found = FeatureClusters(np.array([4, 7]), 0 * one, one, one, 9 * one, np.zeros((1, 9, 2)), (2,), 8)
        >>> found.rows()
        [{'latents': 2.0, 'tokens': 9.0, 'mixture': 0.0, 'separability': 1.0, 'score': 1.0}]
        """
        columns = zip(self.sizes, self.tokens, self.mixture, self.separability, self.score, strict=True)
        names = ("latents", "tokens", "mixture", "separability", "score")
        return [dict(zip(names, map(float, row), strict=True)) for row in columns]

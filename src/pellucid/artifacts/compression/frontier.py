"""Frontier: every best way to merge the rows of a table, by how much is told apart and how much it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...algebra.partitions.entropy_terms import bits, entropy_and_information
from ...core.artifact import Artifact

Clustering = tuple[int, ...]
_MODULE = '''"""The most informative clusters, by their number."""

CLUSTERS = {
CLUSTERS_HERE
}


def merge(value, clusters):
    """The number of the cluster, from 0, that a value is in. Raises KeyError for an unknown one."""
    for number, names in enumerate(CLUSTERS[clusters]):
        if str(value) in names:
            return number
    raise KeyError(value)
'''
"""What is written beside the finding, for programs that are to merge values without this library."""


class HeldOut(NamedTuple):
    """The best clustering into so many clusters, found on one part of the observations: what it says of each part.

    `fitted` is I(Z;Y) of that part; `held_out` what the probabilities of that part predict of the others, beyond the
    frequencies of y, in bits an observation; `error` its standard error.
    """

    clusters: int
    fitted: float
    held_out: float
    error: float


@dataclass(frozen=True)
class Frontier(Artifact):
    """Clusterings of the rows by rising H(Z) and I(Z;Y); no other clustering has less of the one and more of the other.

    `weights` (rows, columns) are whole numbers; a clustering says for each row which cluster it is in. `best` are the
    most informative ones of 1, 2, ... clusters, whatever their entropy. `complete`: all clusterings were gone through;
    where not, all of each of the `parts` (rows), so that below the entropy of one of the `steps` (entropy, information)
    nothing says more than the step before it. `stays` is the share of resampled tables on whose frontier each
    clustering is still, among these; `held_out` what the best ones say of observations that were kept aside.

    >>> found = Frontier(((2, 0), (0, 1), (0, 1)), ("a", "b", "c"), ("0", "1"), ((0, 0, 0), (0, 1, 1)), ((0, 0, 0),))
    >>> found.entropy.tolist(), found.at(clusters=1)
    ([0.0, 1.0], (('a', 'b', 'c'),))
    """

    weights: tuple[tuple[int, ...], ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    clusterings: tuple[Clustering, ...]
    best: tuple[Clustering, ...]
    complete: bool = True
    parts: tuple[Clustering, ...] = ()
    steps: tuple[tuple[float, float], ...] = ()
    stays: tuple[float, ...] = ()
    held_out: tuple[HeldOut, ...] = ()
    row_name: str = "x"
    column_name: str = "y"

    kind = "frontier"

    @cached_property
    def probabilities(self) -> Float[np.ndarray, "rows columns"]:
        """p(x, y)."""
        total = sum(map(sum, self.weights))
        return np.array([[float(Fraction(w, total)) for w in row] for row in self.weights])

    @cached_property
    def points(self) -> Float[np.ndarray, "clusterings 2"]:
        """H(Z) and I(Z;Y) of each clustering on the frontier, in bits."""
        return entropy_and_information(self.probabilities, np.array(self.clusterings))

    @cached_property
    def best_points(self) -> Float[np.ndarray, "counts 2"]:
        """H(Z) and I(Z;Y) of the most informative clustering into 1, 2, ... clusters."""
        return entropy_and_information(self.probabilities, np.array(self.best))

    @property
    def entropy(self) -> Float[np.ndarray, " clusterings"]:
        """H(Z) in bits."""
        return self.points[:, 0]

    @property
    def information(self) -> Float[np.ndarray, " clusterings"]:
        """I(Z;Y) in bits."""
        return self.points[:, 1]

    @cached_property
    def most(self) -> tuple[float, float]:
        """H(X) and I(X;Y) in bits: what there is without any merging."""
        p = self.probabilities
        entropy = -float(bits(p.sum(1)).sum())
        return entropy, float(bits(p).sum() + entropy - bits(p.sum(0)).sum())

    def at(self, clusters: int) -> tuple[tuple[str, ...], ...]:
        """The names in each cluster of the most informative clustering into so many. Raises ValueError for none."""
        if not 1 <= clusters <= len(self.best):
            raise ValueError(f"clusters={clusters} is not to be had; give 1 to {len(self.best)}")
        return self.named(self.best[clusters - 1])

    def named(self, clustering: Sequence[int]) -> tuple[tuple[str, ...], ...]:
        """The names of the rows in each cluster, the first row's cluster first."""
        groups: dict[int, list[str]] = {}
        for name, number in zip(self.rows, clustering, strict=True):
            groups.setdefault(number, []).append(name)
        return tuple(map(tuple, groups.values()))

    def knee(self) -> int:
        """The number of clusters, 2 or more, that lies farthest above the line from none to all that is said.

        >>> rows, columns = ("a", "b", "c"), ("0", "1")
        >>> best = ((0, 0, 0), (0, 1, 1), (0, 1, 2))
        >>> Frontier(((9, 0), (0, 5), (0, 4)), rows, columns, best[:2], best).knee()
        2
        """
        said = self.best_points[:, 1]
        rise = said - said[0] - (said[-1] - said[0]) * np.arange(len(said)) / max(1, len(said) - 1)
        return int(np.argmax(rise[1:] > rise[1:].max() - 1e-12)) + 2 if len(rise) > 1 else 1

    def bound(self, entropy: Float[np.ndarray, " points"]) -> Float[np.ndarray, " points"]:
        """What no clustering of less than such an entropy can exceed, in bits: I <= H, I(X;Y), and the steps."""
        found = np.minimum(entropy, self.most[1])
        if self.steps:
            at, height = np.array(self.steps).T
            place = np.searchsorted(at, entropy, side="left") - 1
            found = np.minimum(found, np.where(place >= 0, height[np.maximum(place, 0)], 0.0))
        return found

    @property
    def gap(self) -> float:
        """How far, in bits, a clustering that is not listed could lie above the listed ones; 0 where all were tried."""
        if self.complete:
            return 0.0
        before = np.append(self.entropy[1:], self.most[0])
        return float(max(0.0, (self.bound(before) - self.information).max()))

    def describe(self) -> str:
        many = f"{len(self.clusterings):,} ways to merge {len(self.rows)} values of {self.row_name}"
        return f"{many}; all of them together say {self.most[1]:.4g} bit about {self.column_name}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "row_name": self.row_name,
            "column_name": self.column_name,
            "rows": list(self.rows),
            "columns": list(self.columns),
            "weights": [list(row) for row in self.weights],
            "clusterings": [list(one) for one in self.clusterings],
            "best": [list(one) for one in self.best],
            "complete": self.complete,
            "parts": [list(one) for one in self.parts],
            "steps": [list(one) for one in self.steps],
            "stays": list(self.stays),
            "held_out": [list(one) for one in self.held_out],
        }

    def files(self) -> Mapping[str, bytes]:
        """A module without dependencies that merges values."""
        groups = [f"    {k + 1}: {self.named(one)!r}," for k, one in enumerate(self.best)]
        return {"frontier.py": _MODULE.replace("CLUSTERS_HERE", "\n".join(groups)).encode()}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(
            tuple(map(tuple, data["weights"])),
            tuple(data["rows"]),
            tuple(data["columns"]),
            tuple(map(tuple, data["clusterings"])),
            tuple(map(tuple, data["best"])),
            data["complete"],
            tuple(map(tuple, data["parts"])),
            tuple(map(tuple, data["steps"])),
            tuple(data["stays"]),
            tuple(HeldOut(*one) for one in data["held_out"]),
            data["row_name"],
            data["column_name"],
        )


def as_clusterings(numbers: NDArray[np.int64]) -> tuple[Clustering, ...]:
    """Clusterings (clusterings, rows) as an artifact holds them."""
    return tuple(tuple(map(int, row)) for row in numbers)

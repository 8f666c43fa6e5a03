"""State clouds: the hidden states of a network, flattened to a plane and coloured by the state of the automaton."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class StateCloud(Artifact):
    """Points (n, 2), the state that each stands for (n,), and the share of the variance that the plane keeps.

    `label` says what the states are: "state" of an automaton, or the name of a register.

    Raises ValueError where shapes do not fit, or a point is not finite.
    """

    points: NDArray[np.float32]
    states: NDArray[np.int64]
    explained: float = 1.0
    label: str = "state"

    kind = "state-cloud"
    file: ClassVar[str] = "state_cloud.safetensors"

    def __post_init__(self) -> None:
        points = np.ascontiguousarray(self.points, dtype=np.float32)
        states = np.ascontiguousarray(self.states, dtype=np.int64)
        if points.ndim != 2 or points.shape[1] != 2 or states.shape != points.shape[:1] or len(states) == 0:
            raise ValueError(f"points {points.shape} and states {states.shape} do not fit; give (n, 2) and (n,), n > 0")
        if not np.isfinite(points).all():
            raise ValueError("points holds NaN or infinity; leave out the states that overflowed")
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "states", states)

    @classmethod
    def from_states(
        cls,
        hidden: NDArray[Any],
        labels: NDArray[Any],
        limit: int = 2000,
        generator: np.random.Generator | None = None,
        label: str = "state",
    ) -> Self:
        """At most `limit` hidden states (n, d) on their first two principal axes; every state keeps some of its points.

        The axes' signs are fixed (largest loading positive), so that equal states give equal drawings.

        >>> StateCloud.from_states(np.array([[0.0, 0, 5], [3, 4, 5]]), np.array([0, 1])).points.tolist()
        [[-2.5, 0.0], [2.5, 0.0]]
        """
        hidden = np.asarray(hidden, dtype=np.float64)
        labels = np.asarray(labels, dtype=np.int64).reshape(-1)
        if hidden.ndim != 2 or hidden.shape[0] != labels.shape[0] or 0 in hidden.shape:
            raise ValueError(f"hidden {hidden.shape} and labels {labels.shape} do not fit; give (n, d) and (n,), n > 0")
        if not np.isfinite(hidden).all():
            raise ValueError("hidden holds NaN or infinity; leave out the states that overflowed")
        centred = hidden - hidden.mean(0)
        variances, axes = np.linalg.eigh(centred.T @ centred)  # ascending; d x d, so that n may be large
        axes = axes[:, ::-1][:, :2]
        axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
        points = np.zeros((len(hidden), 2))
        points[:, : axes.shape[1]] = centred @ axes
        kept = float(variances[::-1][:2].sum() / variances.sum()) if variances.sum() > 0 else 1.0
        rows = _spread(labels, limit, generator or np.random.default_rng(0))
        points = np.round(points, 6) + 0.0  # rounding noise is no information, and -0.0 reads badly
        return cls(points[rows].astype(np.float32), labels[rows], min(kept, 1.0), label)

    def describe(self) -> str:
        values = np.unique(self.states)
        which = f"all of {self.label} {values[0]}" if len(values) == 1 else f"{self.label} takes {len(values)} values"
        return (
            f"{len(self.points):,} hidden states, {which}; the plane keeps {100 * self.explained:.1f} % of the variance"
        )

    def to_dict(self) -> dict[str, Any]:
        return {"explained": self.explained, "label": self.label}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors({"points": self.points, "states": self.states})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays = load_tensors(files, cls.file)
        return cls(arrays["points"], arrays["states"], data["explained"], data["label"])


def _spread(labels: NDArray[np.int64], limit: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """At most about `limit` rows, in order, shared out so that rare labels are not lost."""
    if len(labels) <= limit:
        return np.arange(len(labels))
    order = generator.permutation(len(labels))
    names, inverse = np.unique(labels[order], return_inverse=True)
    rank = np.empty(len(order), dtype=np.int64)
    for name in range(len(names)):
        where = np.flatnonzero(inverse == name)
        rank[where] = np.arange(len(where))
    # the first of every label, then the second of every label, ...: rare labels are used up, common ones fill the rest
    return np.sort(order[np.lexsort((inverse, rank))[:limit]])

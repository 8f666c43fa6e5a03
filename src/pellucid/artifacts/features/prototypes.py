"""Prototypes: a centre for each class, and how far an input may move before another centre is nearest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from jaxtyping import Float, Int

from ...core.artifact import Artifact


@dataclass(frozen=True, eq=False)
class Prototypes(Artifact):
    """`centres` (classes, width); the class of x is that of the nearest one. `points` (points, width) have `radii`.

    The regions are those of Voronoi, so that the least change (in Euclidean length) of an x nearest to w_i that leads
    across to w_j has the length (d_j^2 - d_i^2) / (2 |w_i - w_j|): `radius` is the least of these, and exact.

    >>> found = Prototypes(("a", "b"), [[0.0, 0.0], [4.0, 0.0]])
    >>> found.predict([[1.0, 7.0]]).tolist(), found.radius([[1.0, 7.0]]).tolist()
    ([0], [1.0])
    """

    names: tuple[str, ...]
    centres: Float[np.ndarray, "classes width"]
    points: Float[np.ndarray, "points width"] | None = None
    radii: Float[np.ndarray, " points"] | None = None
    title: str = ""

    kind = "prototypes"

    def __post_init__(self) -> None:
        centres = np.asarray(self.centres, np.float64)
        if centres.ndim != 2 or len(centres) != len(self.names) or not np.isfinite(centres).all():
            raise ValueError(f"centres are {centres.shape} for {len(self.names)} names; give finite (classes, width)")
        points = np.zeros((0, centres.shape[1])) if self.points is None else np.asarray(self.points, np.float64)
        radii = np.zeros(0) if self.radii is None else np.asarray(self.radii, np.float64)
        if points.shape != (len(radii), centres.shape[1]):
            raise ValueError(f"points are {points.shape}, radii {radii.shape}; give (points, width) and (points,)")
        for name, value in (("names", tuple(self.names)), ("centres", centres), ("points", points), ("radii", radii)):
            object.__setattr__(self, name, value)

    def squared_distances(self, x: Any) -> Float[np.ndarray, "rows classes"]:
        """From rows (rows, width) to every centre."""
        rows = np.asarray(x, np.float64)
        return ((rows[:, None] - self.centres[None]) ** 2).sum(2)

    def predict(self, x: Any) -> Int[np.ndarray, " rows"]:
        """The number of the nearest centre, the first of several."""
        return self.squared_distances(x).argmin(1)

    def radius(self, x: Any) -> Float[np.ndarray, " rows"]:
        """How long a change of each row must be before another class can be as near as its own."""
        squared = self.squared_distances(x)
        own = squared.argmin(1)
        apart = np.linalg.norm(self.centres[own][:, None] - self.centres[None], axis=2)
        gap = squared - squared[np.arange(len(own)), own][:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            to_others = np.where(apart > 0, gap / (2 * apart), np.inf)
        twins = (apart == 0) & (np.arange(len(self.centres)) != own[:, None])
        return np.where(twins, 0.0, to_others).min(1)

    def describe(self) -> str:
        radii: Any = self.radii
        middle = f", half of {len(radii)} inputs keep theirs within {np.median(radii):.3g}" if len(radii) else ""
        return f"{len(self.names)} centres of classes in {self.centres.shape[1]} dimensions{middle}"

    def to_dict(self) -> dict[str, Any]:
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in data.items()} | {
            "names": list(self.names)
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        width = len(data["centres"][0]) if data["centres"] else 0
        points = np.array(data["points"], np.float64).reshape(-1, width)
        return cls(tuple(data["names"]), data["centres"], points, data["radii"], data.get("title", ""))

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Prototypes) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

"""OversightCurves: ratings as guard and houdini, curves over general ability, and how unsure what follows is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from ...core.artifact import Artifact
from .nested_success import Curve, best_levels, equal_levels, success_at

SOURCES = ("games", "games and models", "choice of curve")
"""What the three intervals are of: other games between these players; also other players; also other curves."""


class Player(NamedTuple):
    """A name, its general rating, its domain rating and the standard error of that."""

    name: str
    general: float
    rating: float
    error: float


Pair = tuple[Curve, Curve]


@dataclass(frozen=True)
class OversightCurves(Artifact):
    """The curves of guards and houdinis over general ratings, and `draws` of both for each of three intervals.

    `forms` are the names of the curves' forms. `start` and `gap` are those that were asked for, `most` the most levels.
    """

    guards: tuple[Player, ...]
    houdinis: tuple[Player, ...]
    curves: Pair
    forms: tuple[str, str]
    draws: Mapping[str, tuple[Pair, ...]]
    start: float
    gap: float
    most: int = 20

    kind = "oversight_curves"

    def levels(self, start: float, gap: float, levels: int | None = None, placement: str = "best") -> list[float]:
        """The general ratings of the levels whose success is greatest, of up to `most` or exactly `levels` steps.

        Raises ValueError for a gap that is none, and for another placement than "best" and "equal".
        """
        if not gap > 0 or placement not in ("best", "equal"):
            raise ValueError(f"gap={gap}, placement={placement!r}: give a gap above 0, and 'best' or 'equal'")
        most = levels or self.most
        if placement == "best":
            ways = best_levels(*self.curves, start, gap, most)
        else:
            ways = [equal_levels(start, gap, count) for count in range(1, most + 1)]
        chosen = ways[-1] if levels else max(ways, key=lambda way: success_at(*self.curves, way))
        return chosen.tolist()

    def success(self, start: float, gap: float, levels: int | None = None, placement: str = "best") -> float:
        """The chance that oversight holds over such a gap of general ratings."""
        return success_at(*self.curves, np.array(self.levels(start, gap, levels, placement)))

    def interval(self, source: str, start: float, gap: float, share: float = 0.95) -> tuple[float, float]:
        """The middle `share` of the draws' success, each with the number of equal steps that is best for it."""
        found = [self._equal(pair, start, gap) for pair in self.draws[source]]
        low, high = np.quantile(found, [(1 - share) / 2, (1 + share) / 2])
        return float(low), float(high)

    def _equal(self, pair: Pair, start: float, gap: float) -> float:
        return max(success_at(*pair, equal_levels(start, gap, count)) for count in range(1, self.most + 1))

    @property
    def reach(self) -> tuple[float, float]:
        """The lowest and highest general rating that any player had: beyond, curves are drawn out."""
        general = [player.general for player in (*self.guards, *self.houdinis)]
        return min(general), max(general)

    def describe(self) -> str:
        found = self.success(self.start, self.gap)
        return f"oversight from {self.start:g} over a gap of {self.gap:g} Elo holds with probability {found:.3f}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "guards": [list(player) for player in self.guards],
            "houdinis": [list(player) for player in self.houdinis],
            "curves": [_plain(curve) for curve in self.curves],
            "forms": list(self.forms),
            "draws": {name: [[_plain(c) for c in pair] for pair in pairs] for name, pairs in self.draws.items()},
            "start": self.start,
            "gap": self.gap,
            "most": self.most,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        one, other = map(_curve, data["curves"])
        first, second = data["forms"]
        draws = {name: tuple((_curve(a), _curve(b)) for a, b in pairs) for name, pairs in data["draws"].items()}
        guards, houdinis = (tuple(Player(*player) for player in data[side]) for side in ("guards", "houdinis"))
        return cls(guards, houdinis, (one, other), (first, second), draws, data["start"], data["gap"], data["most"])


def _plain(curve: Curve) -> list[float | None]:
    """JSON has no infinity."""
    return [value if np.isfinite(value) else None for value in curve]


def _curve(values: list[float | None]) -> Curve:
    a, b, low, high = values
    return Curve(float(a or 0.0), float(b or 0.0), -np.inf if low is None else low, np.inf if high is None else high)

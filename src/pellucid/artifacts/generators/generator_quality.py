"""GeneratorQuality: how close drawn rows come to held-out ones, beside what one would draw without a network."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

from ...core.artifact import Artifact


class Closeness(NamedTuple):
    """One way to draw rows. Each figure stands before its standard error; `nearer` is None where it says nothing."""

    name: str
    energy: float
    energy_error: float
    told_apart: float
    told_apart_error: float
    nearer: float | None
    nearer_error: float
    copies: float


class NoiseLevel(NamedTuple):
    """At the level `sigma`, mean squared errors a coordinate on held-out rows with noise: of the network, of the exact
    field of the learnt rows, and of their mean; and the mean square of what the first two differ by."""

    sigma: float
    network: float
    exact: float
    mean: float
    apart: float


@dataclass(frozen=True)
class GeneratorQuality(Artifact):
    """`ways`: the generator first, then learnt rows themselves, then what needs no network. `losses`: step, loss on
    learnt rows, loss on validation rows; `best_step` is the one that counts.

    >>> way = Closeness("flow", 0.001, 0.002, 0.55, 0.03, 0.5, 0.03, 0.0)
    >>> GeneratorQuality((way,), (), (), 0, 250, 1.5).describe()
    'drawn rows are told apart from 250 held-out ones with an AUC of 0.55 +- 0.03 (0.5: not at all)'
    """

    ways: tuple[Closeness, ...]
    levels: tuple[NoiseLevel, ...]
    losses: tuple[tuple[int, float, float], ...]
    best_step: int
    held_out_rows: int
    median_distance: float
    """From a held-out row to the nearest learnt one, in coordinates."""
    held_out_copies: float = 0.0
    """The share of held-out rows that are the same as a learnt one in every cell."""

    kind = "generator-quality"

    def of(self, name: str) -> Closeness:
        """The way called so. Raises KeyError."""
        return next(way for way in self.ways if way.name == name)

    def describe(self) -> str:
        first = self.ways[0]
        return (
            f"drawn rows are told apart from {self.held_out_rows:,} held-out ones with an AUC of "
            f"{first.told_apart:.2f} +- {first.told_apart_error:.2f} (0.5: not at all)"
        )

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ways": [list(way) for way in self.ways], "levels": [list(one) for one in self.levels]}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Any) -> Self:
        ways = tuple(Closeness(*way) for way in data["ways"])
        levels = tuple(NoiseLevel(*level) for level in data["levels"])
        losses = tuple((int(step), a, b) for step, a, b in data["losses"])
        return cls(
            ways,
            levels,
            losses,
            data["best_step"],
            data["held_out_rows"],
            data["median_distance"],
            data["held_out_copies"],
        )

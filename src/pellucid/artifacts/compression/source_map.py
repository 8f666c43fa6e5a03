"""SourceMap: where each source stands by the phrases that it uses, with ellipses, and what stands at the ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from ...core.artifact import Artifact

Point = tuple[float, float]


@dataclass(frozen=True)
class SourceMap(Artifact):
    """Places of sources on the first two axes, and of the phrases that say most of them.

    `spreads[i]` is the covariance (xx, xy, yy) of a source's place over resampled documents. `strengths` are the
    singular values of all axes that were looked at, `by_chance` the one that the largest exceeds in 1 of 20 where
    sources are shuffled among documents. `ends[k]`: the phrases of the low and of the high end of axis k.
    """

    sources: tuple[str, ...]
    documents: tuple[int, ...]
    places: tuple[Point, ...]
    spreads: tuple[tuple[float, float, float], ...]
    strengths: tuple[float, ...]
    by_chance: float
    ends: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    phrases: int
    title: str = ""

    kind = "source-map"

    @property
    def axes(self) -> int:
        """How many axes, from the first on, are stronger than chance makes the strongest one."""
        count = 0
        while count < len(self.strengths) and self.strengths[count] > self.by_chance:
            count += 1
        return count

    def describe(self) -> str:
        axes = f"{self.axes} ax{'i' if self.axes == 1 else 'e'}s" if self.axes else "no axis"
        return f"{len(self.sources)} sources by {self.phrases:,} phrases: {axes} beyond chance"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(**{name: _tuples(value) for name, value in data.items()})

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Each source with its documents, its place and 95 % of it."""
        found = []
        for name, count, place, (xx, _, yy) in zip(
            self.sources, self.documents, self.places, self.spreads, strict=True
        ):
            places = (f"{x:.2f} +- {1.96 * v**0.5:.2f}" for x, v in zip(place, (xx, yy), strict=True))
            found.append((name, str(count), *places))
        return found

    def end_lines(self, most: int = 5) -> list[str]:
        """The phrases at both ends of each axis."""
        return [f"axis {k}: {', '.join(low[:most])}  |  {', '.join(high[:most])}"
                for k, (low, high) in enumerate(self.ends, 1)]  # fmt: skip


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value

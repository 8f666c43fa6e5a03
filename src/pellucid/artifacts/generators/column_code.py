"""ColumnCode: how the cells of one column become coordinates of about half a unit's spread, and cells again.

    number      0.5 Phi^-1(F(v)), F the distribution in the rows that were learnt, ties spread over their step
    pixel       0.5 (v - mean) / deviation, of all pixels together
    category    one coordinate a level, 1 for its own and 0 else, less the level's frequency
    missing     a level of its own; of numbers a further coordinate, -1/2 or 1/2

A number decoded is never outside the range that was seen. Where most cells repeat, only values that were seen are
drawn.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtr, ndtri

SPREAD = 0.5
"""Standard deviation of coordinates, for which the noise levels of EDM (arXiv:2206.00364, table 1) are made."""
MOST_LEVELS = 40
"""Levels with a coordinate of their own; the rarer ones share one, and are drawn by their frequencies."""
MOST_QUANTILES = 1000
"""Points of a column's distribution that are kept."""

Values = Float[np.ndarray, " rows"]
Codes = Float[np.ndarray, "rows width"]


@dataclass(frozen=True)
class ColumnCode:
    """One column: its name, kind, levels and decimals as in the table, and what was seen of it.

    `quantiles` of a number; `counts` of a category's levels; `lacking`: how many cells are missing; `only_seen`:
    whether no other value is drawn; `linear` (mean, deviation), for pixels; `missing`: how a missing cell is written.

    >>> code = ColumnCode.of("age", "number", np.array([20.0, 30.0, 50.0, np.nan]), decimals=0)
    >>> code.width, code.decode(code.encode(np.array([30.0, np.nan]), np.random.default_rng(0))).tolist()
    (2, [30.0, nan])
    """

    name: str
    kind: str
    levels: tuple[str, ...] = ()
    decimals: int = -1
    quantiles: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    lacking: int = 0
    only_seen: bool = False
    linear: tuple[float, float] | None = None
    missing: str = ""

    @classmethod
    def of(
        cls,
        name: str,
        kind: str,
        values: Values,
        levels: tuple[str, ...] = (),
        decimals: int = -1,
        linear: tuple[float, float] | None = None,
        missing: str = "",
    ) -> Self:
        """The code of a column with these values."""
        known = np.sort(values[np.isfinite(values)])
        lacking = len(values) - len(known)
        if kind == "category":
            counts = np.bincount(known.astype(int), minlength=len(levels))
            return cls(name, kind, levels, decimals, counts=tuple(map(int, counts)), lacking=lacking, missing=missing)
        different = len(np.unique(known))
        if len(known) > MOST_QUANTILES:
            known = np.quantile(known, np.linspace(0, 1, MOST_QUANTILES), method="inverted_cdf")
        seen = tuple(map(float, known)) or (0.0,)
        only_seen = 2 * different < len(values) - lacking
        return cls(name, kind, levels, decimals, seen, (), lacking, only_seen, linear, missing)

    @property
    def own(self) -> int:
        """How many levels have a coordinate of their own, a missing cell's among them."""
        return min(len(self.levels), MOST_LEVELS) + bool(self.lacking)

    @property
    def width(self) -> int:
        """Coordinates; 0 of a column in which every cell is the same, 1 of two levels."""
        if self.kind == "category":
            return {1: 0, 2: 1}.get(self.own, self.own)
        constant = self.quantiles[0] == self.quantiles[-1] and self.linear is None
        return (not constant) + bool(self.lacking)

    # --------------------------------------------------------------------------------------------- categories

    def _shares(self) -> Float[np.ndarray, " own"]:
        counts = [*self.counts[:MOST_LEVELS], *([self.lacking] if self.lacking else [])]
        if len(self.levels) > MOST_LEVELS:
            counts[MOST_LEVELS - 1] += sum(self.counts[MOST_LEVELS:])
        return np.array(counts) / max(1, sum(counts))

    def places(self, values: Values) -> Int[np.ndarray, " rows"]:
        """The place of each cell's level among those with a coordinate; a missing cell's is the last."""
        unknown = np.isnan(values)
        found = np.minimum(np.where(unknown, 0, values).astype(int), MOST_LEVELS - 1)
        return np.where(unknown, self.own - 1, found)

    def _levels_of(self, places: Int[np.ndarray, " rows"], generator: np.random.Generator) -> Values:
        found = places.astype(float)
        if len(self.levels) > MOST_LEVELS:
            rare = np.array(self.counts[MOST_LEVELS - 1 :], float)
            at = places == MOST_LEVELS - 1
            found[at] = MOST_LEVELS - 1 + generator.choice(len(rare), int(at.sum()), p=rare / rare.sum())
        if self.lacking:
            found[places == self.own - 1] = np.nan
        return found

    # -------------------------------------------------------------------------------------------- both ways

    def encode(self, values: Values, generator: np.random.Generator) -> Codes:
        """The coordinates of cells; ties are spread at random, and so is what stands for a missing number."""
        if self.kind == "category":
            wide = np.eye(self.own)[self.places(values)] - self._shares()
            return wide[:, : self.width]
        unknown = np.isnan(values)
        parts = []
        if self.width > bool(self.lacking):
            code = self._code(np.where(unknown, self.quantiles[0], values), generator)
            parts.append(np.where(unknown, SPREAD * generator.normal(size=len(values)), code))
        if self.lacking:
            parts.append(np.where(unknown, SPREAD, -SPREAD))
        return np.stack(parts, 1) if parts else np.zeros((len(values), 0))

    def _code(self, values: Values, generator: np.random.Generator) -> Values:
        if self.linear is not None:
            return SPREAD * (values - self.linear[0]) / self.linear[1]
        seen = np.array(self.quantiles)
        low, high = (np.searchsorted(seen, values, side=side) for side in ("left", "right"))
        tied = (low + (high - low) * generator.random(len(values))) / len(seen)
        between = np.interp(values, seen, (np.arange(len(seen)) + 0.5) / len(seen))
        share = np.where(high > low + 1, tied, between)
        edge = 0.5 / len(seen)
        return SPREAD * ndtri(np.clip(share, edge, 1 - edge))

    def decode(self, codes: Codes, generator: np.random.Generator | None = None) -> Values:
        """The cells that coordinates stand for; rare levels are drawn by `generator`."""
        generator = np.random.default_rng(0) if generator is None else generator
        if self.kind == "category":
            if self.width < 2:
                second = codes[:, 0] + self._shares()[0] < 0.5 if self.width else np.zeros(len(codes))
                return self._levels_of(second.astype(int), generator)
            return self._levels_of((codes + self._shares()).argmax(1), generator)
        has_number = self.width > bool(self.lacking)
        found = self._number(codes[:, 0]) if has_number else np.full(len(codes), self.quantiles[0])
        return np.where(codes[:, -1] > 0, np.nan, found) if self.lacking else found

    def _number(self, code: Values) -> Values:
        seen = np.array(self.quantiles)
        if self.linear is not None:
            found = np.clip(self.linear[0] + self.linear[1] * code / SPREAD, seen[0], seen[-1])
        else:
            share = ndtr(code / SPREAD)
            if self.only_seen:
                return seen[np.minimum((share * len(seen)).astype(int), len(seen) - 1)]
            found = np.interp(share, (np.arange(len(seen)) + 0.5) / len(seen), seen)
        return np.clip(self._rounded(found), seen[0], seen[-1])

    def _rounded(self, values: Values) -> Values:
        if self.decimals >= 0 or self.kind == "clock":
            return np.round(values, max(self.decimals, 0))
        return np.array([float(f"{value:.6g}") for value in values])

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in data.items()}
        return cls(**given)

"""Games whose chances are known: curves of guards and houdinis, with and without scatter among players.

Written down before any was run; the half of a case is decided by its name (`halves`). The truth is the greatest chance
over equal steps for the curves themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pellucid.artifacts.oversight.nested_success import Curve, equal_levels, success_at
from pellucid.subjects import Games


@dataclass(frozen=True)
class OversightCase:
    """Curves, the general ratings of players (from, to, how many), games a pair, scatter in Elo, and what is asked."""

    name: str
    guard: Curve
    houdini: Curve
    players: tuple[float, float, int]
    games: int
    scatter: float
    gap: float

    @property
    def truth(self) -> float:
        """The greatest chance over up to 20 equal steps."""
        levels = (equal_levels(self.players[0], self.gap, count) for count in range(1, 21))
        return max(success_at(self.guard, self.houdini, one) for one in levels)

    def table(self) -> Games:
        """Games that were drawn, from a seed of the name."""
        generator = np.random.default_rng(int.from_bytes(self.name.encode()[:6], "little"))
        elo = np.linspace(*self.players)
        guard, houdini = (
            curve(elo) + self.scatter * generator.normal(size=len(elo)) for curve in (self.guard, self.houdini)
        )
        chance = 1 / (1 + 10 ** ((houdini[None] - guard[:, None]) / 400))
        played = np.full(chance.shape, self.games)
        names = tuple(f"m{i}" for i in range(len(elo)))
        return Games(names, names, generator.binomial(played, chance), played, elo, elo)


WIDE, USUAL, FEW = (1000.0, 1400.0, 16), (1100.0, 1380.0, 13), (1150.0, 1350.0, 8)
CASES = (
    OversightCase("harbour", Curve(-200, 1.1), Curve(300, 0.8), USUAL, 50, 0, 150),
    OversightCase("lantern", Curve(100, 0.9), Curve(-100, 1.1), USUAL, 50, 0, 250),
    OversightCase("sluice", Curve(0, 1.0), Curve(0, 1.0), WIDE, 30, 0, 300),
    OversightCase("beacon", Curve(500, 0.6), Curve(-700, 1.5), WIDE, 40, 0, 350),
    OversightCase("mooring", Curve(-600, 1.5), Curve(200, 0.85), FEW, 80, 0, 200),
    OversightCase("ferry", Curve(-50, 1.1), Curve(1080, 0.05), USUAL, 50, 0, 400),
    OversightCase("weir", Curve(0, 1.0), Curve(-300, 1.3), FEW, 100, 0, 150),
    OversightCase("quay", Curve(-200, 1.2), Curve(-200, 1.2), WIDE, 50, 0, 400),
    OversightCase("cairn", Curve(-200, 1.1), Curve(300, 0.8), USUAL, 50, 40, 250),
    OversightCase("dolmen", Curve(0, 1.0), Curve(0, 1.0), USUAL, 50, 60, 200),
    OversightCase("menhir", Curve(500, 0.6), Curve(-700, 1.5), WIDE, 40, 40, 300),
    OversightCase("barrow", Curve(-600, 1.5), Curve(200, 0.85), WIDE, 30, 50, 350),
    OversightCase("tumulus", Curve(100, 0.9), Curve(-100, 1.1), FEW, 80, 30, 150),
    OversightCase("broch", Curve(-50, 1.1), Curve(1080, 0.05), USUAL, 50, 40, 280),
    OversightCase("terrace", Curve(-900, 1.8, 1050, 1400), Curve(0, 1.0), WIDE, 60, 0, 350),
    OversightCase("plateau", Curve(0, 1.0), Curve(-900, 1.8, 1000, 1300), WIDE, 60, 0, 350),
    OversightCase("ledge", Curve(-1300, 2.2, 1100, 1450), Curve(-900, 1.8, 1000, 1300), WIDE, 60, 0, 300),
    OversightCase("mesa", Curve(-200, 1.2, 1060, 9e9), Curve(0, 1.0), USUAL, 80, 0, 250),
    OversightCase("shelf", Curve(0, 1.0, 0, 1250), Curve(-100, 1.1), WIDE, 60, 30, 300),
    OversightCase("butte", Curve(0, 1.0), Curve(-400, 1.4, 1100, 9e9), USUAL, 60, 30, 200),
)

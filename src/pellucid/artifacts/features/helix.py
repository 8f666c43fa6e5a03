"""Helices: numbers as a line and some circles, each of its own period, in the space of a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class Helix(ArrayArtifact):
    """h(a) = centre + B(a) coefficients, B(a) = [a / scale, cos(2 pi a / T), sin(2 pi a / T), ... for T in periods].

    centre: (width,), coefficients: (1 + 2 periods, width), means: (numbers, width) what was seen of `seen` (numbers,),
    spectrum: (2, frequencies): cycles per number and the share of variance at them.

    >>> curve = Helix(np.zeros(2), np.eye(3, 2), np.zeros((2, 2)), np.arange(2.0), np.zeros((2, 1)), (10.0,), 100.0)
    >>> curve([0, 5]).round(3).tolist()
    [[0.0, 1.0], [0.05, -1.0]]
    """

    centre: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    means: NDArray[np.float64]
    seen: NDArray[np.float64]
    spectrum: NDArray[np.float64]
    periods: tuple[float, ...]
    scale: float
    label: str = ""
    explained: float = 0.0

    kind = "helix"

    def __post_init__(self) -> None:
        object.__setattr__(self, "periods", tuple(float(period) for period in self.periods))
        if self.coefficients.shape != (1 + 2 * len(self.periods), len(self.centre)):
            raise ValueError(
                f"coefficients are {self.coefficients.shape} for {len(self.periods)} periods and width "
                f"{len(self.centre)}; give (1 + 2 periods, width)"
            )

    def __call__(self, numbers: Any) -> NDArray[np.float64]:
        """The points of the helix: (rows,) -> (rows, width)."""
        return self.centre + helix_basis(numbers, self.periods, self.scale) @ self.coefficients

    def describe(self) -> str:
        periods = ", ".join(f"{period:g}" for period in self.periods)
        return f"helix of periods {periods} over {len(self.seen)} numbers; {self.explained:.0%} of their spread"


def helix_basis(numbers: Any, periods: tuple[float, ...], scale: float) -> NDArray[np.float64]:
    """B(a) of `Helix`, (rows, 1 + 2 periods); Kantamneni and Tegmark, arXiv 2502.00873, equation 2.

    >>> helix_basis([0.0, 5.0], (10.0,), 100.0).round(2).tolist()
    [[0.0, 1.0, 0.0], [0.05, -1.0, 0.0]]
    """
    a = np.asarray(numbers, dtype=np.float64)
    columns = [a / scale]
    for period in periods:
        columns += [np.cos(2 * np.pi * a / period), np.sin(2 * np.pi * a / period)]
    return np.stack(columns, 1)

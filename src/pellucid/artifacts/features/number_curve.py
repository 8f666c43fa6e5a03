"""The curve that numbers lie on inside a model, as a formula for each coordinate."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class NumberCurve(ArrayArtifact):
    """coordinate_k(h) = (h - centre) . directions[:, k], and a formula in the number for each of them.

    centre: (width,), directions: (width, coordinates), numbers: (n,), coordinates: (n, coordinates) of the numbers'
    mean activations, held_out: (n,) true where neither directions nor formulas have seen the number. `names` say what
    each coordinate is, `formulas` (as many, or none) are texts in `variable`; `periods` are those of the circles.

    >>> zero = np.zeros((4, 0))
    >>> NumberCurve(np.zeros(2), np.zeros((2, 0)), np.arange(4.0), zero, np.zeros(4, bool), (), (), ()).describe()
    'no line and no circle among 4 numbers'
    """

    centre: NDArray[np.float64]
    directions: NDArray[np.float64]
    numbers: NDArray[np.float64]
    coordinates: NDArray[np.float64]
    held_out: NDArray[np.bool_]
    names: tuple[str, ...]
    formulas: tuple[str, ...]
    periods: tuple[float, ...]
    variable: str = "n"
    title: str = ""

    kind = "number-curve"

    def __post_init__(self) -> None:
        if self.coordinates.shape != (len(self.numbers), len(self.names)):
            raise ValueError(
                f"coordinates are {self.coordinates.shape} for {len(self.numbers)} numbers and {len(self.names)} "
                "names; give one for each"
            )

    def read(self, activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """The coordinates of activations (rows, width): (rows, coordinates)."""
        return (np.asarray(activations) - self.centre) @ self.directions

    @staticmethod
    def rounded(formula: str, digits: int = 5) -> str:
        """A formula with so many figures to each constant, to be read.

        >>> NumberCurve.rounded("1.000000123*cos(0.62831853*n)")
        '1.0*cos(0.62832*n)'
        """
        return re.sub(r"\d+\.\d+(e[-+]?\d+)?", lambda found: str(float(f"{float(found[0]):.{digits}g}")), formula)

    def describe(self) -> str:
        found = ["a line"] if "size" in self.names else []
        found += [f"a circle of period {period:.4g}" for period in self.periods]
        told = " and ".join(found) or "no line and no circle"
        written = "".join(
            f"; {name}: {self.rounded(formula)}" for name, formula in zip(self.names, self.formulas, strict=False)
        )
        return f"{told} among {len(self.numbers)} numbers{written}"

"""Output transforms g: a law y = g^-1(linear sum) becomes linear, with weights that keep the noise in y what it is.

Noise of constant size in y has the size |g'(y)| in g(y) (delta method), so rows are weighted by 1 / |g'(y)|.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Transform:
    """g, its inverse with the inverse's slope, the weight 1/|g'|, and how y is written back from `{}` = g(y).

    `power` is the unit of g(y) as a power of y's; None: y must be dimensionless, and g(y) is too.
    """

    name: str
    power: float | None
    forward: Callable[[Array], Array]
    weight: Callable[[Array, float], Array]
    inverse: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    text: str
    bits: float

    def fits(self, y: Array) -> bool:
        """Whether the values of y can be the inverse's: its sign, its range (with room for noise).

        >>> square = TRANSFORMS["square"]
        >>> square.fits(np.array([1.0, 4.0])), square.fits(np.array([-1.0, 4.0]))
        (True, False)
        """
        if self.name in ("square", "inverse"):
            return bool((y > 0).mean() > 0.97 or (y < 0).mean() > 0.97)
        if self.name == "sine":
            return bool(np.quantile(np.abs(y), 0.99) < np.pi / 2 + 0.3 and np.abs(y).max() > 0.3)
        if self.name == "cosine":
            return bool(np.quantile(y, 0.01) > -0.3 and np.quantile(y, 0.99) < np.pi + 0.3 and y.max() > 1.0)
        if self.name == "exponential":  # of a narrow y it is a straight line, of a wide one nothing but its largest
            return bool(0.3 < np.ptp(y) < 15 and np.abs(y).max() < 100)
        return True


TRANSFORMS = {
    transform.name: transform
    for transform in (
        Transform("identity", 1.0, lambda y: y, lambda y, f: np.ones_like(y), lambda s: s, np.ones_like, "{}", 0.0),
        Transform(
            "square",
            2.0,
            lambda y: y * y,
            lambda y, f: 1 / (2 * np.sqrt(y * y + f * f)),
            lambda s: np.sqrt(np.maximum(s, 1e-300)),
            lambda s: 0.5 / np.sqrt(np.maximum(s, 1e-3 * np.abs(s).mean())),
            "sqrt({})",
            2.0,
        ),
        Transform(
            "inverse",
            -1.0,
            lambda y: 1 / np.where(y == 0, 1e-300, y),
            lambda y, f: y * y,
            lambda s: 1 / np.where(s == 0, 1e-300, s),
            lambda s: -1 / np.maximum(s * s, 1e-6 * (s * s).mean()),
            "1/({})",
            2.0,
        ),
        Transform(
            "sine",
            None,
            np.sin,
            lambda y, f: 1 / np.sqrt(np.cos(y) ** 2 + 0.01),
            lambda s: np.arcsin(np.clip(s, -1, 1)),
            lambda s: 1 / np.sqrt(np.maximum(1 - s * s, 1e-2)),
            "asin({})",
            3.0,
        ),
        Transform(
            "cosine",
            None,
            np.cos,
            lambda y, f: 1 / np.sqrt(np.sin(y) ** 2 + 0.01),
            lambda s: np.arccos(np.clip(s, -1, 1)),
            lambda s: -1 / np.sqrt(np.maximum(1 - s * s, 1e-2)),
            "acos({})",
            3.0,
        ),
        Transform(
            "exponential",
            None,
            np.exp,
            lambda y, f: np.exp(-y),
            lambda s: np.log(np.maximum(s, 1e-300)),
            lambda s: 1 / np.maximum(s, 1e-3 * np.abs(s).mean()),
            "log({})",
            3.0,
        ),
    )
}
"""By name, in the order in which they are tried."""

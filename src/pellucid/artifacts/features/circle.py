"""Circles: a plane in the space of a site, in which the members of a cycle lie around a point in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class Circle(ArrayArtifact):
    """x ~ centre + cos(a) plane[0] + sin(a) plane[1], with a = 2 pi i / n for the i-th of n `names`.

    centre: (width,), plane: (2, width), means: (n, width) the mean activation of each name, readout: (2, width) and
    offsets (2,): (cos a, sin a) from x.

    >>> square = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
    >>> both = Circle(np.zeros(2), np.eye(2), square, np.eye(2), np.zeros(2), ("a", "b", "c", "d"))
    >>> both.angles_of(square).round(2).tolist()
    [0.0, 1.57, 3.14, 4.71]
    """

    centre: NDArray[np.float64]
    plane: NDArray[np.float64]
    means: NDArray[np.float64]
    readout: NDArray[np.float64]
    offsets: NDArray[np.float64]
    names: tuple[str, ...]
    label: str = ""
    explained: float = 0.0

    kind = "circle"

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        if self.plane.shape != (2, len(self.centre)) or len(self.means) != len(self.names):
            raise ValueError(f"plane is {self.plane.shape}, centre {self.centre.shape}; give (2, width) and (width,)")

    @property
    def angles(self) -> NDArray[np.float64]:
        """Where the names stand, in radians (n,).

        >>> square = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
        >>> found = Circle(np.zeros(2), np.eye(2), square, np.eye(2), np.zeros(2), ("a", "b", "c", "d"))
        >>> found.angles.round(2).tolist()
        [0.0, 1.57, 3.14, 4.71]
        """
        return 2 * np.pi * np.arange(len(self.names)) / len(self.names)

    def points(self, angles: Any) -> NDArray[np.float64]:
        """Points on the circle, relative to its centre: (rows,) -> (rows, width).

        >>> square = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
        >>> found = Circle(np.zeros(2), 3 * np.eye(2), square, np.eye(2), np.zeros(2), ("a", "b", "c", "d"))
        >>> found.points([0.0, np.pi]).round(2).tolist()
        [[3.0, 0.0], [-3.0, 0.0]]
        """
        angles = np.asarray(angles, dtype=np.float64)
        return np.stack([np.cos(angles), np.sin(angles)], 1) @ self.plane

    def angles_of(self, values: Any) -> NDArray[np.float64]:
        """The angle that is read out of activations (rows, width), from 0 to 2 pi."""
        told = np.asarray(values, dtype=np.float64) @ self.readout.T + self.offsets
        return np.arctan2(told[:, 1], told[:, 0]) % (2 * np.pi)

    def unseen(self) -> NDArray[np.float64]:
        """Each name in the plane that the other names alone give, (n, 2), the circle having radius 1.

        In the plane of all names they would lie near a circle in any order; here they do so only in the right one.
        """
        found = np.zeros((len(self.names), 2))
        basis = np.stack([np.ones(len(self.names)), np.cos(self.angles), np.sin(self.angles)], 1)
        for i in range(len(self.names)):
            rest = np.arange(len(self.names)) != i
            fitted = np.linalg.lstsq(basis[rest], self.means[rest], rcond=None)[0]
            found[i] = (self.means[i] - fitted[0]) @ np.linalg.pinv(fitted[1:])
        return found

    def shadow(self, values: Any) -> NDArray[np.float64]:
        """The coordinates (rows, 2) of activations in the plane, on its own axes, the circle having radius 1."""
        return (np.asarray(values, dtype=np.float64) - self.centre) @ np.linalg.pinv(self.plane)

    def describe(self) -> str:
        share = f"; {self.explained:.0%} of the spread of their means" if self.explained else ""
        return f"circle of {len(self.names)} names, {self.names[0]} to {self.names[-1]}{share}"

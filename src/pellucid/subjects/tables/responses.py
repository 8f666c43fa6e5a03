"""Responses: a table of numbers, several columns of which are to be explained by the others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from ...core.subject import Subject
from .samples import Samples


@dataclass(frozen=True, eq=False)
class Responses(Subject):
    """Y (rows, targets) as a function of X (rows, features), with names.

    Raises ValueError for what `Samples` refuses of any target, and names that are not one for each column.

    >>> X = np.arange(12.0).reshape(6, 2) ** 2
    >>> Responses(X, X @ [[1, 1], [1, -1]], ("a", "b"), ("sum", "difference")).samples(1, (0,)).target
    'difference'
    """

    made_by: ClassVar[str] = "Responses(X, Y, names, targets)"

    X: Float[np.ndarray, "rows features"]
    Y: Float[np.ndarray, "rows targets"]
    names: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        X, Y = (np.asarray(one, np.float64) for one in (self.X, self.Y))
        if X.ndim != 2 or Y.ndim != 2 or len(X) != len(Y) or not Y.shape[1]:
            raise ValueError(f"X is {X.shape} and Y {Y.shape}; give (rows, features) and (rows, targets)")
        names = tuple(self.names) or tuple(f"x{i}" for i in range(X.shape[1]))
        targets = tuple(self.targets) or tuple(f"y{i}" for i in range(Y.shape[1]))
        if len(targets) != Y.shape[1]:
            raise ValueError(f"{len(targets)} targets are named, but Y has {Y.shape[1]} columns; name each")
        for field, value in (("X", X), ("Y", Y), ("names", names), ("targets", targets)):
            object.__setattr__(self, field, value)
        for target in range(Y.shape[1]):
            self.samples(target, tuple(range(X.shape[1])))

    def samples(self, target: int, features: tuple[int, ...]) -> Samples:
        """One target, and some of the features."""
        names = tuple(self.names[i] for i in features)
        return Samples(self.X[:, list(features)], self.Y[:, target], names, self.targets[target])

    def fingerprint(self) -> str:
        """SHA-256 of names and numbers."""
        digest = hashlib.sha256(repr((self.names, self.targets)).encode())
        for array in (self.X, self.Y):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

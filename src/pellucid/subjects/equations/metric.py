"""Metrics: ds^2 = sum_ij g_ij(z) dz_i dz_j, the components as text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import sympy

from ...algebra.expressions.text import parse
from ...core.subject import Subject


@dataclass(frozen=True)
class Metric(Subject):
    """g_ij over `coordinates`, as text; only numbers and coordinates may occur. Raises ValueError for other shapes.

    >>> Metric(("r", "phi"), (("1", "0"), ("0", "r**2"))).describe()
    'ds^2 = 1 dr dr + r**2 dphi dphi'
    """

    made_by: ClassVar[str] = 'Metric(("r", "phi"), (("1", "0"), ("0", "r**2")))'

    coordinates: tuple[str, ...]
    components: tuple[tuple[str, ...], ...]
    title: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "coordinates", tuple(self.coordinates))
        object.__setattr__(self, "components", tuple(map(tuple, self.components)))
        size = len(self.coordinates)
        if not size or len(self.components) != size or any(len(row) != size for row in self.components):
            raise ValueError(f"components must be {size} rows of {size} texts, one for each pair of coordinates")
        matrix = self.expressions()
        for i in range(size):
            for j in range(i):
                if sympy.expand(matrix[i][j] - matrix[j][i]) != 0:
                    names = self.coordinates[i], self.coordinates[j]
                    raise ValueError(f"components of {names} differ from those of {names[::-1]}; make g symmetric")

    def expressions(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """The components over real symbols."""
        return tuple(tuple(parse(text, self.coordinates) for text in row) for row in self.components)

    def fingerprint(self) -> str:
        """SHA-256 of the components."""
        return hashlib.sha256(repr((self.coordinates, self.components)).encode()).hexdigest()

    def describe(self) -> str:
        """The metric on one line, what is 0 left out."""
        names = self.coordinates
        terms = [
            f"{text} d{names[i]} d{names[j]}"
            for i, row in enumerate(self.components)
            for j, text in enumerate(row)
            if text != "0"
        ]
        return "ds^2 = " + " + ".join(terms)

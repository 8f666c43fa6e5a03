"""Theories: laws of motion, each with the region in which it holds, and the one law that several are cases of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact

Array = NDArray[np.float64]
Coefficients = tuple[tuple[str, ...], ...]
"""One row for each component of the acceleration: numbers for 1, the positions and the velocities."""


@dataclass(frozen=True)
class Master:
    """A law with parameters, and the theories (places in a list) that it turns into, with their parameters' values."""

    equations: tuple[str, ...]
    parameters: tuple[str, ...]
    cases: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Branch:
    """Position `feature` <= `threshold` goes on at node `left`, else at `right`; a leaf (left < 0) has its `theory`."""

    feature: int = -1
    threshold: float = 0.0
    left: int = -1
    right: int = -1
    theory: int = 0


@dataclass(frozen=True)
class Theories(Artifact):
    """a = C (1, x, v), one matrix of coefficients for each region of space, regions as a decision about positions.

    >>> fall = (("0", "0", "0"),), (("-2", "0", "0"),)
    >>> two = Theories(("x",), fall, (Branch(0, 0.0, 1, 2), Branch(theory=0), Branch(theory=1)))
    >>> two.equations(1), two([[3.0, 0.0]]).tolist()
    (('a_x = -2',), [[-2.0]])
    """

    names: tuple[str, ...]
    laws: tuple[Coefficients, ...]
    regions: tuple[Branch, ...] = (Branch(),)
    masters: tuple[Master, ...] = ()
    box: tuple[tuple[float, float], ...] = ()

    kind = "theories"

    def __post_init__(self) -> None:
        size = len(self.names)
        if not self.laws or any(len(law) != size or {len(row) for row in law} != {1 + 2 * size} for law in self.laws):
            raise ValueError(
                f"laws are none for {list(self.names)}; give {size} rows of {1 + 2 * size} coefficients each"
            )
        if not self.regions or any(b.left < 0 and not 0 <= b.theory < len(self.laws) for b in self.regions):
            raise ValueError(f"regions name theories that are none; there are {len(self.laws)}")

    def numbers(self) -> Array:
        """The coefficients, (theories, components, 1 + 2 size)."""
        return np.array([[[_value(c) for c in row] for row in law] for law in self.laws])

    def domain(self, x: Any) -> NDArray[np.int64]:
        """Which theory holds at positions x (rows, size)."""
        places = np.atleast_2d(np.asarray(x, dtype=np.float64))
        found = np.zeros(len(places), dtype=np.int64)
        waiting = [(0, np.arange(len(places)))]
        while waiting:
            node, rows = waiting.pop()
            branch = self.regions[node]
            if branch.left < 0:
                found[rows] = branch.theory
                continue
            low = places[rows, branch.feature] <= branch.threshold
            waiting += [(branch.left, rows[low]), (branch.right, rows[~low])]
        return found

    def __call__(self, table: Any) -> Array:
        """Accelerations (rows, size) for positions and velocities (rows, 2 size)."""
        rows = np.atleast_2d(np.asarray(table, dtype=np.float64))
        chosen = self.numbers()[self.domain(rows[:, : len(self.names)])]
        return np.einsum("rcf,rf->rc", chosen, np.column_stack([np.ones(len(rows)), rows]))

    def equations(self, theory: int) -> tuple[str, ...]:
        """The law in words that can be read: one equation for each component."""
        features = ("", *self.names, *(f"v_{name}" for name in self.names))
        return tuple(
            f"a_{name} = {sum_of(row, features)}" for name, row in zip(self.names, self.laws[theory], strict=True)
        )

    def exact(self) -> int:
        """How many coefficients are fractions."""
        return sum("." not in c for law in self.laws for row in law for c in row)

    def describe(self) -> str:
        laws = "; ".join(", ".join(self.equations(k)) for k in range(len(self.laws)))
        return f"{len(self.laws)} {'theory' if len(self.laws) == 1 else 'theories'}: {laws}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "names": list(self.names),
            "laws": [[list(row) for row in law] for law in self.laws],
            "regions": [[b.feature, b.threshold, b.left, b.right, b.theory] for b in self.regions],
            "masters": [
                {"equations": list(m.equations), "parameters": list(m.parameters),
                 "cases": [[place, list(values)] for place, values in m.cases]}
                for m in self.masters
            ],
            "box": [list(pair) for pair in self.box],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Any) -> Self:
        return cls(
            tuple(data["names"]),
            tuple(tuple(tuple(row) for row in law) for law in data["laws"]),
            tuple(Branch(*entry) for entry in data["regions"]),
            tuple(
                Master(tuple(m["equations"]), tuple(m["parameters"]), tuple((p, tuple(v)) for p, v in m["cases"]))
                for m in data["masters"]
            ),
            tuple((low, high) for low, high in data["box"]),
        )


def sum_of(coefficients: Sequence[str], features: Sequence[str]) -> str:
    """A sum on one line; coefficients are numbers, or parameters such as "p1" and "-p1".

    >>> sum_of(("1/2", "-1", "0", "-p1"), ("", "x", "y", "v_x"))
    '1/2 - x - p1*v_x'
    """
    text = ""
    for coefficient, feature in zip(coefficients, features, strict=True):
        if coefficient == "0":
            continue
        sign, term = "-" if coefficient.startswith("-") else "+", _term(coefficient.removeprefix("-"), feature)
        text += f" {sign} {term}" if text else f"{sign.removeprefix('+')}{term}"
    return text or "0"


def _term(size: str, feature: str) -> str:
    """One term without its sign; 1 is not written before a feature."""
    if not feature:
        return short(size)
    return feature if size == "1" else f"{short(size)}*{feature}"


def short(number: str) -> str:
    """A decimal number with at most six digits; anything else as it is.

    >>> short("0.333333333333"), short("1/3")
    ('0.333333', '1/3')
    """
    return f"{float(number):.6g}" if "." in number else number


def _value(coefficient: str) -> float:
    return float(coefficient) if "." in coefficient else float(Fraction(coefficient))

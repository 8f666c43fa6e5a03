"""The numbers with which symmetries are checked numerically: nothing that is proved depends on them. Set by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MovedSolutions:
    """Orbits moved along generators by exp(epsilon X), and fields moved infinitesimally."""

    epsilon: float = 0.1
    """How far orbits are moved: far enough that a wrong generator shows, near enough to stay where all is regular."""
    tolerance: float = 1e-10
    """Relative, of the integrations; a true symmetry misses orbits by about this."""
    steps_later: int = 10
    """Orbits are followed for this many of their steps."""
    nodes: int = 32
    """Chebyshev nodes of a field: enough for the derivatives of products of its polynomials to be exact."""
    field_degree: int = 4
    fields: int = 5
    highest_derivative: int = 6
    """Derivatives beyond are 0 for polynomials of `field_degree`, and only amplify rounding."""
    complex_step: float = 1e-30
    """Of derivatives by complex steps: so small that their error is below rounding."""


@dataclass(frozen=True)
class CoordinateSearch:
    """How a change of coordinates is trained and measured."""

    tries: int = 100
    """Batches of random points that are drawn before a box is given up."""
    barrier: float = 0.05
    """Determinants below this fraction of 1 are penalised: a change that folds is none."""
    start: float = 1e-2
    """The last layer's size at the start: nearly no change."""
    polished: int = 20
    """Steps of L-BFGS between two looks at other points."""
    undone: float = 1e-6
    """A point is brought back by the inverse where it comes this near."""


MOVED = MovedSolutions()
COORDINATES = CoordinateSearch()

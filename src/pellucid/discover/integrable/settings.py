"""The numbers that decide in the search for integrable equations.

What is found is counted and proved exactly, so that they cost completeness or time, never truth. Set by hand; take the
families of benchmarks/optpde.py as having been in view.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Ascent:
    """Gradient ascent on the soft count (arXiv 2405.04484 section II), and how its end points become equations."""

    first_threshold: float = 1e-2
    last_threshold: float = 1e-5
    """Of the soft count: it falls, so that near misses no longer count at the end."""
    learning_rate: float = 0.03
    last_rate: float = 0.02
    """The share of the learning rate at the end of its half cosine."""
    batch: int = 64
    """Ascents side by side."""
    fields_a_density: int = 2
    """Random fields for each density: fewer would leave singular values small by chance."""
    exact: float = 1e-7
    """A density may be conserved where its singular value is below this; an exact count decides."""
    near: float = 3e-3
    """Singular values below this, of an end point, are densities that the equation near by may have."""
    most_densities: int = 5
    """That an equation near an end point is asked for."""
    most_terms: int = 4
    """Of an equation read off from an end point: more come from the exact search."""
    negligible: float = 1e-6
    """A coefficient below this is none."""


@dataclass(frozen=True)
class ExactSearch:
    """Sparse equations and equations of sparse densities, counted modulo a prime."""

    largest_denominator: int = 200
    """Of coefficients of equations that conserve a sparse density."""
    numerators: int = 10
    denominators: int = 4
    """Of the values tried for the first of two free ratios."""
    scaled_denominator: int = 120
    """Of coefficients, once scalings have made as many as they can +-1."""
    letters: str = "abcdfghk"
    """Free coefficients are called so: no e, which is Euler's number, nor i and j, which are indices."""

    @property
    def ratios(self) -> tuple[Fraction, ...]:
        """The values tried for the first of two free ratios, smallest first."""
        signed = [sign * p for p in range(1, self.numerators + 1) for sign in (1, -1)]
        return tuple(sorted({Fraction(p, q) for p in signed for q in range(1, self.denominators + 1)}))


ASCENT = Ascent()
EXACT_SEARCH = ExactSearch()

"""The numbers that decide in the regressions: what monomials cost, and when a regression is no regression.

No record says that any of them was fitted to a benchmark; take the AI Feynman equations (benchmarks/formulas.py) as
having been in view.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RegressionSettings:
    """Costs are in bits and order what is tried; limits are relative."""

    powers: tuple[float, ...] = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5)
    """The whole exponents of monomials: few laws of physics have a sixth power."""
    half_powers: tuple[float, ...] = (0.5, -0.5, 1.5, -1.5)
    """The broken ones, where they are allowed."""
    power_bits: Mapping[float, float] = field(
        default_factory=lambda: {0: 0.0, 0.5: 4.0, 1: 1.0, 1.5: 6.0, 2: 3.0, 2.5: 8.0, 3: 4.5, 4: 5.5, 5: 7.0}
    )
    """What a power costs, the rarer the more: squares before roots, roots before cubes."""
    other_power_bits: float = 9.0
    """What any other power costs."""
    negative_bits: float = 0.5
    """What it costs that a power stands below the bar: little, for a quotient is nearly as usual as a product."""
    term_bits: float = 4.0
    """What a term costs on top of its text: a coefficient that may be a simple number, roughly."""
    least_determinant: float = 1e-5
    """1 - cos^2 of two terms below which they count as one: in float32 less than that is rounding."""
    least_residual: float = 1e-11
    """The smallest relative residual that is told from zero while screening: what float32 leaves of hundreds of rows
    that add up."""
    block: int = 1 << 20
    """How many combinations are scored at once: 4 MB of float32, about what the cache near a core holds."""


REGRESSION = RegressionSettings()

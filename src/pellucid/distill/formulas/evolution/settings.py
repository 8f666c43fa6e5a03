"""The numbers that decide in the search: what a surrogate is trusted with, and how much is made of a round.

They were chosen with the equations of AI Feynman in view (benchmarks/formulas.py), where no other reason is given.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchSettings:
    """Limits of evolution and of what comes after it; errors are relative to the target's size."""

    exact: float = 1e-9
    """A formula that misses by less ends everything."""
    at_noise: float = 1.03
    """An error within this factor of the surrogate's is at the noise, and confirmed by few more rounds."""
    noisy: float = 1e-3
    """A surrogate that misses by less may as well miss by itself: nothing is known of the noise then."""
    confirming_rounds: int = 2
    engine_rows: int = 500
    """Rows that the engine sees: each costs its share of every generation, and constants are refitted on all."""
    fitted: int = 10
    polished: int = 4
    pruned: int = 2
    """How many of a round's structures are fitted, of those polished, and of those shortened."""
    prunings: int = 16
    """How many shorter forms of one formula are tried."""
    followed: int = 3
    """How many formulas of a smaller table are taken back to the whole one."""
    reference_rows: int = 16
    """Rows in the middle of the table at which all other features are held, when a part is separated."""
    digits: int = 9
    """Digits of the engine's constants: single precision has fewer."""


@dataclass(frozen=True)
class SymmetrySettings:
    """How relations between slopes are judged."""

    rows: int = 300
    """Rows at which relations are tested: medians over them are known to 7 %."""
    trust: float = 3.0
    """How many times the surrogate's own doubt a relation may be off."""
    powerless: float = 0.3
    """Where the allowance is a larger share of the terms than this, nothing can be told."""
    rounding: float = 1e-7
    """The smallest allowance."""
    rough: float = 0.5
    """By how much of itself a score is worse for each step of a denominator: x^(3/4) is a rarer law than x."""
    largest: int = 4
    """The largest numerator and denominator of an exponent or a ratio that is taken for exact."""


@dataclass(frozen=True)
class SurrogateSettings:
    """The Gaussian process: the solve costs rows^3."""

    tuning_rows: int = 200
    tuning_steps: int = 40
    """Rows and steps from which the length scales are found."""
    rows: int = 1200
    """At most so many rows are gone through: a second of one core."""
    pairs: int = 4
    """Pairs of processes on halves of the rows, from which the doubt is drawn."""


SEARCH = SearchSettings()
SYMMETRY = SymmetrySettings()
SURROGATE = SurrogateSettings()

"""The numbers that decide when a spline network is grown and read: when a start is good, and what counts as exact.

There are five questions of exactness, each with its own answer, because each has other errors under it. No record says
that any of them was fitted to a benchmark; take the functions of benchmarks/kan_symbols.py as having been in view.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SplineSettings:
    """Errors are root mean squares, relative to the spread of y where nothing else is said."""

    good_start: float = 3e-3
    """Held-out error that a good start has: what splines of ten cells leave of smooth functions. The best of three
    good ones is taken."""
    exact_network: float = 1e-6
    """Held-out error at which no further start is tried: splines themselves do not come much closer."""
    agree: float = 1.02
    """Starts whose held-out errors are this close have found the same thing: noise, or what the shape can do."""
    gain: float = 0.7
    """A larger shape, or a finer grid, must bring the held-out error down to this share to be worth its edges."""
    exact_combination: float = 1e-8
    """Error, relative to the root mean square of y, at which a refitted combination of functions fits to rounding: ten
    thousand times what float64 leaves, as refits end a little early."""
    exact_formula: float = 1e-9
    """The same for a finished formula, at which the search over shapes ends: its constants are exact by then."""
    number: float = 1e-8
    """How close a constant must be to an exact number, relative to it or to 1: a refit to the exact formula determines
    constants far better than this."""
    agreement: float = 1e-7
    """How close a network with exact numbers must be to the formula, relative to the largest value."""


SPLINES = SplineSettings()

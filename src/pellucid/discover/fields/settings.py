"""Numbers of the recovery of field equations that are no choice of a user, with their reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Windows:
    """Test functions ((1 - s^2)^power along each axis) and where they stand."""

    power: int = 14
    """Twice the highest derivative that is ever moved onto them (5, and 2 for the noise's own gradient), so that they
    end smoothly and sums over the grid are as good as integrals."""
    widths: tuple[float, ...] = (0.4, 0.8)
    """Standard deviations, of the field's own length 1/k, k^2 the mean square wavenumber: a wave of that length keeps
    exp(-width^2 / 2), 92 and 73 %, of its height. The narrow ones see steep places, the wide ones average noise."""
    widest: float = 1 / 6
    """Of an axis, half a test function at most: a third is lost at the ends, where what is fast may have happened."""
    widest_held: float = 1 / 3
    """The same of the part that is kept for testing, which is short: a few wide ones rather than many that the grid
    hardly resolves."""
    least: float = 1.5
    """Samples in a standard deviation: a Gaussian of fewer is not resolved by the grid (exp(-2 pi^2 1.5^2) = 1e-19,
    at 0.8 it is 3e-6)."""
    stride: float = 1.0
    """Standard deviations from one to the next: closer ones say the same again."""
    most_rows: int = 220
    """For each width; the covariance of the rows is a square of this size."""
    resolved: float = 2.2
    """Samples in a standard deviation to which the grid may be thinned for covariances, which hold products of two test
    functions: half of what these need themselves, and they need be known to a per cent only."""
    most_samples: float = 3e7
    """Samples of all rows' supports together, from which on there are fewer rows: numbers in memory."""

    @property
    def spread(self) -> float:
        """Half the width of a test function over its standard deviation."""
        return math.sqrt(2 * self.power + 3)


@dataclass(frozen=True)
class Smoothing:
    """Local polynomials, for derivatives within products, which no integration by parts removes."""

    degree: int = 6
    windows: tuple[int, ...] = (7, 9, 11, 15, 19, 25, 33, 45)
    """Samples; from 7 on a polynomial of degree 6 is determined."""
    excess: float = 1.04
    """The widest window is taken that leaves over no more than this share of what noise alone would: the level of the
    noise itself is known to a few per cent."""
    share: float = 0.6
    """Of that window, what is used: what polynomials of degree 6 miss falls with its seventh power, to 3 %, and what
    more noise they let through is averaged by the test functions, and taken off where it is squared."""


@dataclass(frozen=True)
class Choice:
    """Which terms an equation has."""

    beam: int = 40
    """Sets of terms of one size that are kept while larger ones are tried."""
    most_terms: int = 10
    rounds: int = 4
    """Of choosing terms and weighing rows by what their noise does to these."""
    contenders: int = 6
    """Sets of terms that are weighed by the noise that each itself implies; and the best of every size."""
    least_signal: float = 0.2
    """Share of the columns' squares that must not be noise. Of columns that are noise it is within 1/sqrt(rows), some
    0.06, of 0: nothing can be told of these."""
    ridge: float = 1e-13
    """Of a column's square: columns that agree to rounding are told apart by it, not by a division by 0."""
    systematic: float = 1e-5
    """What sums over a grid, and the solver or the instrument that made the samples, leave of a coefficient."""
    rivals: float = 6.0
    """Twice nats: an equation whose description is longer by less is 20 times less likely at most, and is told."""
    rounding: float = 1e-5
    """What sums over a grid leave, of the size of a row's parts; rows are never trusted more than this. Seen with test
    functions of the fewest samples and derivatives of fourth order: 6e-7 of the rate, 2e-5 of the largest part."""


WINDOWS = Windows()
SMOOTHING = Smoothing()
CHOICE = Choice()

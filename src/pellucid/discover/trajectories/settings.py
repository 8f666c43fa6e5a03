"""The numbers that decide between trajectories and equations: how they are smoothed, fitted, snapped and counted.

They were set by hand, none for one system or one noise; take the systems of benchmarks/trajectories.py, at noises of
0, 1 and 5 %, as having been in view.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Smoothing:
    """Penalised splines through samples."""

    most_samples: int = 160
    """Trajectories are cut into pieces of at most so many samples: the cost is O(samples most_samples^2)."""
    degree: int = 5
    """Quintic: their third derivative, which is penalised, is continuous and more."""
    coefficients: float = 0.7
    """Coefficients for each sample: fewer than 1, so that something is left over to estimate the noise from."""
    smallest_penalty: float = 1e-14
    largest_penalty: float = 1e3
    penalties_a_decade: int = 4
    """Penalties that cross-validation chooses from, for time in units of ten samples."""

    @property
    def penalties(self) -> np.ndarray:
        """All of them, smallest first, (penalties,)."""
        low, high, step = np.log10(self.smallest_penalty), np.log10(self.largest_penalty), 1 / self.penalties_a_decade
        return 10.0 ** np.arange(low, high + 0.1, step)


@dataclass(frozen=True)
class WeakForm:
    """Test functions phi(s) = (1 - s^2)^power, and how many terms an equation may have."""

    power: int = 4
    """phi and its first derivatives are 0 at its ends."""
    finer: int = 4
    """Points of the integrals for each sample."""
    overlap: int = 4
    """Test functions that overlap at any time."""
    rounding: float = 1e-5
    """An error of this share of the left-hand side is one of the integrals."""
    most_terms: int = 20
    """Of an equation."""
    fewest_samples: int = 4
    """In half of a test function's support."""


@dataclass(frozen=True)
class Shooting:
    """Segments that are simulated from states of their own."""

    segment: float = 2.5
    """A segment lasts this many timescales: longer ones tell more, until chaos tears them from their starts."""
    fewest_samples: int = 5
    most_samples: int = 60
    step: float = 0.08
    """A Runge-Kutta step in timescales, at most."""
    most_segments: int = 400
    most_substeps: int = 20
    floor: float = 1e-6
    """Errors below this share of a variable's spread are those of integration."""


@dataclass(frozen=True)
class Snapping:
    """When a measured coefficient is an exact number."""

    within: float = 2.5
    """Standard deviations within which numbers count as equal."""
    chance: float = 0.1
    """A fraction is taken where one so simple lies so near by chance with at most this probability."""
    whole: float = 0.25
    """The same for whole numbers, which are likelier than fractions to begin with."""
    equal: float = 0.05
    """Two coefficients are called equal only where they are known that well."""
    systematic: float = 2e-6
    """What integration leaves, of a coefficient."""
    largest_denominator: int = 1000


@dataclass(frozen=True)
class Recovery:
    """When equations are those of the trajectories."""

    exact: float = 1e-4
    """A misfit below this share of a variable's spread counts as none."""
    rounds: int = 6
    """Of fitting and leaving out terms that are not worth their bits."""
    rate_correlation: float = 0.97
    """Correlation with another variable from which on a rate is that variable, but for noise."""
    most_terms: int = 240
    """More terms than this are never tried at once: a lower degree is taken."""
    predicted_orbits: int = 8
    """Held-out trajectories that are predicted, and their samples."""
    predicted_samples: int = 600
    lost: float = 0.3
    """A prediction is lost once it is off by this share of the spread."""


@dataclass(frozen=True)
class Constants:
    """When a function is constant along trajectories, and when it is a new one."""

    noisy: float = 4.0
    """A function is constant where its variance is at most this much that of the noise..."""
    rounding: float = 3e-7
    """...or this share of its whole variance..."""
    largest: float = 0.1
    """...and never above this share, whatever the noise."""
    ridge: float = 1e-13
    """Of the trace of the variances: they are inverted."""
    new: float = 0.15
    """An invariant is new where this share of its gradient, or more, points away from the gradients of the others."""
    folds: int = 6
    """Parts of the data that a coefficient's spread is told from."""
    most_samples: int = 6_000
    """Samples are thinned out to about that many."""
    gradient_points: int = 400
    """Points at which gradients are compared."""


@dataclass(frozen=True)
class Counting:
    """The dimension of the set that an orbit fills, and whether orbits fill the same set."""

    smallest_radius: float = 0.04
    largest_radius: float = 0.5
    radii: int = 12
    """Radii of balls, of the size of an orbit, evenly spaced in their logarithms."""
    read_from: float = 0.18
    read_to: float = 0.34
    """Radii at which the dimension is read off: above the noise, and where an orbit is not yet bent much."""
    centres: int = 40
    """Balls on an orbit."""
    direction: float = 0.15
    """A direction counts where its variance is this share of the largest one."""
    fewest_points: int = 6
    """In a ball."""
    most_orbits: int = 40
    bootstraps: int = 400
    returns: float = 0.3
    """An orbit returns where it comes this close to where it was, of its size."""
    same: float = 1.5
    """Orbits fill the same set where they are this much farther from each other than each from its own past..."""
    pairs: float = 0.9
    """...or less, for this share of all pairs."""
    tail: float = 0.1
    """The share of an orbit that its beginning and its end are."""
    nearer: float = 0.5
    """Orbits run together where their ends are spread this much less than their beginnings."""
    holds: float = 0.1
    """A formula holds on an orbit where it varies by less than this share of its spread between orbits."""

    @property
    def scales(self) -> np.ndarray:
        """The radii, smallest first, (radii,)."""
        return np.geomspace(self.smallest_radius, self.largest_radius, self.radii)


@dataclass(frozen=True)
class Networks:
    """Networks for invariants that have no formula, and when a formula replaces one."""

    width: int = 32
    learning_rate: float = 4e-3
    independence: float = 5.0
    """The weight of the penalty for pointing along gradients before, for each of these."""
    most_samples: int = 1_500
    distilled: int = 600
    """Samples of a network that a distiller gets."""
    faithful: float = 0.02
    """A formula replaces a network where it explains all but this share of its variance, on held-out orbits."""


SMOOTHING = Smoothing()
WEAK_FORM = WeakForm()
SHOOTING = Shooting()
SNAPPING = Snapping()
RECOVERY = Recovery()
CONSTANTS = Constants()
COUNTING = Counting()
NETWORKS = Networks()

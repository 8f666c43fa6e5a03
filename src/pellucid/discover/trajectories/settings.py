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
    every_support: int = 5_000
    """Where there are at most so many choices of a size, all of them are compared..."""
    all_supports: int = 60_000
    """...and at most so many where terms depend on each other, so that no greedy choice is to be trusted."""
    near: float = 6.0
    """A choice of fewer terms is taken where its criterion is at most this much above the best one's: what is e^3
    times as likely is not worth a term among equations that are the same on all orbits."""
    ridge: float = 1e-12
    """Of the trace of the terms' products: they are inverted."""


@dataclass(frozen=True)
class Fractions:
    """Right-hand sides that are quotients."""

    degrees: tuple[tuple[int, int], ...] = ((1, 1), (2, 1), (2, 2), (3, 2), (4, 2))
    """Of numerators and denominators, in turn: rates of Michaelis and Menten, Holling, Haldane, Hill; with growth."""
    alone: tuple[tuple[int, int], ...] = ((4, 3), (5, 4))
    """The same of one variable: Hill's exponents go up to 4."""
    degree: int = 4
    """Of the numerators, of at most `most_small` variables; and then of more."""
    most_small: int = 2
    large_degree: int = 3
    most_terms: int = 9
    """Of numerator and denominator together."""
    unexplained: float = 1.1
    rounding: float = 3e-6
    """Sums that leave over no more than this share of a variable's spread are no approximations of a quotient: these
    fall short by the first term that they leave out, and 1e-6 is what samples and integration are rounded to."""
    few_terms: int = 2
    """Sums that leave over less than this share more than the noise, with so few terms an equation, are taken for what
    they are: a quotient has three coefficients or more. So are sums of one term more that leave over no more than the
    noise: a quotient would need as many, and could not explain more."""
    proposals: int = 4
    """Choices of terms whose quotients are looked at, by the linear equation alone."""
    rounds: int = 3
    """Of weighing the rows by the denominator that was found (Sanathanan and Koerner)."""
    most_variables: int = 5
    most_doublings: int = 2
    """Of the steps between noisy samples: a quotient that needs more has a pole near the orbits."""
    scanned: int = 2
    """Terms of denominators, of those that are scanned, whose strength is fitted."""
    test_functions: float = 0.33
    """In timescales. Orbits that only relax are about one timescale long: one test function each leaves fewer rows than
    a quotient has terms to choose from."""
    weakest: float = 0.1
    strongest: float = 100.0
    tried: int = 7
    """Denominators 1 + d m are scanned over so many d, in units of 1 over the term's root mean square: with a weaker
    one the quotient is a sum but for a tenth, with a stronger one it is m alone but for a hundredth."""

    @property
    def strengths(self) -> np.ndarray:
        """All of them, the weakest first, (tried,)."""
        return np.geomspace(self.weakest, self.strongest, self.tried)

    @property
    def log_step(self) -> float:
        """Between the logarithms of two of them."""
        return float(np.log(self.strongest / self.weakest) / (self.tried - 1))


@dataclass(frozen=True)
class Clock:
    """Terms that hold the time."""

    degree: int = 2
    """Of polynomials in it."""
    most_speeds: int = 400
    """Frequencies that are looked at, a quarter of a turn over the whole time apart..."""
    samples_a_turn: float = 5.0
    """...up to this many samples for a turn."""
    faintest: float = 0.02
    """A wave of which test functions leave less than this share is too fast to be seen in the weak equations."""
    dependent: float = 1e-6
    """Waves of which the terms make up all but this share add nothing."""
    most_waves: int = 2
    """Frequencies in one set of equations."""
    rounds: int = 6
    """Of correcting a frequency."""
    settled: float = 0.1
    """A correction below this share of its uncertainty is the last."""


@dataclass(frozen=True)
class Shooting:
    """Segments that are simulated from states of their own."""

    segment: float = 2.5
    """A segment lasts this many timescales: longer ones tell more, until chaos tears them from their starts."""
    fewest_samples: int = 5
    most_samples: int = 60
    step: float = 0.3
    """A Runge-Kutta step in timescales, to begin with."""
    integration: float = 0.03
    """Steps are halved until that changes the simulation by less than this share of what equations leave over: its
    square, a thousandth, is what integration then adds to the variance."""
    exactly: float = 0.2
    """...or than this share of rounding."""
    before: float = 1e-9
    """The end of a step is looked up this share of it early."""
    presumed: float = 0.02
    """Of a variable's spread, the noise that errors of the first simulation are measured by."""
    most_segments: int = 400
    most_substeps: int = 64
    most_doublings: int = 2
    """Of the steps before the equations are fitted again: parameters that were fitted with too few steps make up for
    what these miss, and seem to need far more than those that are fitted with enough (seen on two bodies that pass
    close by each other, with superfluous terms: 64 where 4 were enough)."""
    floor: float = 1e-6
    """Errors below this share of a variable's spread are rounding: samples are often written with six digits."""
    ridge: float = 1e-12
    """Of the trace of a segment's equations, added where they are singular."""
    settled: float = 1e-4
    """A step that gains less of the squared errors over the noise, for each parameter, is the last."""
    short: float = 0.5
    """Orbits that are shorter than a segment are left out, unless they hold this share of all samples."""
    held_values: float = 0.5
    """An input that keeps its value from one sample to the next in more than this share of cases is one of steps."""


@dataclass(frozen=True)
class Stretches:
    """Runs that are sampled decades more densely at some times than at others."""

    widest: float = 10.0
    """A stretch ends where samples lie this many times further apart than at its densest."""
    fewest_samples: int = 12
    """Of a stretch: a quintic spline through fewer says little of the noise."""
    stable: float = 2.5
    """A Runge-Kutta step of order 4 may last this many times the fastest time of decay before it blows up (2.78)."""
    moves: float = 10.0
    """A variable that is spread by less than this many times the noise is at rest."""
    rounding: float = 1e-6
    """The same of its spread over all stretches."""


@dataclass(frozen=True)
class Snapping:
    """When a measured coefficient is an exact number."""

    within: float = 2.5
    """Standard deviations within which numbers count as equal."""
    unit: float = 3.3
    """The same for 1, which is no number at all in x' = v: one in a thousand is as unlikely as its digits are dear."""
    chance: float = 0.02
    """A fraction is taken where one so simple lies so near by chance with at most this probability: a number that is
    given as exact and is not shifts all others, so that their intervals hold less often than they say."""
    whole: float = 0.1
    """The same for whole numbers, which are likelier than fractions to begin with."""
    equal: float = 0.05
    """Two coefficients of the same term are called equal only where they are known that well; others only where chance
    is as rare as for fractions."""
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
    unexplained: float = 1.3
    """Equations that leave over more than this, of the noise, are not all there is: the level of the noise is itself
    known to a tenth or two from a few hundred samples."""
    elsewhere: float = 2.0
    """Equations that leave over this many times more on held-out stretches are not those of the system: few of these
    tell the noise to a fifth or so."""
    most_uneven: float = 1e4
    """The longest time between samples over the shortest, of one orbit: from there on, two decades or more on either
    side of what one smooth curve can follow, it is cut into stretches."""
    coarse: float = 0.7
    """Where equations leave over less than this share of what smoothness says the noise is, the samples are too coarse
    to be told apart from noise by smoothness, and the noise is what the equations leave over."""
    most_related: int = 35
    """Terms of which every choice is tried where the variables are related."""
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
class Relations:
    """When a combination of variables is constant over all samples, or along each orbit."""

    noisy: float = 2.0
    """Its variance is at most this much that of the noise: both are known to a few tenths from a hundred samples..."""
    largest: float = 0.02
    """...and at most this share of that of its terms: between noisy variables that move together, less is chance."""
    rounding: float = 1e-6
    """Of a variable's spread: samples are written with about six digits."""
    folds: int = 5
    """Parts of the orbits that a coefficient's spread is told from."""
    precise: float = 1e-5
    """No coefficient is known better than to this share."""
    same: float = 0.05
    """Weights that others make up to this share are no new relation."""
    most_variables: int = 5
    """More have too many products."""


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
FRACTIONS = Fractions()
CLOCK = Clock()
SHOOTING = Shooting()
STRETCHES = Stretches()
SNAPPING = Snapping()
RECOVERY = Recovery()
CONSTANTS = Constants()
RELATIONS = Relations()
COUNTING = Counting()
NETWORKS = Networks()

"""The numbers that decide in the search for what is conserved: how far it goes, and how it is watched numerically.

What is found is checked as an identity, so that the limits of `NullVectors` cost completeness or time, never truth.
All were set by hand, so that a search takes seconds; no record says that one was fitted to a benchmark. Take the
systems of benchmarks/laws.py and the equations of benchmarks/optpde.py as having been in view.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class NullVectors:
    """How null vectors modulo a prime are made sparse, exact and readable."""

    spare_rows: int = 6
    """Random combinations of rows beyond the number of columns: each lowers the chance of losing rank."""
    parameter_degree: int = 4
    """Coefficients of invariants and generators may be polynomials of this degree in the parameters."""
    density_parameter_degree: int = 8
    """The same for densities: each derivative may bring a factor of its own, as in (u_x + a**2*u_xxx)**3."""
    most_columns: int = 3000
    """Monomials times powers of parameters: elimination takes seconds there, and its time grows with the cube."""
    most_density_columns: int = 2000
    """The same for densities, whose columns have more rows."""
    most_terms: int = 300_000
    """Terms that elimination over the parameters may multiply where no such coefficients were found: a few seconds."""
    passes: int = 6
    """Rounds of adding rows to each other for fewer terms; they end sooner where nothing changes."""
    most_sparse: int = 60
    """Null vectors beyond this many are counted, but neither made sparse nor listed."""
    most_listed: int = 500
    """With more monomials than this only independent invariants are listed: checking the others would take too long."""
    largest_ratio: int = 1000
    """Numerators and denominators of an equation's coefficients: a ratio beyond is a residue that met a fraction."""


@dataclass(frozen=True)
class OrbitIntegration:
    """Orbits from random states, by Runge-Kutta's method of order 8."""

    tries: int = 20
    """Random states for each orbit that is wanted; some run into singularities."""
    tolerance: float = 1e-11
    """Relative, near the least that double precision has room for: what drifts more is not conserved."""
    on_constraints: float = 1e-10
    """A state whose constraints are farther from 0 is not on them: there may be no real point near it."""
    fewest: int = 5
    """Steps of an orbit worth keeping."""
    most_calls: int = 6_000
    """Evaluations of the right-hand side: an orbit that takes more is near a collision."""
    away: float = 1e3
    """An orbit has run away at this size; states start at size 1."""
    steps: int = 101
    """Times at which states are kept."""


@dataclass(frozen=True)
class WaveIntegration:
    """A smooth wave on a ring, by Fourier modes and Runge-Kutta's method of order 8."""

    length: float = 6 * np.pi
    """Of the ring: three times that of a wave with wavenumber 1."""
    times: int = 101
    """At which the field is kept."""
    stiffest: float = 1500.0
    """Wavenumbers go up to that whose power, of the equation's order, is this: steps in time shrink with it."""
    most_points: int = 96
    most_calls: int = 8_000
    """Evaluations of the right-hand side."""
    turns: float = 6.0
    """Times in which the field would change by its own size."""
    tail: float = 1e-4
    """Of the largest mode, in the highest third of those kept: more says that the wave is not resolved."""
    shortest: float = 0.02
    """Of the time: a wave that breaks sooner shows nothing."""


@dataclass(frozen=True)
class RandomFields:
    """Periodic fields on which integrals are watched without integrating in time."""

    points: int = 512
    """More than the highest power of the highest mode has waves, so that the mean over them is the integral."""
    modes: int = 3
    fields: int = 20


@dataclass(frozen=True)
class SoftCounting:
    """The fields of the soft count, and how an equation is made to conserve a number of densities."""

    points: int = 96
    """On one period; the mean over them is the integral of products of up to 19 fields, 5 waves each."""
    waves: int = 5
    decay: float = 2.0
    """Amplitudes fall with this power of the wavenumber, so that high derivatives stay of size 1."""
    alternating: int = 3
    """Rounds of alternating between densities and equation, before Newton's method."""
    enough: float = 0.7
    """Newton's method goes on while a round makes the singular value this much smaller."""


@dataclass(frozen=True)
class BeyondBasis:
    """Stages beyond polynomials in the variables: each costs a second or so at these sizes, and no truth."""

    most_basis: int = 800
    """Monomials of the basis with reciprocals: elimination takes about half a second there; above it the degree is
    lowered."""
    degree: int = 3
    """Of the polynomials beside logarithms: energies of degree 2, and their products with a coordinate."""
    most_monomials: int = 220
    """The same for those, whose columns are made exact with parameters: three variables with their reciprocals, to
    degree 3."""
    quotient_degree: int = 2
    """Of numerators over a Darboux polynomial or its square: those of exponential factors have at most its degree."""
    most_quotients: int = 4
    """Darboux polynomials that are divided by, the simplest: each brings two copies of the low monomials."""
    most_halves: int = 2
    """Angles whose halves are tried: each brings two symbols."""
    half_angle_degree: int = 5
    """Of polynomials with those, lowered to `most_basis`: r^2 sin(th/2) cos(th/2)^2 has it."""
    most_scaling: int = 3
    """Invariants that may multiply logarithms, the simplest: w log(x) - y log(z) where y and w stand still."""
    most_scaled: int = 5
    """Logarithms that they may multiply."""
    most_timed: int = 6
    """Invariants that may multiply the time: energy and momenta do, the later ones are products of these."""
    most_timed_search: int = 1
    """Laws without time of which one more, with it, is looked for although they are all there are: in the plane, where
    the two say everything about a solution, that takes a tenth of a second."""
    most_points: int = 1500
    """Of the line on which zeros of the extactic polynomial are looked for: a second or two of elimination."""
    most_timed_points: int = 300
    """The same where only a law with the time is missing."""
    most_symbols: int = 6
    """Symbols that Darboux polynomials are looked for in: beyond it even degree 2 has too many monomials."""


BEYOND = BeyondBasis()
NULL_VECTORS = NullVectors()
ORBITS = OrbitIntegration()
WAVES = WaveIntegration()
FIELDS = RandomFields()
SOFT_COUNT = SoftCounting()

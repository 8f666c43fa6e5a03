"""The planets as the sky shows them: how far out each one goes, and how long it takes, measured from its positions.

The positions are those of the package `ephem` (the VSOP87 theory of the Bureau des longitudes, through libastro). Only
heliocentric longitudes and distances are looked at, never stored orbital elements, which would already obey the law:

- period: the time in which the longitude (J2000, so that precession is out of it) goes round twelve times, divided by
  twelve, in Julian years of 365.25 days;
- semi-major axis: half the sum of the least and the greatest distance, the mean over the same twelve revolutions, in
  astronomical units.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..subjects.tables.samples import Samples

__all__ = ["PLANETS", "measure_orbit", "planet_orbits"]

PLANETS = {
    "Mercury": 88.0,
    "Venus": 225.0,
    "Earth": 365.0,
    "Mars": 687.0,
    "Jupiter": 4333.0,
    "Saturn": 10759.0,
    "Uranus": 30689.0,
    "Neptune": 60182.0,
}
"""About how many days a revolution takes: how long to look, nothing more."""


def planet_orbits() -> Samples:
    """One row for each planet: semi-major axis `a` (AU) -> period `P` (years). Raises ValueError without `ephem`."""
    measured = np.array([measure_orbit(name) for name in PLANETS])
    return Samples(measured[:, :1], measured[:, 1], ("a",), "P")


def measure_orbit(planet: str, revolutions: int = 12, looks: int = 150) -> tuple[float, float]:
    """(semi-major axis in AU, period in years) of one of `PLANETS`, from its positions over `revolutions`.

    It is looked at `looks` times a revolution. Raises ValueError for another name, or where `ephem` is not installed.
    """
    if planet not in PLANETS:
        raise ValueError(f"planet={planet!r} is unknown; give one of {', '.join(PLANETS)}")
    span = (revolutions + 1) * PLANETS[planet]
    j2000 = 36525.0  # 2000-01-01 12:00 as `ephem` counts days, from noon on 1899-12-31
    days = j2000 + np.linspace(-span / 2, span / 2, (revolutions + 1) * looks)
    longitude, distance = _look(planet, days)
    turned = np.unwrap(longitude)
    turned -= turned[0]
    ends = np.interp(2 * math.pi * np.arange(revolutions + 1), turned, days)
    extent = [_extent(distance[(days >= start) & (days < end)]) for start, end in pairwise(ends)]
    return float(np.mean(extent)), float((ends[-1] - ends[0]) / revolutions / 365.25)


def _look(planet: str, days: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Heliocentric ecliptic longitude (J2000, radians) and distance (AU) on each day."""
    try:
        import ephem
    except ImportError:
        raise ValueError("the planets need the package ephem; install it with: pip install 'pellucid[demo]'") from None
    # what libastro calls the heliocentric longitude of the Sun is the Earth's
    body = ephem.Sun() if planet == "Earth" else getattr(ephem, planet)()
    longitude, distance = np.empty(len(days)), np.empty(len(days))
    for i, day in enumerate(days):
        body.compute(ephem.Date(day))
        place = ephem.Ecliptic(ephem.Ecliptic(body.hlon, body.hlat, epoch=ephem.Date(day)), epoch=ephem.J2000)
        longitude[i] = place.lon
        distance[i] = body.earth_distance if planet == "Earth" else body.sun_distance
    return longitude, distance


def _extent(distance: NDArray[np.float64]) -> float:
    """Half of the least and the greatest distance together, each from a parabola through the three looks about it."""
    return (_peak(distance) - _peak(-distance)) / 2


def _peak(values: NDArray[np.float64]) -> float:
    """The largest value of a smooth curve from equally spaced samples; the ends, where one of them is the largest."""
    at = int(np.argmax(values))
    if at in (0, len(values) - 1):
        return float(values[at])
    before, middle, after = values[at - 1 : at + 2]
    bend = before - 2 * middle + after
    return float(middle - (after - before) ** 2 / (8 * bend)) if bend < 0 else float(middle)

"""The planets, measured from their positions: the law is in them, and nothing put it there."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from pellucid.datasets.planets import PLANETS, measure_orbit, planet_orbits


def test_the_sky_obeys_keplers_third_law():
    pytest.importorskip("ephem")
    samples = planet_orbits()
    assert (samples.names, samples.target, samples.rows) == (("a",), "P", len(PLANETS))
    axis, period = samples.X[:, 0], samples.y
    assert axis[2] == pytest.approx(1, abs=1e-4)
    assert period[2] == pytest.approx(1.0000174, abs=1e-5)  # a sidereal year in years of 365.25 days
    assert np.abs(period / axis**1.5 - 1).max() < 1e-3  # the planets pull at one another and at the Sun


def test_other_names_and_a_missing_package_are_told(monkeypatch):
    with pytest.raises(ValueError, match="planet='Vulcan' is unknown; give one of Mercury"):
        measure_orbit("Vulcan")
    monkeypatch.setitem(sys.modules, "ephem", None)
    with pytest.raises(ValueError, match="need the package ephem; install it with"):
        planet_orbits()

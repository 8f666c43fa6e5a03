"""How much a law changes along simulated orbits."""

import numpy as np
import pytest

pytest.importorskip("flint")

from pellucid.core import Measured
from pellucid.discover.conserved.orbits import drift_claim, integrate_orbits
from pellucid.subjects import Dynamics

KEPLER = Dynamics.parse(
    "x' = a; y' = b; a' = -k*x/(x**2 + y**2)**(3/2); b' = -k*y/(x**2 + y**2)**(3/2)", parameters="k"
)


def test_a_law_that_has_no_real_value_on_the_orbits_has_no_measured_drift():
    orbits = integrate_orbits(KEPLER, 3, np.random.default_rng(0))
    nowhere = drift_claim("sqrt(-1 - x**2)", lambda x, *_: np.sqrt(-1 - x**2), orbits)
    assert (nowhere.strength, nowhere.key) == ("Undecided", "drift")
    assert nowhere.statement == "how much sqrt(-1 - x**2) changes along them"
    somewhere = drift_claim("a*y - b*x", lambda x, y, a, b, k: a * y - b * x, orbits)
    assert isinstance(somewhere, Measured)
    assert somewhere.value < 1e-8

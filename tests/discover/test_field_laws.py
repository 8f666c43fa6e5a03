"""What a field's equations conserve, and when nothing is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core import Undecided
from pellucid.discover import FieldLaws
from pellucid.subjects import FieldGrid


def warmth(a=0.3, c=0.8, noise=0.0, seed=0, times=64, points=72):
    """u_t = a u_xx - c u_x, four waves."""
    t, x = np.linspace(0, 2, times), np.linspace(0, 9, points)
    waves = ((0.4, 1.0), (0.9, 0.7), (1.4, 0.8), (2.1, 0.5))
    u = sum(h * np.exp(-a * k * k * t[:, None]) * np.cos(k * (x - c * t[:, None]) + 3 * k) for k, h in waves)
    return FieldGrid(t, x, [u + noise * u.std() * np.random.default_rng(seed).standard_normal(u.shape)])


def test_laws_of_the_recovered_equations_and_their_scope():
    finding = FieldLaws(order=1, degree=2).explain(warmth(noise=0.01))
    assert finding.artifact.densities == ("u",)
    assert {"equations", "measured", "symmetries"} <= set(finding.parts)
    obeys = finding.claim("obeys")
    assert isinstance(obeys, Undecided)
    assert "no finite data" in obeys.reason


@pytest.mark.parametrize("seed", range(3))
def test_noise_alone_has_no_equation(seed):
    values = np.random.default_rng(seed).standard_normal((1, 60, 70))
    finding = FieldLaws().explain(FieldGrid(np.arange(60.0), np.arange(70.0), values))
    assert finding.artifact.rhs == ("0",)
    assert isinstance(finding.claim("exact"), Undecided)

"""The screened field: its density loses exp(-m z), its flow needs weights, and without a screen it needs none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import kv

from pellucid.generate import ScreenedPoisson, effective_share

DATA = np.array([[-1.0]] * 3 + [[1.0]] * 7)


def share_on_the_right(mass, count=1500):
    points, weights = ScreenedPoisson(mass=mass, steps=150).draw(DATA, count)
    right = points[:, 0] > 0
    return right.mean(), weights[right].sum(), effective_share(weights)


def test_poissons_flow_needs_no_weights():
    plain, weighted, effective = share_on_the_right(0.0)
    assert plain == weighted
    assert plain == pytest.approx(0.7, abs=0.04)
    assert effective == pytest.approx(1)


@pytest.mark.parametrize("mass", [0.3, 1.0])
def test_a_screened_flow_is_biased_without_weights_and_right_with_them(mass):
    count = 1500
    plain, weighted, effective = share_on_the_right(mass, count)
    error = np.sqrt(0.7 * 0.3 / (effective * count))
    assert plain > 0.7 + 0.06
    assert weighted == pytest.approx(0.7, abs=2.5 * error)
    assert effective < 0.5


@pytest.mark.parametrize("columns", [1, 2, 4])
def test_the_field_solves_the_equation(columns):
    """u_zz + Laplacian u = m^2 u by differences, and dx/dz = grad u / u_z."""
    m, n = 1.3, columns + 1
    data = np.random.default_rng(0).normal(size=(3, columns))

    def potential(place):
        radius = np.sqrt(((place[:-1] - data) ** 2).sum(1) + place[-1] ** 2)
        return ((m / radius) ** (n / 2 - 1) * kv(n / 2 - 1, m * radius)).sum()

    place, h = np.append(np.full(columns, 0.4), 0.9), 1e-3
    steps = h * np.eye(n)
    around = [(potential(place + one), potential(place - one)) for one in steps]
    u = potential(place)
    laplacian = sum(a + b - 2 * u for a, b in around) / h**2
    assert laplacian == pytest.approx(m**2 * u, rel=1e-4)
    slope, lost = ScreenedPoisson(mass=m).slope_and_loss(place[None, :-1], place[-1], data)
    gradient = np.array([a - b for a, b in around]) / (2 * h)
    assert slope[0] == pytest.approx(gradient[:-1] / gradient[-1], rel=1e-4)
    assert lost[0] == pytest.approx(-(m**2) * u / gradient[-1] - m, rel=1e-4)


def test_settings_that_are_none_are_refused():
    with pytest.raises(ValueError, match="mass=-1"):
        ScreenedPoisson(mass=-1.0).draw(DATA, 3)

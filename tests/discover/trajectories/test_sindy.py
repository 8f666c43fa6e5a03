"""Equations from noisy trajectories: exact where the data allow it, with uncertainties where they do not."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp

from pellucid.core import Measured
from pellucid.discover.trajectories.coefficient_snapping import equal_groups, simple_fraction
from pellucid.discover.trajectories.sindy import SINDy, positions
from pellucid.discover.trajectories.smoothing import smooth
from pellucid.subjects.equations.trajectories import Trajectories


def simulated(flow, names, starts, duration, count, noise, seed=0):
    generator = np.random.default_rng(seed)
    t = np.sort(generator.uniform(0, duration, count))  # irregular times
    states = [solve_ivp(flow, (0, duration), s, "DOP853", t, rtol=1e-11, atol=1e-12).y.T for s in starts]
    scale = np.concatenate(states).std(0)
    return Trajectories(t, [x + noise * scale * generator.standard_normal(x.shape) for x in states], names)


def predators(noise):
    starts = np.random.default_rng(1).uniform(0.5, 1.6, (8, 2))
    return simulated(lambda t, s: [s[0] * (2 - s[1]) / 2, s[1] * (s[0] - 1)], ("x", "y"), starts, 15, 200, noise)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_predators_and_prey_are_recovered_exactly(noise):
    finding = SINDy().explain(predators(noise))
    x, y = sympy.symbols("x y", real=True)
    assert [sympy.expand(e - r) for e, r in zip(finding.artifact.sympy(), (x - x * y / 2, x * y - y), strict=True)] == [
        0,
        0,
    ]
    assert finding.artifact.misfit < 1.1
    held = [claim for claim in finding.claims if isinstance(claim, Measured) and claim.baseline is not None]
    assert held
    assert all(claim.value < claim.baseline / 5 for claim in held[:2])


def test_a_number_that_is_not_simple_becomes_one_parameter():
    k = 1.2345678
    starts = np.random.default_rng(2).uniform(-1, 1, (8, 4))
    finding = SINDy().explain(
        simulated(lambda t, s: [s[2], s[3], -k * s[0], -k * s[1]], ("x", "y", "a", "b"), starts, 12, 150, 0.02)
    )
    assert finding.artifact.rhs == ("a", "b", "-k1*x", "-k1*y")
    assert abs(finding.artifact.values[0] - k) < 4 * finding.artifact.uncertainties[0] < 0.02
    again = type(finding.artifact).from_dict(finding.artifact.to_dict(), finding.artifact.files())
    assert again == finding.artifact
    assert "def x_rate(x, y, a, b):" in finding.artifact.to_python()


def test_noise_is_told_from_smoothness():
    found = smooth(predators(0.03))
    np.testing.assert_allclose(found.noise / predators(0.03).scale, 0.03, rtol=0.15)
    assert (found.left < found.noise).all()


@pytest.mark.parametrize("count", [4, 5, 6])
def test_runs_of_a_few_samples_are_enough_where_they_are_many(count):
    generator = np.random.default_rng(count)
    t = np.linspace(0.0, 2.0, count)
    starts = generator.uniform(0.2, 4.0, 60)
    grown = [3 / (1 + (3 / start - 1) * np.exp(-0.9 * t)) for start in starts]
    noisy = [(x + 0.02 * generator.standard_normal(count))[:, None] for x in grown]
    found = SINDy().explain(Trajectories(t, noisy, ("N",))).artifact
    N = sympy.Symbol("N", real=True)
    rate = sympy.Poly(found.with_values()[0], N)
    assert rate.monoms() == [(2,), (1,)]
    assert float(rate.coeff_monomial(N)) == pytest.approx(0.9, abs=0.05)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("noise", [0.0, 0.002])
def test_a_variable_may_keep_its_value_along_each_orbit(noise):
    generator = np.random.default_rng(2)
    t = np.linspace(0.0, 12.0, 80)
    orbits = []
    for mass in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0):
        w = np.sqrt(3 / mass)
        x = np.stack([np.cos(w * t + mass), -w * np.sin(w * t + mass)], 1)
        orbits.append(np.hstack([x + noise * generator.standard_normal(x.shape), np.full((80, 1), mass)]))
    found = SINDy().explain(Trajectories(t, orbits, ("x", "v", "m"))).artifact
    assert found.rhs == ("v", "-3*x/m", "0")


def test_numbers_are_simple_only_where_that_is_no_accident():
    assert simple_fraction(0.6667, 1e-4) == sympy.Rational(2, 3)
    assert simple_fraction(0.6667, 0.3) is None
    assert simple_fraction(1.2345, 1e-5) is None
    pattern = equal_groups(np.array([1.0, 2.0, -1.0001]), np.diag([1e-6, 1e-6, 1e-6]))
    assert pattern.tolist() == [[1, 0], [0, 1], [-1, 0]]


PAIR = ("x1", "y1", "x2", "y2", "u1", "v1", "u2", "v2")


def pair_orbits(count, noise=0.0):
    """Two bodies of masses 1 and 2 in the plane, about a centre of mass that moves."""
    generator, t = np.random.default_rng(2), np.linspace(0, 6.0, 160)

    def flow(_, s):
        apart = s[0:2] - s[2:4]
        pull = apart / np.hypot(*apart) ** 3
        return np.concatenate([s[4:], -2 * pull, pull])

    states = []
    for _ in range(count):
        angle, speed = generator.uniform(0, 2 * np.pi), generator.uniform(1.4, 1.9)
        place, pace = np.array([np.cos(angle), np.sin(angle)]), speed * np.array([-np.sin(angle), np.cos(angle)])
        centre, moves = generator.uniform(-0.3, 0.3, (2, 2))
        start = np.concatenate([centre + place * 2 / 3, centre - place / 3, moves + pace * 2 / 3, moves - pace / 3])
        states.append(solve_ivp(flow, (0, t[-1]), start, "DOP853", t, rtol=1e-10, atol=1e-11).y.T)
    scale = np.concatenate(states).std(0)
    return Trajectories(t, [x + noise * scale * generator.standard_normal(x.shape) for x in states], PAIR)


def test_positions_are_what_moves_at_the_rate_of_another():
    assert positions(PAIR, smooth(pair_orbits(4, 0.01))) == PAIR[:4]


@pytest.mark.slow
def test_two_bodies_are_recovered_with_noise():
    found = SINDy(degree=1).explain(pair_orbits(10, 0.01)).artifact
    pull = "((x1 - x2)**2 + (y1 - y2)**2)**(3/2)"
    assert found.rhs == (
        "u1", "v1", "u2", "v2", f"-2*(x1 - x2)/{pull}", f"-2*(y1 - y2)/{pull}", f"(x1 - x2)/{pull}", f"(y1 - y2)/{pull}"
    )  # fmt: skip

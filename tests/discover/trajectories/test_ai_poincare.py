"""How many invariants trajectories have: right where they tell, silent where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.artifacts.laws.empirical_invariants import EmpiricalInvariants
from pellucid.core import Measured, Undecided
from pellucid.discover.trajectories.ai_poincare import AIPoincare
from pellucid.subjects.equations.trajectories import ALONE, Trajectories


def springs(noise=0.0, count=8, duration=15.0, decay=0.0):
    """Isotropic oscillators in the plane."""
    generator, t = np.random.default_rng(0), np.linspace(0, duration, 150)
    states = []
    for z in generator.uniform(-1.5, 1.5, (count, 4)):
        c, s, shrink = np.cos(t)[:, None], np.sin(t)[:, None], np.exp(-decay * t)[:, None]
        states.append(shrink * np.concatenate([z[:2] * c + z[2:] * s, z[2:] * c - z[:2] * s], 1))
    scale = np.concatenate(states).std(0)
    noisy = [x + noise * scale * generator.standard_normal(x.shape) for x in states]
    return Trajectories(t, noisy, ("x", "y", "a", "b"))


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_the_plane_oscillator_has_three(noise):
    found = AIPoincare(steps=0).explain(springs(noise)).artifact
    assert (found.count, found.state_dimension, len(found.expressions)) == (3, 4, 3)
    assert found.low <= found.orbit_dimension <= found.high


def test_drift_is_far_below_that_of_any_variable():
    claims = AIPoincare(steps=0).explain(springs(0.01)).claims
    drifts = [claim for claim in claims if isinstance(claim, Measured) and "held-out" in claim.statement]
    assert len(drifts) == 3
    assert all(claim.baseline is not None and claim.value < claim.baseline / 50 for claim in drifts)


def test_one_orbit_cannot_tell_a_law_from_a_constant():
    finding = AIPoincare().explain(springs(count=1, duration=40.0))
    assert finding.artifact.count is None
    assert finding.artifact.expressions == ()
    assert any(isinstance(claim, Undecided) and claim.reason == ALONE for claim in finding.claims)


def test_orbits_that_do_not_return_leave_the_number_open():
    assert AIPoincare(steps=0).explain(springs(duration=2.0)).artifact.count is None
    assert AIPoincare(steps=0).explain(springs(decay=0.2)).artifact.count is None


def test_networks_where_no_formula_is_allowed_and_they_are_saved():
    t = np.linspace(0, 13, 90)
    circles = Trajectories(
        t, [np.stack([r * np.cos(t), -r * np.sin(t)], 1) for r in np.linspace(0.5, 2, 8)], ("x", "v")
    )
    finding = AIPoincare(basis=("x",), steps=150).explain(circles)
    found = finding.artifact
    assert (found.count, found.expressions, len(found.networks)) == (1, (), 1)
    drift = next(claim for claim in finding.claims if "a network" in claim.statement)
    assert isinstance(drift, Measured)
    assert drift.baseline is not None
    assert drift.value < drift.baseline / 5
    again = EmpiricalInvariants.from_dict(found.to_dict(), found.files())
    assert again == found
    x = circles.x[0]
    np.testing.assert_array_equal(again.numpy()[0](*x.T), found.numpy()[0](*x.T))


def test_orbits_that_run_together_are_told_from_short_ones():
    together = AIPoincare(steps=0).explain(springs(decay=0.2)).claims
    short = AIPoincare(steps=0).explain(springs(duration=2.0)).claims
    reasons = [next(c.reason for c in claims if isinstance(c, Undecided)) for claims in (together, short)]
    assert "run together" in reasons[0]
    assert "run together" not in reasons[1]


def test_orbits_that_have_ended_in_one_point_have_no_invariant():
    assert AIPoincare(steps=0).explain(springs(decay=0.3, duration=40.0)).artifact.count == 0

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from pellucid.artifacts.theories.theories import Branch, Theories
from pellucid.core import Measured, Tested
from pellucid.datasets.mystery_worlds import mystery_world
from pellucid.discover.theories.ai_physicist import AIPhysicist
from pellucid.discover.theories.divide_and_conquer import bits_of_errors, errors_of, refine
from pellucid.discover.theories.theory_unification import fraction_bits, snap_coefficients, unify
from pellucid.subjects.equations.motions import Motion


def halves(rows=400, noise=0.0):
    generator = np.random.default_rng(0)
    x, v = generator.uniform(-1, 1, (2, rows, 1))
    return Motion(x, v, np.where(x < 0, -2.0 - x / 3, 0.5 * v) + noise * generator.normal(size=x.shape))


@pytest.mark.parametrize("seed", [0, 1])
def test_a_mystery_world_is_solved(seed):
    world = mystery_world(seed)
    finding = AIPhysicist().explain(world.motion)
    numbers = finding.artifact.numbers()
    apart = np.abs(numbers[:, None] - world.laws).max((2, 3))
    assert len(numbers) == 4
    assert apart.min(0).max() < 1e-12
    seen = world.quarter >= 0
    right = finding.artifact.domain(world.motion.x)[seen] == apart.argmin(0)[world.quarter[seen]]
    assert right.mean() > 0.99
    tested, _, error = finding.claims[:3]
    assert isinstance(tested, Tested)
    assert tested.failures <= (world.quarter < 0).mean() * tested.cases * 2 + 5
    assert isinstance(error, Measured)
    assert error.baseline is not None
    assert error.value < 1e-9 < error.baseline


def test_noise_leaves_the_laws():
    found = AIPhysicist().explain(halves(noise=1e-4)).artifact
    assert set(found.laws) == {(("-2", "-1/3", "0"),), (("0", "0", "1/2"),)}


def test_theories_can_be_asked_and_saved():
    found = AIPhysicist().explain(halves(), seed=3).artifact
    assert Theories.from_dict(found.to_dict(), found.files()) == found
    np.testing.assert_allclose(found([[-0.6, 0.3], [0.6, 0.3]]), [[-1.8], [0.15]])
    with pytest.raises(ValueError, match="theories that are none"):
        Theories(("x",), ((("0", "0", "0"),),), (Branch(theory=1),))
    with pytest.raises(ValueError, match="rows of 3 coefficients"):
        Theories(("x",), ((("0", "0"),),))


def test_the_generalised_mean_lets_theories_specialise():
    motion = halves()
    features = np.column_stack([np.ones(motion.rows), motion.x, motion.v])
    start = np.array([[[-1.5, 0.0, 0.0]], [[0.0, 0.0, 0.3]], [[5.0, 0.0, 0.0]]])
    laws = refine(features, motion.a, start, 1e-3, 30)
    assert len(laws) == 2  # the third does not pay for itself
    assert bits_of_errors(errors_of(features, motion.a, laws), 1e-3).min(1).max() < 1e-3


def test_occam_takes_the_shorter_number():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(50, 2))
    law = snap_coefficients(features, (features @ [0.5, 0.123456789])[:, None], 1e-9)
    assert law[0][0] == "1/2"
    assert "." in law[0][1]
    assert fraction_bits(Fraction(0)) == 0


def test_parameters_that_agree_are_shared():
    fields = [(("0", "0", "0", "0", b), ("0", "0", "0", f"-{b}", "0")) for b in ("1/2", "3")]
    (master,) = unify(fields, ("x", "y"))
    assert master.equations == ("a_x = p1*v_y", "a_y = -p1*v_x")
    assert master.cases == ((0, ("1/2",)), (1, ("3",)))


def test_bad_input():
    motion = halves(40)
    with pytest.raises(ValueError, match="leave it out"):
        AIPhysicist().explain(Motion(motion.x, motion.v, motion.a, t=np.arange(40.0)))
    with pytest.raises(ValueError, match="at least one of each"):
        AIPhysicist(theories=0).explain(motion)
    with pytest.raises(ValueError, match="too few"):
        AIPhysicist().explain(halves(12))


@pytest.mark.slow
def test_forty_mystery_worlds():
    exact = 0
    for seed in range(40):
        world = mystery_world(seed)
        numbers = AIPhysicist().explain(world.motion).artifact.numbers()
        exact += int((np.abs(numbers[:, None] - world.laws).max((2, 3)).min(0) < 1e-12).sum())
    assert exact >= 156

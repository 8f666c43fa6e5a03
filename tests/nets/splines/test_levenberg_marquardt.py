"""The descent: never up, and at the bottom of what is linear."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.nets.splines.jacobian import Rows
from pellucid.nets.splines.levenberg_marquardt import Descent, descend


class Bent:
    """r(p) = A p + bend (A p)^2 - y, with a dense Jacobian."""

    def __init__(self, seed, bend):
        generator = np.random.default_rng(seed)
        self.A, self.y, self.bend = generator.normal(size=(12, 3)), generator.normal(size=12), bend

    def residuals(self, p):
        inner = self.A @ p
        return inner + self.bend * inner**2 - self.y, inner

    def jacobian(self, inner):
        entries = self.A * (1 + 2 * self.bend * inner)[:, None]
        return Rows(np.broadcast_to(np.arange(3), entries.shape), entries, 3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), bend=st.floats(0, 0.5), dense_size=st.sampled_from([0, 1500]))
def test_the_mean_square_never_rises(seed, bend, dense_size):
    ended = descend(Bent(seed, bend), np.zeros(3), Descent(steps=20, dense_size=dense_size))
    assert all(after <= before for before, after in zip(ended.history, ended.history[1:], strict=False))
    assert ended.mean_square == ended.history[-1]


@pytest.mark.parametrize("dense_size", [0, 1500])
def test_a_linear_problem_ends_at_least_squares(dense_size):
    problem = Bent(0, 0.0)
    ended = descend(problem, np.zeros(3), Descent(steps=60, tolerance=1e-14, dense_size=dense_size))
    assert np.allclose(ended.parameters, np.linalg.lstsq(problem.A, problem.y, rcond=None)[0], atol=1e-6)


def test_a_start_that_is_good_enough_is_left_alone():
    problem = Bent(1, 0.0)
    start = np.linalg.lstsq(problem.A, problem.y, rcond=None)[0]
    ended = descend(problem, start, Descent(target=1e3))
    assert ended.parameters is start
    assert len(ended.history) == 1

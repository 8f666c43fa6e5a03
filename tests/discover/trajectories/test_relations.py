"""Combinations of variables that are constant."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pellucid.discover.trajectories.relations import find_relations


@given(st.tuples(*[st.integers(1, 4)] * 3), st.integers(0, 1000), st.booleans(), st.sampled_from([0.0, 0.01]))
def test_a_linear_relation_is_found_with_its_numbers(weights, seed, everywhere, noise):
    generator = np.random.default_rng(seed)
    states = []
    for level in (6.0,) * 6 if everywhere else np.linspace(4, 9, 6):
        x = np.cumsum(0.1 * generator.standard_normal((80, 3)), 0)
        x[:, 2] = (level - x[:, 0] * weights[0] - x[:, 1] * weights[1]) / weights[2]
        states.append(x)
    scale = np.concatenate(states).std(0)
    noisy = [x + noise * scale * generator.standard_normal(x.shape) for x in states]
    found = [one for one in find_relations(("a", "b", "c"), noisy, noise * scale + 1e-12) if one.weights is not None]
    assert len(found) == 1
    assert found[0].everywhere == everywhere
    own = found[0].weights
    assert own is not None
    ratio = own / own[0] * weights[0]
    np.testing.assert_allclose(ratio, weights, rtol=0.03 if noise else 1e-6)


@given(st.integers(0, 1000))
def test_no_relation_is_found_among_unrelated_variables(seed):
    generator = np.random.default_rng(seed)
    states = [generator.uniform(-1, 1, (60, 3)) for _ in range(5)]
    assert find_relations(("a", "b", "c"), states, np.full(3, 0.02)) == ()

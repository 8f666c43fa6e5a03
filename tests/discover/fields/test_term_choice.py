"""The set of terms with the shortest description, against all sets there are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.discover.fields.term_choice import Normal, choose_terms
from pellucid.discover.trajectories.weak_form import price


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_no_set_of_terms_has_a_shorter_description(seed, terms):
    generator = np.random.default_rng(seed)
    columns = generator.standard_normal((40, terms)) + generator.standard_normal((40, 1))
    left = columns @ (generator.standard_normal(terms) * (generator.random(terms) < 0.5))
    left += generator.standard_normal(40)
    ranked = choose_terms(Normal.of(columns, left))
    assert [one.score for one in ranked] == sorted(one.score for one in ranked)
    rest = ((left - columns @ np.linalg.lstsq(columns, left, rcond=None)[0]) ** 2).sum()
    unit = max(1.0, rest / (40 - terms))

    def score(chosen):
        values = np.linalg.lstsq(columns[:, chosen], left, rcond=None)[0]
        return ((left - columns[:, chosen] @ values) ** 2).sum() / unit + price(40, terms) * len(chosen)

    every = [list(chosen) for size in range(1, terms + 1) for chosen in combinations(range(terms), size)]
    best = min([*map(score, every), (left**2).sum() / unit])
    np.testing.assert_allclose(ranked[0].score, best, rtol=1e-9)
    assert {one.chosen for one in ranked} == {(), *map(tuple, every)}  # a beam of 40 holds all sets of a size


def test_coefficients_of_a_set_are_those_of_least_squares():
    generator = np.random.default_rng(3)
    columns, left = generator.standard_normal((30, 4)), generator.standard_normal(30)
    expected = np.linalg.lstsq(columns[:, [0, 2]], left, rcond=None)[0]
    np.testing.assert_allclose(Normal.of(columns, left).solve((0, 2)), expected, rtol=1e-9)

"""Positive solutions and rising combinations against each other."""

from __future__ import annotations

from hypothesis import given
from random_networks import networks

from pellucid.algebra.networks.alternatives import (
    is_positive_solution,
    is_rising,
    positive_solution,
    rising_combination,
)


@given(networks())
def test_one_of_two_alternatives_holds(network):
    for rows in (network.matrix, tuple(zip(*network.matrix, strict=True))):
        positive, rising = positive_solution(rows), rising_combination(rows)
        assert (positive is None) != (rising is None)
        assert positive is None or is_positive_solution(positive, rows)
        assert rising is None or is_rising(rising, rows)

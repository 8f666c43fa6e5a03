"""Siphons against every set of species."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from random_networks import networks, ring_of_pairs

from pellucid.algebra.networks.siphons import (
    SiphonEffort,
    TooMany,
    is_minimal,
    is_siphon,
    minimal_siphons,
    missing_siphon,
)


@given(networks(6, 8))
def test_siphons_are_those_of_all_sets(network):
    sets = [c for n in range(1, network.size + 1) for c in itertools.combinations(range(network.size), n)]
    siphons = [set(c) for c in sets if is_siphon(network, c)]
    least = {tuple(sorted(a)) for a in siphons if not any(b < a for b in siphons)}
    assert set(minimal_siphons(network) or ()) == least
    assert missing_siphon(network, sorted(least)) is None
    assert all(is_minimal(network, c) == (tuple(c) in least) for c in sets)
    for one in least:
        other = missing_siphon(network, sorted(least - {one}))
        assert other is not None
        assert is_siphon(network, other)


def test_a_search_that_is_too_long_is_said():
    ring = ring_of_pairs(12)
    assert minimal_siphons(ring, SiphonEffort(most_steps=200)) is None
    with pytest.raises(TooMany):
        missing_siphon(ring, [(0,)] + [(i,) for i in range(2, 24)], SiphonEffort(most_steps=0))

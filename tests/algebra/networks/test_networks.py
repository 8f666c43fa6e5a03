"""Totals against sympy's null space, siphons against every set of species, positive solutions against each other."""

from __future__ import annotations

import itertools

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from pellucid.algebra.networks.alternatives import (
    is_positive_solution,
    is_rising,
    positive_solution,
    rising_combination,
)
from pellucid.algebra.networks.semiflows import annihilates, minimal_semiflows, total_basis
from pellucid.algebra.networks.siphons import (
    SiphonEffort,
    TooMany,
    is_minimal,
    is_siphon,
    minimal_siphons,
    missing_siphon,
)
from pellucid.algebra.networks.stoichiometry import Stoichiometry, rank_of


@st.composite
def networks(draw, most_species=5, most_reactions=6):
    size = draw(st.integers(1, most_species))
    side = st.lists(st.sampled_from([0, 0, 1, 1, 2]), min_size=size, max_size=size).map(tuple)
    pairs = draw(st.lists(st.tuples(side, side), min_size=1, max_size=most_reactions))
    pairs = [(a, b) for a, b in pairs if a != b]
    assume(pairs)
    return Stoichiometry(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


@given(networks())
def test_totals_span_the_left_null_space(network):
    semiflows = minimal_semiflows(network.matrix) or ()
    totals = total_basis(network.matrix, semiflows)
    known = sympy.Matrix(network.matrix).T.nullspace()
    assert len(totals) == len(known) == network.size - network.rank
    assert all(annihilates(y, network.matrix) for y in (*totals, *semiflows))
    assert rank_of([*totals, *(_whole(v) for v in known)]) == len(totals)


@given(networks(4, 5))
def test_semiflows_are_all_supports_that_are_least(network):
    """A set of species is a least support where its rows have one null vector, and that is positive."""
    found = minimal_semiflows(network.matrix) or ()
    supports = set()
    for count in range(1, network.size + 1):
        for chosen in itertools.combinations(range(network.size), count):
            rows = sympy.Matrix([network.matrix[i] for i in chosen])
            kernel = rows.T.nullspace()
            if len(kernel) == 1 and (all(v > 0 for v in kernel[0]) or all(v < 0 for v in kernel[0])):
                supports.add(chosen)
    assert {tuple(i for i, n in enumerate(y) if n) for y in found} == supports
    assert all(min(y) >= 0 for y in found)


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


@given(networks())
def test_one_of_two_alternatives_holds(network):
    for rows in (network.matrix, tuple(zip(*network.matrix, strict=True))):
        positive, rising = positive_solution(rows), rising_combination(rows)
        assert (positive is None) != (rising is None)
        assert positive is None or is_positive_solution(positive, rows)
        assert rising is None or is_rising(rising, rows)


@given(networks())
def test_deficiency_is_never_negative_and_splits(network):
    assert network.deficiency >= sum(network.class_deficiencies) >= 0
    assert network.weakly_reversible == (len(network.terminal_classes) == len(network.strong_classes))


def test_what_is_too_long_is_said():
    """A ring of twelve pairs: one of each pair is a siphon, and a total, which makes 2**12."""
    pairs = [(2 * i, 2 * i + 1) for i in range(12)]
    every = tuple(tuple(int(i in pair) for i in range(24)) for pair in pairs)
    ring = Stoichiometry(every, every[1:] + every[:1])
    assert minimal_siphons(ring, SiphonEffort(most_steps=200)) is None
    with pytest.raises(TooMany):
        missing_siphon(ring, [(0,)] + [(i,) for i in range(2, 24)], SiphonEffort(most_steps=0))
    assert minimal_semiflows(ring.matrix) is None
    assert len(total_basis(ring.matrix, ())) == 24 - ring.rank


def _whole(vector):
    scale = sympy.ilcm(*(v.q for v in vector))
    return [int(v * scale) for v in vector]

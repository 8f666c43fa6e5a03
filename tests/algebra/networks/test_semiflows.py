"""Totals and semiflows against sympy's null space, and against every set of species."""

from __future__ import annotations

import itertools

import sympy
from hypothesis import given
from random_networks import networks, ring_of_pairs

from pellucid.algebra.networks.semiflows import annihilates, minimal_semiflows, total_basis
from pellucid.algebra.networks.stoichiometry import rank_of


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


@given(networks())
def test_other_totals_have_no_more_negative_numbers_than_positive_ones(network):
    for total in total_basis(network.matrix, ()):
        assert sum(n > 0 for n in total) >= sum(n < 0 for n in total)


def test_a_list_that_is_too_long_is_none_and_a_basis_is_not():
    ring = ring_of_pairs(12)
    assert minimal_semiflows(ring.matrix) is None
    assert len(total_basis(ring.matrix, ())) == 24 - ring.rank


def _whole(vector):
    scale = sympy.ilcm(*(v.q for v in vector))
    return [int(v * scale) for v in vector]

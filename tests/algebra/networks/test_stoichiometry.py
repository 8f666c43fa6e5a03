"""Deficiency and classes of random networks, species that are robust, and sides that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from random_networks import networks

from pellucid.algebra.networks.stoichiometry import Stoichiometry


@given(networks())
def test_deficiency_is_never_negative_and_splits(network):
    assert network.deficiency >= sum(network.class_deficiencies) >= 0
    assert network.weakly_reversible == (len(network.terminal_classes) == len(network.strong_classes))


def test_a_species_in_which_alone_two_open_complexes_differ_is_robust():
    """A + B -> 2 B, B -> A (Shinar and Feinberg, Science 327, 1389, 2010): A + B and B are in no terminal class."""
    assert Stoichiometry(((1, 1), (0, 1)), ((0, 2), (1, 0))).robust == (0,)
    assert Stoichiometry(((1, 0), (0, 1)), ((0, 1), (1, 0))).robust == ()


@pytest.mark.parametrize(
    ("reactants", "products", "told"),
    [
        ((), (), "give both for each reaction"),
        (((1, 0),), ((0, 1), (1, 0)), "give both for each reaction"),
        (((1, 0),), ((0, 1, 0),), "give both for each reaction"),
        (((1, -1),), ((0, 1),), "negative number of a species"),
        (((1, 0), (1, 1)), ((0, 1), (1, 1)), "same on both sides"),
    ],
)
def test_what_are_no_sides_of_reactions_is_refused(reactants, products, told):
    with pytest.raises(ValueError, match=told):
        Stoichiometry(reactants, products)

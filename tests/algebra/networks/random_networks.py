"""Small reaction networks, drawn at random: what several files here try their statements on."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from pellucid.algebra.networks.stoichiometry import Stoichiometry


@st.composite
def networks(draw, most_species=5, most_reactions=6):
    size = draw(st.integers(1, most_species))
    side = st.lists(st.sampled_from([0, 0, 1, 1, 2]), min_size=size, max_size=size).map(tuple)
    pairs = draw(st.lists(st.tuples(side, side), min_size=1, max_size=most_reactions))
    pairs = [(a, b) for a, b in pairs if a != b]
    assume(pairs)
    return Stoichiometry(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def ring_of_pairs(count):
    """Each reaction turns one pair of species into the next: one of each pair is a siphon, and a total: 2**count."""
    pairs = [(2 * i, 2 * i + 1) for i in range(count)]
    every = tuple(tuple(int(i in pair) for i in range(2 * count)) for pair in pairs)
    return Stoichiometry(every, every[1:] + every[:1])

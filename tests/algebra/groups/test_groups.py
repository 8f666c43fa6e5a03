"""Groups from their tables, against tables made of permutations, and characters against what books say."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.groups.characters import character_table, class_constants
from pellucid.algebra.groups.finite_group import FiniteGroup, NoGroup, group_behind


def of_permutations(*generators):
    """The table of the group that permutations generate."""
    found, new = {tuple(range(len(generators[0])))}, [tuple(range(len(generators[0])))]
    while new:
        new = [t for s in new for g in generators if (t := tuple(s[i] for i in g)) not in found and not found.add(t)]
    number = {p: k for k, p in enumerate(sorted(found))}
    return np.array([[number[tuple(p[i] for i in q)] for q in sorted(found)] for p in sorted(found)])


GROUPS = {
    "Z_6": of_permutations((1, 2, 0, 3, 4), (0, 1, 2, 4, 3)),
    "Z_2 x Z_2": of_permutations((1, 0, 2, 3), (0, 1, 3, 2)),
    "Z_2 x Z_4": of_permutations((1, 2, 3, 0, 4, 5), (0, 1, 2, 3, 5, 4)),
    "D_3": of_permutations((1, 0, 2), (1, 2, 0)),
    "D_4": of_permutations((1, 2, 3, 0), (0, 3, 2, 1)),
    "Q_8": of_permutations((1, 2, 3, 0, 5, 6, 7, 4), (4, 7, 6, 5, 2, 1, 0, 3)),
    "A_4": of_permutations((1, 2, 0, 3), (1, 0, 3, 2)),
    "S_4": of_permutations((1, 2, 3, 0), (1, 0, 2, 3)),
    "A_5": of_permutations((1, 2, 0, 3, 4), (0, 1, 3, 4, 2)),
}
DEGREES = {
    "D_3": [1, 1, 2],
    "Q_8": [1, 1, 1, 1, 2],
    "A_4": [1, 1, 1, 3],
    "S_4": [1, 1, 2, 3, 3],
    "A_5": [1, 3, 3, 4, 5],
}


@pytest.mark.parametrize("name", GROUPS)
def test_names(name):
    assert FiniteGroup(GROUPS[name]).name == name


@pytest.mark.parametrize("name", DEGREES)
def test_degrees_are_those_of_books(name):
    assert character_table(FiniteGroup(GROUPS[name])).degrees.tolist() == DEGREES[name]


@pytest.mark.parametrize("name", GROUPS)
def test_characters_are_orthogonal_and_multiply_as_the_class_algebra(name):
    group = FiniteGroup(GROUPS[name])
    table = character_table(group)
    chi = table.values
    assert np.abs(chi @ chi.conj().T / group.order - np.eye(len(chi))).max() < 1e-12
    first = np.unique(group.class_of, return_index=True)[1]
    omega = chi[:, first] * np.bincount(group.class_of) / table.degrees[:, None]
    products = np.einsum("ri,rj->rij", omega, omega)
    assert np.abs(products - np.einsum("ijl,rl->rij", class_constants(group), omega)).max() < 1e-9


def test_the_golden_ratio_is_in_the_alternating_group():
    values = character_table(FiniteGroup(GROUPS["A_5"])).values.real
    assert np.isclose(values, (1 + 5**0.5) / 2).any()


@given(st.integers(2, 12), st.randoms(use_true_random=False), st.booleans())
def test_a_group_is_found_under_other_names(size, random, other_rows):
    """Whatever the symbols are called, and with rows and columns called otherwise than answers."""
    names = [random.sample(range(size), size) for _ in range(3)]
    if not other_rows:
        names = [names[0]] * 3
    a, b = np.meshgrid(range(size), range(size), indexing="ij")
    table = np.empty((size, size), int)
    table[np.array(names[0])[a], np.array(names[1])[b]] = np.array(names[2])[(a + b) % size]
    behind = group_behind(table)
    assert behind.group.name == f"Z_{size}"
    assert np.array_equal(behind.group.table[behind.left[:, None], behind.right], table)


@given(st.integers(0, 23), st.integers(0, 23), st.integers(1, 23))
def test_one_wrong_product_is_seen(a, b, by):
    table = GROUPS["S_4"].copy()
    table[a, b] = (table[a, b] + by) % 24
    with pytest.raises(NoGroup, match="both give"):
        group_behind(table)


def test_a_latin_square_that_is_no_group():
    """Two rows of Z_2 x Z_4's table exchanged in part: still a Latin square, of no group."""
    table = (np.arange(6)[:, None] + np.arange(6)) % 6
    table[np.ix_([0, 3], [1, 4])] = table[np.ix_([0, 3], [4, 1])]
    with pytest.raises(NoGroup, match=r"\("):
        group_behind(table)


def test_classes_of_permutations():
    group = FiniteGroup(GROUPS["S_4"])
    assert sorted(np.bincount(group.class_of).tolist()) == [1, 3, 6, 6, 8]
    assert group.exponent == 12
    assert [len(set(pair)) for pair in itertools.pairwise(group.powers[:2, group.identity])] == [1]

"""The signs of a determinant's minors against the determinant itself."""

import time

import numpy as np
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pellucid.algebra.networks.injectivity import is_injective
from pellucid.algebra.networks.semiflows import total_basis
from pellucid.algebra.networks.stoichiometry import Stoichiometry, first_independent

SIDES = st.lists(st.sampled_from([0, 0, 1, 1, 2]), min_size=3, max_size=3).map(tuple)


@settings(max_examples=40)
@given(st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=4))
def test_minors_have_the_signs_of_the_determinant(pairs):
    pairs = [(a, b) for a, b in pairs if a != b]
    assume(pairs)
    network = Stoichiometry(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))
    m, d = sympy.symbols(f"m:{len(pairs)}"), sympy.symbols("d:3")
    slopes = [
        [sum(network.matrix[i][r] * m[r] * network.reactants[r][j] * d[j] for r in range(len(pairs))) for j in range(3)]
        for i in first_independent(network.matrix)
    ]
    rows = [list(y) for y in total_basis(network.matrix, ())]
    determinant = sympy.expand(sympy.Matrix([*rows, *slopes]).det())
    coefficients = sympy.Poly(determinant, *m, *d).coeffs() if determinant != 0 else [0]
    assert is_injective(network) == (all(c > 0 for c in coefficients) or all(c < 0 for c in coefficients))


def test_what_takes_too_long_is_not_decided():
    assert is_injective(Stoichiometry(((1, 0), (0, 1)), ((0, 1), (1, 0))), most_minors=1) is None


def test_many_steps_to_few_minors_are_not_taken():
    size = 40  # one total and the sum of all: two choices of reactions, and as many minors as choices of species
    pairs = [
        (tuple(int(i == j) for i in range(size)), tuple(int(i == j + 1) for i in range(size))) for j in range(size - 1)
    ]
    network = Stoichiometry(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))
    assert is_injective(network) is True
    assert is_injective(network, most_steps=50) is None


def test_many_totals_of_many_species_end_in_time():
    start = time.process_time()
    left, right = (tuple(map(tuple, np.random.default_rng(k).integers(0, 3, (6, 22)).tolist())) for k in (0, 1))
    assert is_injective(Stoichiometry(left, right)) is None
    assert time.process_time() - start < 20

"""The signs of a determinant's minors against the determinant itself."""

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

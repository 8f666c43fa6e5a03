from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("flint")

from pellucid.algebra.finite_field import PRIME, fraction, inverse, null_space, power, rank, residue, square_root


@given(st.integers(-30_000, 30_000), st.integers(1, 30_000))
def test_fractions_come_back(numerator, denominator):
    value = Fraction(numerator, denominator)
    assert fraction(residue(value)) == value


def test_a_random_residue_is_no_small_fraction():
    found = [fraction(int(r)) for r in np.random.default_rng(0).integers(0, PRIME, 100)]
    assert all(f is None or abs(f.numerator) > 1000 or f.denominator > 1000 for f in found)


def test_the_null_space_is_all_of_it():
    generator = np.random.default_rng(0)
    left, right = generator.integers(0, PRIME, (20, 4)), generator.integers(0, 100, (4, 12))
    matrix = ((left[:, :, None].astype(object) * right).sum(1) % PRIME).astype(np.int64)
    basis = null_space(matrix)
    assert basis.shape == (8, 12)
    assert rank(basis) == 8
    assert rank(matrix) == 4
    assert not np.any(matrix.astype(object) @ basis.T.astype(object) % PRIME)


def test_empty_matrices_have_null_spaces():
    assert null_space(np.zeros((0, 3), dtype=np.int64)).tolist() == np.eye(3).tolist()
    assert rank(np.zeros((0, 3), dtype=np.int64)) == 0


def test_roots_and_inverses():
    values = np.random.default_rng(0).integers(1, PRIME, 200)
    assert (values * inverse(values) % PRIME == 1).all()
    assert (power(values, -2) * values % PRIME * values % PRIME == 1).all()
    roots, square = square_root(values)
    assert 60 < square.sum() < 140
    assert (roots[square] * roots[square] % PRIME == values[square]).all()
    with pytest.raises(ZeroDivisionError):
        residue(Fraction(1, PRIME))

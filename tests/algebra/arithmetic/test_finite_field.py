from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("flint")

from flint import nmod_mat, nmod_poly

from pellucid.algebra.arithmetic.finite_field import (
    PRIME,
    determinants,
    folded,
    fraction,
    inverse,
    null_space,
    power,
    product,
    rank,
    residue,
    square_root,
    zeros,
)


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


@pytest.mark.parametrize("size", [1, 2, 7, 20])
def test_determinants_are_those_of_flint(size: int) -> None:
    rng = np.random.default_rng(size)
    tables = rng.integers(0, PRIME, (9, size, size))
    tables[1] = 0
    tables[2, :, 0] = 0
    tables[3, 0] = tables[3, -1]
    tables[4, 0, 0] = 0  # the first pivot is missing, the determinant is not
    tables[5] = PRIME - 1
    expected = [int(nmod_mat(size, size, t.ravel().tolist(), PRIME).det()) for t in tables]
    assert determinants(tables).tolist() == expected


def test_no_matrices_have_no_determinants() -> None:
    assert determinants(np.zeros((0, 3, 3), dtype=np.int64)).tolist() == []


@given(st.lists(st.integers(0, PRIME - 1), max_size=5), st.booleans())
def test_zeros_are_those_that_were_put_in(roots: list[int], more: bool) -> None:
    polynomial = nmod_poly([1], PRIME)
    for root in roots:
        polynomial *= nmod_poly([-root % PRIME, 1], PRIME)
    if more:
        polynomial *= nmod_poly([1, 0, 1], PRIME)  # -1 is no square modulo 3 mod 4
    assert sorted(zeros(polynomial)) == sorted(set(roots))


def test_the_zero_polynomial_has_no_list_of_zeros() -> None:
    assert zeros(nmod_poly([0], PRIME)) == []


@given(st.integers(0, 2**62 - 1))
def test_folding_keeps_residues(value: int) -> None:
    once = folded(np.array([value]))
    assert 0 <= once[0] < 2**32
    assert once[0] % PRIME == value % PRIME


@pytest.mark.parametrize("inner", [1, 64, 65, 200])
def test_products_are_exact_where_residues_are_largest(inner: int) -> None:
    left, right = np.full((2, 3, inner), PRIME - 1), np.full((inner, 2), PRIME - 1)
    left[1] = np.random.default_rng(inner).integers(0, PRIME, (3, inner))
    expected = np.array([(m.astype(object) @ right.astype(object)) % PRIME for m in left])
    assert product(left, right).tolist() == expected.tolist()
    assert product(right.T, left.transpose(0, 2, 1)).tolist() == expected.transpose(0, 2, 1).tolist()

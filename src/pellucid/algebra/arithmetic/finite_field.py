"""Linear algebra over the integers modulo a prime, and the way back to fractions.

A rank modulo p is never above the rank over the rationals, and a null space found modulo p becomes one over the
rationals by reconstruction and an exact check: fast where it may be wrong, exact where it counts. Elimination is
FLINT's, O(n^3) with fast multiplication.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from flint import nmod_mat, nmod_poly
from numpy.typing import NDArray

PRIME = 2**31 - 1
"""Products of two residues fit into 63 bits; 3 modulo 4, so that square roots are powers."""

Residues = NDArray[np.int64]


def rank(matrix: Residues, prime: int = PRIME) -> int:
    """The rank of a matrix of residues.

    matrix (rows, columns).

    >>> rank(np.array([[1, 2], [2, 4]]))
    1
    """
    rows, columns = matrix.shape
    return 0 if 0 in (rows, columns) else int(_flint(matrix, prime).rank())


def null_space(matrix: Residues, prime: int = PRIME) -> Residues:
    """A basis of {v : matrix v = 0} as rows, each 1 at one free column and 0 at the other free columns.

    matrix (rows, columns) gives (vectors, columns).

    >>> null_space(np.array([[1, 1, 0]])).tolist()
    [[2147483646, 1, 0], [0, 0, 1]]
    """
    rows, columns = matrix.shape
    if rows == 0 or columns == 0:
        return np.eye(columns, dtype=np.int64)
    reduced, size = _flint(matrix, prime).rref()
    echelon = np.array(reduced.tolist()[:size], dtype=object).astype(np.int64).reshape(size, columns)
    pivots = [int(np.flatnonzero(row)[0]) for row in echelon]
    free = np.setdiff1d(np.arange(columns), pivots)
    basis = np.zeros((len(free), columns), dtype=np.int64)
    basis[np.arange(len(free)), free] = 1
    if pivots:
        basis[:, pivots] = (-echelon[:, free].T) % prime
    return basis


def independent_columns(matrix: Residues, prime: int = PRIME) -> NDArray[np.int64]:
    """The places of the columns that are no combinations of earlier ones.

    matrix (rows, columns); the result has shape (rank,).

    >>> independent_columns(np.array([[1, 2, 0, 1], [0, 0, 1, 1]])).tolist()
    [0, 2]
    """
    dependent = [int(np.flatnonzero(row)[-1]) for row in null_space(matrix, prime)]
    return np.setdiff1d(np.arange(matrix.shape[1]), dependent)


def determinants(matrices: Residues) -> Residues:
    """The determinant of each matrix modulo `PRIME`, all at once: several times as quick as one after the other.

    matrices (matrices, rows, rows); the result has shape (matrices,).

    >>> determinants(np.array([[[1, 2], [3, 4]], [[0, 1], [1, 0]]])).tolist() == [PRIME - 2, PRIME - 1]
    True
    """
    left = np.ascontiguousarray(matrices.transpose(1, 2, 0)) % PRIME
    found = np.ones(left.shape[2], dtype=np.int64)
    stuck = np.zeros(left.shape[2], dtype=np.bool_)
    for k in range(len(left)):
        pivot, row = left[k, k] % PRIME, left[k, k + 1 :] % PRIME
        stuck |= pivot == 0
        found = found * pivot % PRIME
        factors = left[k + 1 :, k] % PRIME * inverse(pivot) % PRIME
        for factor, other in zip(factors, left[k + 1 :, k + 1 :], strict=True):
            other -= folded(factor * row)
            other[:] = folded(other)
    for i in np.flatnonzero(stuck):
        found[i] = int(_flint(matrices[i], PRIME).det())
    return found


def product(left: Residues, right: Residues) -> Residues:
    """The matrix product modulo `PRIME` of matrices, or of as many matrices as one side has, by floating-point numbers.

    left (..., rows, inner), right (..., inner, columns). One side is cut into halves of 16 bits, the inner length into
    pieces of 64, so that no sum is over 2^53.

    >>> product(np.array([[PRIME - 1, 2]]), np.array([[3], [4]])).tolist()
    [[5]]
    """
    total: Any = 0
    for start in range(0, left.shape[-1], 64):
        a = (left[..., start : start + 64] % PRIME).astype(np.float64)
        b = right[..., start : start + 64, :] % PRIME
        high, low = (a @ part.astype(np.float64) for part in (b >> 16, b & 0xFFFF))
        total = (total + high.astype(np.int64) % PRIME * 2**16 + low.astype(np.int64)) % PRIME
    return total


def folded(values: Residues) -> Residues:
    """Smaller numbers with the same residues modulo `PRIME`, without a division: what is over 2^31 is added.

    Any shape; from 62 bits below 2^32, and from 0 to `PRIME` where they start within a few of it.

    >>> (folded(np.array([5 * PRIME + 3, -1])) % PRIME).tolist() == [3, PRIME - 1]
    True
    """
    return (values & PRIME) + (values >> 31)


def zeros(polynomial: nmod_poly) -> list[int]:
    """The residues at which a polynomial over the residues is 0, each once.

    They are the zeros of gcd(f, x^p - x), which is of their number's degree: quicker than factors of f.

    >>> sorted(zeros(nmod_poly([6, PRIME - 5, 1], PRIME)))
    [2, 3]
    """
    if polynomial.degree() < 1:
        return []
    prime = int(polynomial.modulus())
    x = nmod_poly([0, 1], prime)
    rest = (x.pow_mod(prime, polynomial) - x) if polynomial.degree() > 1 else nmod_poly([0], prime)
    return [int(root) for root, _ in polynomial.gcd(rest).roots()]


def power(base: Residues, exponent: int, prime: int = PRIME) -> Residues:
    """base ** exponent, elementwise; a negative exponent inverts (and 0 stays 0).

    Any shape.

    >>> power(np.array([3, 5]), 2).tolist()
    [9, 25]
    """
    exponent %= prime - 1
    result, square = np.ones_like(base), base % prime
    while exponent:
        if exponent & 1:
            result = result * square % prime
        square = square * square % prime
        exponent >>= 1
    return result


def inverse(value: Residues, prime: int = PRIME) -> Residues:
    """1 / value, elementwise; 0 where value is 0.

    Any shape.

    >>> (inverse(np.array([2, 0])) * 2 % PRIME).tolist()
    [1, 0]
    """
    return power(value, prime - 2, prime)


def square_root(value: Residues, prime: int = PRIME) -> tuple[Residues, NDArray[np.bool_]]:
    """A square root where there is one, and where that is. The prime must be 3 modulo 4.

    Any shape.

    >>> root, square = square_root(np.array([4, 9]))
    >>> (root * root % PRIME).tolist(), square.tolist()
    ([4, 9], [True, True])
    """
    root = power(value, (prime + 1) // 4, prime)
    return root, root * root % prime == value % prime


def residue(value: Fraction, prime: int = PRIME) -> int:
    """The fraction as a residue; raises ZeroDivisionError where the prime divides its denominator.

    >>> residue(Fraction(1, 2)) * 2 % PRIME
    1
    """
    if value.denominator % prime == 0:
        raise ZeroDivisionError(f"{value} has no residue modulo {prime}")
    return value.numerator * pow(value.denominator, -1, prime) % prime


def fraction(value: int, modulus: int = PRIME) -> Fraction | None:
    """The fraction a / b = value with |a|, b <= sqrt(modulus / 2), None where there is none (Wang's algorithm).

    >>> fraction(residue(Fraction(-7, 12)))
    Fraction(-7, 12)
    """
    bound = math.isqrt(modulus // 2)
    r0, r1, s0, s1 = modulus, value % modulus, 0, 1
    while r1 > bound:
        quotient = r0 // r1
        r0, r1, s0, s1 = r1, r0 - quotient * r1, s1, s0 - quotient * s1
    if s1 == 0 or abs(s1) > bound or math.gcd(r1, s1) != 1:
        return None
    return Fraction(r1, s1)


def _flint(matrix: Residues, prime: int) -> nmod_mat:
    rows, columns = matrix.shape
    return nmod_mat(rows, columns, (matrix % prime).ravel().tolist(), prime)

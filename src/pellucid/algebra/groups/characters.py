"""The characters of a finite group from its table, by Burnside's method in whole numbers modulo a prime (Dixon 1967).

    omega(C_i) omega(C_j) = sum_l a_ijl omega(C_l),   chi(C) = d omega(C) / |C|
    n / d^2 = sum_i omega(C_i) omega(C_i^-1) / |C_i|

a_ijl = #{(x, y) in C_i x C_j : x y = z_l}. Modulo a prime q = 1 mod the exponent e, q > 2 sqrt(n), the field holds all
eigenvalues; the multiplicity of each e-th root of unity among the eigenvalues of g is a whole number below q/2, so that
it is known exactly from its residue, and with it the character: chi(g) = sum_s m_s exp(2 pi i s / e).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpz, nmod_mat
from jaxtyping import Float, Int

from .finite_group import FiniteGroup

Numbers = Int[np.ndarray, "..."]


@dataclass(frozen=True, eq=False)
class CharacterTable:
    """`multiplicities[rho, class, s]`: how often exp(2 pi i s / e) is an eigenvalue of the class in the irrep rho."""

    group: FiniteGroup
    multiplicities: Int[np.ndarray, "irreps classes exponent"]

    @property
    def degrees(self) -> Int[np.ndarray, " irreps"]:
        """The dimension of each irrep, which come in this order."""
        return self.multiplicities[:, 0].sum(1)

    @property
    def values(self) -> np.ndarray:
        """chi (irreps, n), complex, one value for each element, exact to rounding."""
        exponent = self.multiplicities.shape[2]
        roots = np.exp(2j * np.pi * np.arange(exponent) / exponent)
        return (self.multiplicities @ roots)[:, self.group.class_of]

    def real_parts(self) -> list[tuple[tuple[int, ...], Float[np.ndarray, " n"]]]:
        """The irreps but the trivial one, each with its complex conjugate, where that is another; the sum of chi."""
        pairs, values = [], self.values
        turned = (-np.arange(self.multiplicities.shape[2])) % self.multiplicities.shape[2]
        for i, own in enumerate(self.multiplicities):
            j = next(k for k, m in enumerate(self.multiplicities) if np.array_equal(m, own[:, turned]))
            if i and j >= i:
                chosen = (i,) if i == j else (i, j)
                pairs.append((chosen, values[list(chosen)].sum(0).real))
        return pairs


def character_table(group: FiniteGroup) -> CharacterTable:
    """Every irreducible character, the trivial one first, then by degree.

    >>> table = character_table(FiniteGroup(np.add.outer(range(3), range(3)) % 3))
    >>> table.degrees.tolist(), np.round(table.values[1].real, 3).tolist()
    ([1, 1, 1], [1.0, -0.5, -0.5])
    """
    prime = _prime(group.order, group.exponent)
    central = _central_characters(group, prime)
    classes, sizes = _classes(group)
    inverse_class = group.class_of[group.inverses[classes]]
    by_size = np.array([pow(int(size), -1, prime) for size in sizes])
    norms = (central * central[:, inverse_class] % prime * by_size).sum(1) % prime
    degrees = [_degree(group.order, int(norm), prime) for norm in norms]
    chi = np.array([d * row % prime * by_size % prime for d, row in zip(degrees, central, strict=True)])
    counts = _multiplicities(chi, group.class_of[group.powers[:, classes]], prime)
    order = sorted(range(len(chi)), key=lambda i: (degrees[i], *(-counts[i]).T.ravel().tolist()))
    order.sort(key=lambda i: not (degrees[i] == 1 and (counts[i, :, 0] == 1).all()))
    return CharacterTable(group, counts[order])


def class_constants(group: FiniteGroup) -> Int[np.ndarray, "classes classes classes"]:
    """a[i, j, l] = #{(x, y) in C_i x C_j : x y = z_l}, z_l the first element of class l."""
    classes, _ = _classes(group)
    count = len(classes)
    found = np.zeros((count, count, count), np.int64)
    for label, z in enumerate(classes):  # y = x^-1 z
        others = group.table[group.inverses, z]
        np.add.at(found[:, :, label], (group.class_of, group.class_of[others]), 1)
    return found


def _classes(group: FiniteGroup) -> tuple[Numbers, Numbers]:
    """The first element of each class, and how many elements it has."""
    _, first, sizes = np.unique(group.class_of, return_index=True, return_counts=True)
    return first, sizes


def _prime(order: int, exponent: int) -> int:
    """The least prime 1 modulo the exponent and above 2 sqrt(order), not dividing it; above n, so that roots differ."""
    q = exponent + 1
    while not (q > 2 * order**0.5 and order % q and fmpz(q).is_prime()):
        q += exponent
    return q


def _central_characters(group: FiniteGroup, prime: int) -> Numbers:
    """omega (irreps, classes) modulo the prime: common eigenvectors of all a_i, scaled to 1 at the class of e."""
    constants = class_constants(group)
    one = int(group.class_of[group.identity])
    spaces = [np.eye(len(constants), dtype=np.int64)]
    for matrix in constants:  # (a_i w)_j = sum_l a_ijl w_l = omega(C_i) w_j
        if all(len(space) == 1 for space in spaces):
            break
        spaces = [part for space in spaces for part in _split(space, matrix, prime)]
    return np.array([space[0] * pow(int(space[0][one]), -1, prime) % prime for space in spaces])


def _split(space: Numbers, matrix: Numbers, prime: int) -> list[Numbers]:
    """The eigenspaces of the matrix within a space (vectors, classes) that it maps into itself."""
    if len(space) == 1:
        return [space]
    reduced, rank = nmod_mat([[int(v) for v in row] for row in space.tolist()], prime).rref()
    basis = np.array([[int(v) for v in row] for row in reduced.tolist()])[:rank]
    pivots = [int(np.flatnonzero(row)[0]) for row in basis]
    within = (matrix @ basis.T % prime)[pivots]  # the image's coordinates, column by column
    small = nmod_mat([[int(v) for v in row] for row in within.tolist()], prime)
    roots = [int(-factor[0] / factor[1]) for factor, _ in small.charpoly().factor()[1] if factor.degree() == 1]
    parts = []
    for root in sorted(roots):
        shifted = [[int(v) - root * (i == j) for j, v in enumerate(row)] for i, row in enumerate(within.tolist())]
        found, nullity = nmod_mat(shifted, prime).nullspace()
        vectors = np.array([[int(v) for v in row] for row in found.transpose().tolist()])[:nullity]
        parts.append(vectors @ basis % prime)
    return parts


def _degree(order: int, norm: int, prime: int) -> int:
    """The d with d^2 norm = order modulo the prime, d <= sqrt(order)."""
    return next(d for d in range(1, int(order**0.5) + 1) if order % d == 0 and (d * d * norm - order) % prime == 0)


def _multiplicities(chi: Numbers, power_class: Numbers, prime: int) -> Numbers:
    """m_s = (1/e) sum_k chi(g^k) z^(-s k), z an e-th root of unity modulo the prime; (irreps, classes, e)."""
    exponent = len(power_class)
    root = _root_of_unity(exponent, prime)
    powers = np.array([pow(root, (-s) % exponent, prime) for s in range(exponent)])
    table = powers[np.outer(np.arange(exponent), np.arange(exponent)) % exponent]  # [s, k]
    along = chi[:, power_class]  # (irreps, e, classes)
    summed = np.stack([(table[s][None, :, None] * along % prime).sum(1) for s in range(exponent)], 2)
    return summed % prime * pow(exponent, -1, prime) % prime


def _root_of_unity(exponent: int, prime: int) -> int:
    """A number whose powers are `exponent` different ones modulo the prime."""
    for base in range(2, prime):
        root = pow(base, (prime - 1) // exponent, prime)
        if all(pow(root, exponent // p, prime) != 1 for p in range(2, exponent + 1) if exponent % p == 0):
            return root
    return 1

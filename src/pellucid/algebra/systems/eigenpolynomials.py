"""Polynomials that only grow or decay along equations: D H = s H for a constant s, so that exp(-s t) H is conserved.

D maps combinations of monomials to functions; at as many random points as there are monomials, modulo a prime, D and
the values themselves are square matrices A and B, and s is a root of det(A - s B): a characteristic polynomial, no
unknown in it but s. Roots that further points do not confirm are dropped. Cost: O(monomials^3).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from flint import nmod_mat

from ..arithmetic.finite_field import PRIME, Residues, null_space
from .monomials import Monomials
from .polynomial_system import PolynomialSystem
from .sampling import SPARE_POINTS, sample_points


def growth_rates(
    system: PolynomialSystem, candidates: Monomials, values: dict[str, int], generator: np.random.Generator
) -> Iterator[tuple[int, Residues]]:
    """(s, coefficients of a basis of all H with D H = s H), s a residue other than 0, parameters at `values`.

    Coefficients have shape (vectors, monomials). Candidates must be linearly independent as functions.
    """
    count = len(candidates)
    points = sample_points(system, count + SPARE_POINTS, generator, parameters=values)
    slopes, heights = candidates.drift(system, points), candidates.values(points)
    try:
        below = nmod_mat(count, count, heights[:count].ravel().tolist(), PRIME).inv()
    except ZeroDivisionError:
        return
    above = nmod_mat(count, count, slopes[:count].ravel().tolist(), PRIME)
    for root, _ in (below * above).charpoly().roots():
        rate = int(root)
        if rate:
            space = null_space((slopes - rate * heights) % PRIME)
            if len(space):
                yield rate, space

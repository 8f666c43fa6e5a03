"""Certificates about invariants of maps: each is one, they are independent, and there are no others up to a degree.

(1) H(F(x)) - H(x) is 0: an identity of polynomials, after multiplying by denominators.
(2) At one point modulo a prime the gradients are independent, so that they are at almost all points.
(3) The matrix of b(F(x)) - b(x) for all monomials b has some rank modulo a prime, and over the rationals at least that,
    so that the invariants among them form a space of at most the remaining dimension. Monomials that the relations
    w q = 1, w = 1/q, write by others of no higher degree are left out.
"""

from __future__ import annotations

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, rank
from ...algebra.expressions.text import parse
from ...algebra.systems.rational_maps import InvariantCandidates, RationalMap
from ...artifacts.laws.map_invariants import MapInvariants
from ..proof import CertificateError, Proof, Verdict
from .conserved import InvariantsCertificate, counted, independence
from .constants import with_one
from .law_proofs import prove_laws


@prove_laws.register(MapInvariants)
def prove_map_invariants(found: MapInvariants, seed: int = 0, prefix: str = "") -> list[Proof]:
    """What can be proved of `found`: the identities, independence, and the dimension of all there is.

    >>> turn = MapInvariants(("x", "y"), ("y", "-x"), (), ("x**2 + y**2",), 2, ("x", "y"), vectors=1)
    >>> [proof.claim.strength for proof in prove_map_invariants(turn)]
    ['Proved', 'Proved', 'Proved']
    """
    return MapInvariantsCertificate().prove_all(found, seed, prefix)


def check_map_invariants(text: str, found: MapInvariants) -> Verdict:
    """Whether the certificate `text` proves what it says about `found`."""
    return MapInvariantsCertificate().check(text, found)


class MapInvariantsCertificate(InvariantsCertificate[MapInvariants]):
    """Nothing in it is free but the part and the seed of the points."""

    kind = "map_invariants"
    about = MapInvariants
    equations = "this map"
    solutions = "every orbit, wherever it is defined"

    def statement(self, found: MapInvariants, part: str) -> str:
        return {"identity": _identity, "independence": independence, "completeness": _completeness}[part](found)

    def formerly(self, found: MapInvariants, part: str) -> tuple[str, ...]:
        """Once there was no comma."""
        former = super().formerly(found, part)
        return (*former, *(text.replace(f"{found.timeless}, have", f"{found.timeless} have") for text in former))

    def recompute(self, found: MapInvariants, part: str, seed: int) -> str:
        names = (*found.variables, *found.parameters)
        mapping = RationalMap(found.variables, found.parameters, tuple(parse(text, names) for text in found.rhs))
        listed = [parse(text, names) for text in (*found.expressions, *found.others)]
        inverses = [1 / parse(text, names) for text in found.basis if text not in found.variables]
        if any(not q.is_polynomial(*q.free_symbols) for q in inverses):
            raise CertificateError("the basis holds what is no 1/(...) of a polynomial")
        candidates = InvariantCandidates(mapping, tuple(inverses), found.degree)
        generator = np.random.default_rng(seed)
        if part == "identity":
            return _identities(mapping, found, listed)
        if part == "independence":
            return _independent(candidates, listed[: len(found.expressions)], generator)
        return _complete(candidates, found, listed, generator)


def _identity(found: MapInvariants) -> str:
    others = f"; and {len(found.others)} more, functions of these" if found.others else ""
    return f"{', '.join(found.expressions)}: invariant, H(F(x)) = H(x){others}"


def _completeness(found: MapInvariants) -> str:
    return counted(found, "invariant")


def _identities(mapping: RationalMap, found: MapInvariants, listed: list[sympy.Expr]) -> str:
    for text, law in zip((*found.expressions, *found.others), listed, strict=True):
        if not mapping.is_invariant(law):
            raise CertificateError(f"{text} is not invariant")
    return f"{len(listed)} identities"


def _independent(candidates: InvariantCandidates, laws: list[sympy.Expr], generator: np.random.Generator) -> str:
    point = candidates.points(1, generator)
    rows = np.array([candidates.map.gradient(law, point) for law in laws], dtype=np.int64)
    if rank(rows) != len(laws):
        raise CertificateError(f"only {rank(rows)} of {len(laws)} gradients are independent")
    return f"{len(laws)} gradients are independent at a point modulo {PRIME}"


def _complete(
    candidates: InvariantCandidates,
    found: MapInvariants,
    listed: list[sympy.Expr],
    generator: np.random.Generator,
    spare: int = 10,
) -> str:
    size = len(candidates.monomials)
    parameters = {name: int(generator.integers(2, PRIME)) for name in found.parameters}
    points = candidates.points(2 * size + spare, generator, parameters)
    left = size - rank(candidates.matrix(points))
    if left > found.vectors:
        raise CertificateError(f"the invariants may have {left} dimensions, not {found.vectors}")
    if listed and found.vectors == len(listed):
        _identities(candidates.map, found, listed)
        values = np.stack([candidates.value(law, points) for law in listed], 1)
        if rank(with_one(values)) != len(listed) + 1:
            raise CertificateError("the invariants that are listed are not linearly independent")
        counted = with_one(candidates.values(points))
        if rank(np.concatenate([counted, values], 1)) != rank(counted):
            raise CertificateError(f"an invariant is not among the counted polynomials of degree <= {found.degree}")
    return f"rank {size - left} of {size} monomials modulo {PRIME}"

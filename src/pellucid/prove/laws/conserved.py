"""Certificates about conserved quantities: each is one, they are independent, and there are no others up to a degree.

(1) dH/dt = grad H . f is 0 as a polynomial, once roots and quotients are eliminated: exact arithmetic.
(2) At one point modulo a prime the gradients are independent of each other and of the constraints': then some minor of
    the matrix of gradients is no zero polynomial, so that they are independent at almost all points.
(3) The drift matrix of all monomials up to the degree, at points modulo a prime, has some rank; over the rationals its
    rank is at least that, so that the conserved polynomials form a space of at most the remaining dimension. Where
    so many were found, and are conserved, among those polynomials, and linearly independent at the points, they are
    all there are. What is constant by definition is told apart where it is shown to be (`constants`).

Each is checked by doing it again from the equations; the certificate adds the prime and the seed of the points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ...algebra.finite_field import PRIME, rank
from ...algebra.monomials import Monomials, monomials
from ...algebra.polynomial_system import PolynomialSystem, polynomial_system
from ...algebra.sampling import Points, sample_points
from ...algebra.text import parse, symbols_of
from ...artifacts.laws.invariants import Invariants
from ..proof import CertificateError, Proof, Verdict
from .constants import count_constants, with_one
from .exact_certificate import ExactCertificate


def prove_conserved(found: Invariants, seed: int = 0) -> list[Proof]:
    """What can be proved of `found`: the identities, independence, and the dimension of all there is.

    >>> spring = Invariants(("x", "v"), ("v", "-k*x"), ("k",), ("k*x**2 + v**2",), 2, ("x", "v"), vectors=1)
    >>> [proof.claim.strength for proof in prove_conserved(spring)]
    ['Proved', 'Proved', 'Proved']
    """
    parts = ConservedCertificate.parts if found.expressions else ("completeness",)
    return [ConservedCertificate().prove(found, f"proofs/{part}.json", part=part, seed=seed) for part in parts]


def check_conserved(text: str, found: Invariants) -> Verdict:
    """Whether the certificate `text` proves what it says about `found`."""
    return ConservedCertificate().check(text, found)


class ConservedCertificate(ExactCertificate[Invariants]):
    """Nothing in it is free but the part and the seed of the points."""

    kind = "conserved"
    about = Invariants
    parts: ClassVar[tuple[str, ...]] = ("identity", "independence", "completeness")

    def contents(self, found: Invariants, part: str, seed: int) -> dict[str, Any]:
        statements = {"identity": _identity, "independence": _independence, "completeness": _completeness}
        generic = "all values of the parameters but special ones" if found.parameters else "these equations"
        return {
            "format": self.format,
            "kind": self.kind,
            "part": part,
            "statement": statements[part](found),
            "domain": "every solution, wherever it is defined" if part == "identity" else generic,
            "invariants": found.to_dict(),
            "prime": PRIME,
            "seed": seed,
        }

    def recompute(self, found: Invariants, part: str, seed: int) -> str:
        names = (*found.variables, *found.parameters)
        symbols = symbols_of(names)
        texts = (*found.expressions, *found.others, *found.basis)
        system, rewritten = polynomial_system(
            [symbols[name] for name in found.variables],
            [parse(text, names) for text in found.rhs],
            [symbols[name] for name in found.parameters],
            [parse(text, names) for text in found.constraints],
            [parse(text, names) for text in texts],
        )
        count, listed = len(found.expressions), len(found.expressions) + len(found.others)
        if part == "identity":
            return _conserved(system, texts[:listed], rewritten[:listed])
        generator = np.random.default_rng(seed)
        if part == "independence":
            return _independent(system, rewritten[:count], generator)
        return _complete(system, rewritten[:listed], rewritten[listed:], found, generator)


def _identity(found: Invariants) -> str:
    others = f"; and {len(found.others)} more, functions of these" if found.others else ""
    return f"{', '.join(found.expressions)}: conserved, dH/dt = 0{others}"


def _independence(found: Invariants) -> str:
    count = len(found.expressions)
    return f"the {count} invariant{'s are' if count != 1 else ' is'} functionally independent"


def _completeness(found: Invariants) -> str:
    exactly = "exactly" if found.vectors == len(found.expressions) + len(found.others) else "at most"
    known = f"{found.vectors} dimension{'s' if found.vectors != 1 else ''}"
    trivial = f", and {found.trivial} more that are constant by definition" if found.trivial else ""
    polynomials = f"conserved polynomials of degree <= {found.degree} in {', '.join(found.basis)}"
    return f"{polynomials} have {exactly} {known}{trivial}"


def _conserved(system: PolynomialSystem, texts: Sequence[str], expressions: Sequence[Any]) -> str:
    for text, expression in zip(texts, expressions, strict=True):
        if not system.vanishes(system.derivative(system.polynomial(expression))):
            raise CertificateError(f"{text} is not conserved")
    return f"{len(texts)} derivatives are 0"


def _independent(system: PolynomialSystem, expressions: Sequence[Any], generator: np.random.Generator) -> str:
    point = sample_points(system, 1, generator)
    rows = [system.polynomial(e) for e in expressions]
    fixed = [system.polynomial(e) for e in system.constraints] + system.relations()

    def gradient(polynomial: Any) -> list[int]:
        return [int(point.evaluate(polynomial.derivative(symbol.name))[0]) for symbol in system.symbols]

    width = len(system.symbols)
    below = np.array([gradient(p) for p in fixed], dtype=np.int64).reshape(len(fixed), width)
    above = np.array([gradient(p) for p in rows], dtype=np.int64).reshape(len(rows), width)
    found = rank(np.concatenate([below, above])) - rank(below)
    if found != len(rows):
        raise CertificateError(f"only {found} of {len(rows)} gradients are independent")
    return f"{found} gradients are independent at a point modulo {PRIME}"


def _complete(
    system: PolynomialSystem,
    listed: Sequence[Any],
    basis: Sequence[Any],
    found: Invariants,
    generator: np.random.Generator,
    spare: int = 10,
) -> str:
    """`spare` points more than there are unknowns: that the rank is too small by chance is then hardly possible."""
    candidates = monomials(tuple(dict.fromkeys(basis)), found.degree)
    parameters = {s.name: int(generator.integers(2, PRIME)) for s in system.parameters}
    points = sample_points(system, len(candidates) + spare, generator, parameters=parameters)
    left = len(candidates) - rank(candidates.drift(system, points))
    claimed = found.vectors + found.trivial
    if left > claimed:
        raise CertificateError(f"the conserved polynomials may have {left} dimensions, not {claimed}")
    constants = count_constants(system, candidates, points, parameters, found.trivial)
    if constants < found.trivial:
        raise CertificateError(f"only {constants} of {found.trivial} were shown to be constant by definition")
    if found.vectors == len(listed):
        _listed(system, listed, candidates, points, found)
    return f"rank {len(candidates) - left} of {len(candidates)} monomials modulo {PRIME}"


def _listed(
    system: PolynomialSystem, listed: Sequence[Any], candidates: Monomials, points: Points, found: Invariants
) -> None:
    """That those that are listed are as many dimensions of what was counted: "exactly" rests on it."""
    if not listed:
        return
    _conserved(system, (*found.expressions, *found.others), listed)
    values = np.stack([points.evaluate(system.polynomial(e)) for e in listed], 1)
    if rank(with_one(values)) != len(listed) + 1:
        raise CertificateError("the conserved polynomials that are listed are not linearly independent")
    counted = with_one(candidates.values(points))
    if rank(np.concatenate([counted, values], 1)) != rank(counted):
        raise CertificateError(f"a conserved one is not among the counted polynomials of degree <= {found.degree}")

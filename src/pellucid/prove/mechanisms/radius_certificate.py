"""Certificates that inputs keep their nearest prototype within a radius, in exact fractions.

For an x with nearest centre w_i, |e| < r keeps |x + e - w_i| < |x + e - w_j| for every j exactly where

    d_j^2 - d_i^2 >= 2 r |w_i - w_j|,   d_j = |x - w_j|

Both sides are squared, so that numbers stay fractions: those that the floating-point numbers are. The radius that is
claimed is the one written, less a share of 2^-40, which rounding may have added; beyond it by 2^-30 another is nearer.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from typing import Any

from ...artifacts.features.prototypes import Prototypes
from ..laws.exact_certificate import ExactCertificate
from ..proof import CertificateError, Proof

Vector = list[Fraction]


class RadiusCertificate(ExactCertificate[Prototypes]):
    """Nothing in it is free."""

    kind = "prototype_radius"
    about = Prototypes
    by = "fractions"
    packages = ("pellucid",)
    free = ()
    assumptions = ("numbers are the binary fractions that are written", "the tools named here are sound")

    def contents(self, found: Prototypes) -> dict[str, Any]:
        text = json.dumps(found.to_dict(), sort_keys=True)
        count = len(found.radii)  # type: ignore[arg-type]
        return {
            "format": self.format,
            "kind": self.kind,
            "statement": f"within its radius, each of {count} inputs keeps its nearest centre, and no farther",
            "domain": "every change of an input, by its Euclidean length, in exact arithmetic",
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }

    def recompute(self, found: Prototypes) -> str:
        centres = [[Fraction(v) for v in row] for row in found.centres.tolist()]
        points: Any = found.points
        radii: Any = found.radii
        if not len(points):
            raise CertificateError("there are no inputs with a radius")
        for number, (point, radius) in enumerate(zip(points.tolist(), radii.tolist(), strict=True)):
            _refuse_other_radius([Fraction(v) for v in point], centres, Fraction(radius), number)
        return f"{len(points)} inputs, {len(centres)} centres"


def _refuse_other_radius(x: Vector, centres: list[Vector], radius: Fraction, number: int) -> None:
    """Raises CertificateError where an input changes its nearest centre within the radius, or none does beyond it."""
    squared = [_squared(x, w) for w in centres]
    own = squared.index(min(squared))
    low, high = radius * (1 - Fraction(1, 2**40)), radius * (1 + Fraction(1, 2**30))
    reached = False
    for j, w in enumerate(centres):
        if j == own:
            continue
        gap, apart = squared[j] - squared[own], 4 * _squared(centres[own], w)
        if gap * gap < low * low * apart:
            raise CertificateError(f"input {number} reaches centre {j} within {float(radius):.6g}")
        reached |= gap * gap <= high * high * apart
    if radius < 0 or not reached:
        raise CertificateError(f"input {number} keeps its centre beyond {float(radius):.6g}")


def _squared(a: Vector, b: Vector) -> Fraction:
    return sum(((p - q) ** 2 for p, q in zip(a, b, strict=True)), Fraction(0))


def prove_radii(found: Prototypes) -> list[Proof]:
    """The proof of the radii of the inputs that the prototypes hold; none where there are no inputs.

    >>> found = Prototypes(("a", "b"), [[0.0, 0.0], [4.0, 0.0]], [[1.0, 7.0]], [1.0])
    >>> [proof.claim.strength for proof in prove_radii(found)]
    ['Proved']
    """
    return [RadiusCertificate().prove(found, "proofs/radii.json")] if len(found.radii) else []  # type: ignore[arg-type]

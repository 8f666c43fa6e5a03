"""Certificates of smoothing: the polynomials of the dispersion relation once more, their signs decided in fractions.

(1) ripples: at every wave number above 0 the real part of the rate is below that of the mean.
(2) density: the kernel is that of a Gaussian, or of sqrt(m^2 + s k^2), for which exp(-t sqrt(...)) is the transform of
    a density in any number of dimensions (Schilling, Song and Vondracek, Bernstein functions, chapters 3 and 4).
"""

from __future__ import annotations

from typing import Any

from ...artifacts.laws.smoothing import DENSITY, RIPPLES, NotDecided, Smoothing
from ..proof import CertificateError, Proof, RanOut
from .exact_certificate import ExactCertificate


def prove_smoothing(found: Smoothing) -> list[Proof]:
    """Whether ripples fade and densities stay, each proved, refuted with a wave number, or undecided with the reason.

    >>> heat = Smoothing("u_t - u_xx = 0", 1, (), ("0", "1"))
    >>> [proof.claim.strength for proof in prove_smoothing(heat)]
    ['Proved', 'Proved']
    """
    certificate = SmoothingCertificate()
    return [certificate.prove(found, f"proofs/{part}.json", part=part) for part in ("ripples", "density")]


class SmoothingCertificate(ExactCertificate[Smoothing]):
    """Nothing in it is free but the part."""

    kind = "smoothing"
    about = Smoothing
    free = ("part",)
    by = "Sturm"
    packages = ("pellucid",)
    assumptions = (
        "coefficients are the fractions that are written",
        "of an equation whose solutions may grow, the bounded one is meant; of others, the one that dies most slowly",
        "exp(-t f(k^2)) is the transform of a density where f is a Bernstein function (Bochner, Schoenberg)",
    )

    def contents(self, found: Smoothing, part: str) -> dict[str, Any]:
        statement = {"ripples": RIPPLES, "density": DENSITY}[part]
        return {
            "format": self.format,
            "kind": self.kind,
            "part": part,
            "statement": statement,
            "domain": f"{found.equation}; {'bounded solutions' if found.is_bounded_problem else 'all solutions'}",
            self.kind: found.to_dict(),
        }

    def recompute(self, found: Smoothing, part: str) -> str:
        _refuse_misfits(found)
        try:
            witness = found.ripple() if part == "ripples" else found.negative()
        except NotDecided as error:
            raise RanOut(str(error)) from None
        if witness is not None:
            raise CertificateError(witness)
        return "no positive q = k^2 breaks the inequalities" if part == "ripples" else "a kernel that is a density's"


def _refuse_misfits(found: Smoothing) -> None:
    """Raises CertificateError for what is no dispersion relation of the first or second order."""
    if found.order not in (1, 2) or (found.order == 1 and found.b) or not (found.b or found.c):
        raise CertificateError("it is no dispersion relation of first or second order")

"""Certificates that points are fixed: at each of them every right-hand side is 0. A toy of the tests."""

from __future__ import annotations

from typing import Any

from ...algebra.expressions.text import parse, symbols_of
from ...artifacts.laws.fixed_points import FixedPoints
from ..proof import CertificateError, Proof
from .exact_certificate import ExactCertificate


def prove_fixed(found: FixedPoints) -> list[Proof]:
    """That all points of `found` are fixed."""
    return [FixedPointsCertificate().prove(found, "proofs/fixed.json")]


class FixedPointsCertificate(ExactCertificate[FixedPoints]):
    """Nothing in it is free."""

    kind = "fixed_points"
    about = FixedPoints
    free = ()

    def contents(self, found: FixedPoints, **free: Any) -> dict[str, Any]:
        """The statement, and the points that it is about."""
        return {
            "format": self.format,
            "kind": self.kind,
            "statement": f"{', '.join(map(str, found.points))}: fixed, all right-hand sides are 0",
            "domain": "all values of the parameters",
            "fixed_points": found.to_dict(),
        }

    def recompute(self, found: FixedPoints, **free: Any) -> str:
        """Puts every point into every right-hand side. Raises CertificateError."""
        symbols, names = symbols_of(found.variables), (*found.variables, *found.parameters)
        for point in found.points:
            values = dict(zip(symbols.values(), point, strict=True))
            for text in found.rhs:
                if parse(text, names).subs(values).expand() != 0:
                    raise CertificateError(f"{text} is not 0 at {point}")
        return f"{len(found.points)} points"

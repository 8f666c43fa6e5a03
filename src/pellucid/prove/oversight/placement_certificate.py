"""That no other levels between the same ends hold with a greater chance, where both curves are lines.

-log success is convex in the levels: with f'(x) its slopes at those that are stated,

    f(y) >= f(x) - gap,   gap = sum_i max over the ends e of f'_i(x) (x_i - e), 0 at least,

in ball arithmetic, so that success(y) <= success(x) exp(gap) for every y between the ends.
"""

from __future__ import annotations

from typing import Any

from flint import arb

from ...artifacts.oversight.nested_success import Curve
from ...artifacts.oversight.oversight_curves import OversightCurves
from ..laws.exact_certificate import ExactCertificate
from ..proof import CertificateError, Proof


def prove_placement(found: OversightCurves) -> list[Proof]:
    """The proof about the levels of the artifact's own start and gap; none where a curve has a plateau."""
    if not all(curve.is_line for curve in found.curves):
        return []
    return [PlacementCertificate().prove(found, "proofs/placement.json", levels=found.levels(found.start, found.gap))]


class PlacementCertificate(ExactCertificate[OversightCurves]):
    """The levels are free: what is shown is how good they are."""

    kind = "placement"
    about = OversightCurves
    free = ("levels",)
    by = "FLINT"
    packages = ("pellucid", "python-flint")
    assumptions = (
        "the curves are the lines with the coefficients that are written",
        "the tools named here are sound",
    )

    def contents(self, found: OversightCurves, levels: list[float]) -> dict[str, Any]:
        steps = len(levels) - 1
        told = found.to_dict()
        del told["draws"]
        return {
            "format": self.format,
            "kind": self.kind,
            "statement": f"no other levels of {steps} step{'' if steps == 1 else 's'} hold with a chance over 0.0001 % "
            f"greater than these: {', '.join(f'{level:.1f}' for level in levels)}",
            "domain": f"all levels from {found.start:g} to {found.start + found.gap:g} Elo, for these two lines",
            "levels": levels,
            self.kind: told,
        }

    def recompute(self, found: OversightCurves, levels: list[float]) -> str:
        guard, houdini = found.curves
        if not (guard.is_line and houdini.is_line):
            raise CertificateError("a curve has a plateau: the loss is not convex")
        if levels[0] != found.start or levels[-1] != found.start + found.gap or len(levels) < 2:
            raise CertificateError("the levels do not go from the start over the gap")
        if not all(levels[0] <= level <= levels[-1] for level in levels):
            raise CertificateError("a level lies outside of the ends")
        gap = _gap(guard, houdini, levels)
        if not gap < arb("1e-6"):
            raise CertificateError(f"the loss could be {float(gap.mid()):.2g} lower")
        return f"at most {float(gap.upper()):.1e} lower, by convexity"


def _gap(guard: Curve, houdini: Curve, levels: list[float]) -> arb:
    """A ball of what the convex loss could be lower."""
    rate = arb(10).log() / 400
    x = [arb(level) for level in levels]
    weights = []
    for i in range(len(x) - 1):
        apart = arb(houdini.a) + arb(houdini.b) * x[i + 1] - arb(guard.a) - arb(guard.b) * x[i]
        weights.append(1 / (1 + (-rate * apart).exp()))
    total = arb(0)
    for i in range(1, len(x) - 1):
        slope = rate * (arb(houdini.b) * weights[i - 1] - arb(guard.b) * weights[i])
        total += max(0, *(float((slope * (x[i] - end)).upper()) for end in (x[0], x[-1])))
    return total

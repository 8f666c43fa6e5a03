"""Certificates about a mechanism, in whole numbers: that its answers are a group's, and that its formula gives them.

The answers: every row and column holds each symbol once, there is an identity, (a b) c = a (b c) for all n^3 triples.
The formula is shown on every pair. In a cyclic group it depends on d = i - j and s = i + j - k alone, so that n^2 sums

    L(d, s) = sum_f (alpha_f + beta_f |cos(pi f d / n)|) cos(2 pi f s / n),   L(d, 0) > L(d, s) for all s != 0

are enclosed: cosines by balls of Arb, rounded to integers in units of 2^-40 with their error counted, coefficients to
units of 2^-20. In any group it is values[g], g = i j k^-1, and the value at the identity must be above all others, as
the decimal fractions that they are.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from typing import Any

import numpy as np

from ...algebra.groups.finite_group import NoGroup, group_behind
from ...artifacts.mechanisms.mechanism import Mechanism
from ..laws.exact_certificate import ExactCertificate
from ..proof import CertificateError, Proof

BITS = 40
"""Of cosines, beyond the point: errors are then far below any margin that floating-point coefficients leave."""


class MechanismCertificate(ExactCertificate[Mechanism]):
    """Nothing in it is free but the part: "group" or "formula"."""

    kind = "mechanism"
    about = Mechanism
    by = "integers"
    packages = ("pellucid", "python-flint")
    free = ("part",)
    assumptions = (
        "the answers in the finding are those of the network: --measure runs it again",
        "coefficients are the binary fractions that are written",
        "the tools named here are sound",
    )

    @staticmethod
    def parts_of(found: Mechanism) -> tuple[str, ...]:
        """All parts that there is something to prove of."""
        if not found.group:
            return ()
        whole = np.array_equal(found.nearest, found.answers)
        return (("group",) if whole else ()) + (("formula",) if found.has_formula else ())

    def contents(self, found: Mechanism, part: str) -> dict[str, Any]:
        count = found.size**2
        said = {
            "group": (f"the answers are products in {found.group}", f"the answers to all {count:,} pairs"),
            "formula": (f"the formula gives a product in {found.group} the largest logit, on every pair",
                        f"the formula of the mechanism, all {count:,} pairs"),
        }  # fmt: skip
        text = json.dumps(found.to_dict(), sort_keys=True)
        return {
            "format": self.format,
            "kind": self.kind,
            "part": part,
            "statement": said[part][0],
            "domain": said[part][1],
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }

    def recompute(self, found: Mechanism, part: str) -> str:
        if part == "group":
            return _same_group(found)
        if part != "formula" or not found.has_formula:
            raise CertificateError(f"there is no part {part!r} of this mechanism")
        return _formula_by_values(found) if found.values else _formula_by_circles(found)


def prove_mechanism(found: Mechanism) -> list[Proof]:
    """What can be proved of a mechanism from itself alone, each part with its certificate."""
    certificate = MechanismCertificate()
    return [certificate.prove(found, f"proofs/{part}.json", part=part) for part in certificate.parts_of(found)]


def _same_group(found: Mechanism) -> str:
    """The answers make the group that is named, in the coordinates of the mechanism."""
    try:
        behind = group_behind(found.answers)
    except NoGroup as error:
        raise CertificateError(f"the answers are no group's: {error}") from None
    if behind.group.name != found.group:
        raise CertificateError(f"the answers are those of {behind.group.name}, not of {found.group}")
    if not found.values:
        _refuse_other_coordinates(found)
    elif not (np.array_equal(behind.left, found.left) and np.array_equal(behind.right, found.right)):
        raise CertificateError("symbols stand for other elements than the answers give them")
    return f"{found.size**3:,} triples (a b) c = a (b c)"


def _refuse_other_coordinates(found: Mechanism) -> None:
    """In a cyclic group: left[a] + right[b] = out[answer] modulo n, each of them a way to number all symbols."""
    everything = np.arange(found.size)
    for name in ("left", "right", "out"):
        if not np.array_equal(np.sort(getattr(found, name)), everything):
            raise CertificateError(f"{name} does not number every symbol once")
    if not np.array_equal((found.left[:, None] + found.right) % found.size, found.out[found.answers]):
        raise CertificateError("symbols do not add as their numbers do")


def _formula_by_values(found: Mechanism) -> str:
    """The identity's value is above all others."""
    group = group_behind(found.nearest).group
    if not np.array_equal(found.out, np.arange(found.size)):
        raise CertificateError("answers stand for other elements than themselves")
    values = [Fraction(value) for value in found.values]
    rest = [value for g, value in enumerate(values) if g != group.identity]
    margin = values[group.identity] - max(rest)
    if margin <= 0:
        raise CertificateError(f"an element has a value {float(-margin):.3g} above that of the identity")
    return f"{found.size} values, margin {float(margin):.3g}"


def _formula_by_circles(found: Mechanism) -> str:
    """L(d, 0) is above L(d, s) for every d and s != 0, errors counted."""
    for name in ("left", "right", "out"):
        if not np.array_equal(np.sort(getattr(found, name)), np.arange(found.size)):
            raise CertificateError(f"{name} does not number every symbol once")
    size, scale = found.size, 2**BITS
    whole, half = _cosines(2, size), np.abs(_cosines(1, 2 * size)[: 2 * size])
    total = np.zeros((size, size), dtype=object)
    error = Fraction(0)
    steps = np.arange(size)
    for f, (alpha, beta) in zip(found.frequencies, found.coefficients, strict=True):
        a, b = (round(Fraction(value) * 2**20) for value in (alpha, beta))
        amplitude = a * scale + b * half[f * steps % (2 * size)].astype(object)
        total += np.multiply.outer(amplitude, whole[f * steps % size].astype(object))
        # a cosine is off by at most 1 unit, a coefficient by half a unit; this is above the sum of their products
        error += 2 * (abs(a) + abs(b)) * scale + scale * scale
    margin = (total[:, :1] - total[:, 1:]).min()
    if margin <= 2 * error:
        raise CertificateError(f"the right answer's logit is {float(margin) / 2.0**100:.3g} above another one, or less")
    return f"{size * (size - 1):,} differences, margin {float(margin - 2 * error) / 2.0**100:.3g}"


def _cosines(times: int, size: int) -> np.ndarray:
    """cos(times pi k / size) for k = 0 .. size - 1 (times 2) or the half circle, in units of 2^-BITS, to one unit."""
    from flint import arb

    found = []
    for k in range(size):
        ball = (arb(times * k) / arb(size if times == 2 else size // 2)).cos_pi() * 2**BITS
        middle = round(float(ball.mid()))
        if not abs(ball - middle) < 1:
            raise CertificateError("a cosine could not be enclosed")
        found.append(middle)
    return np.array(found, dtype=np.int64)

"""Certificates of what is conserved beyond polynomials: true ones pass, what is stronger or tampered with does not."""

from dataclasses import replace

import pytest

pytest.importorskip("flint")

from pellucid.artifacts import Invariants
from pellucid.core import Proved, Refuted
from pellucid.prove.laws.conserved import ConservedCertificate, check_conserved, prove_conserved

QUOTIENT = Invariants(
    ("x", "y", "z"), ("x*z", "y*z", "-x*y"), (), ("x*y + z**2", "y/x"), 2, ("x", "y", "z"), 1, outside=1,
    darboux=(("x", "z"), ("y", "z")),
)  # fmt: skip
CHEMOSTAT = Invariants(
    ("s", "x"), ("D*(w - s) - m*s*x/(a + s)", "x*(m*s/(a + s) - D)"), ("D", "w", "m", "a"), (), 1, ("s", "x"), 0,
    timed=("(s - w + x)*exp(D*t)",), darboux=(("s - w + x", "-D"),),
)  # fmt: skip
LORENZ = Invariants(
    ("x", "y", "z"), ("s*(y - x)", "-y - x*z", "x*y - z"), ("s",), (), 2, ("x", "y", "z"), 0,
    timed=("(y**2 + z**2)*exp(2*t)",), multipliers=("(y**2 + z**2)**(-s/2 - 1)",),
)  # fmt: skip


def claims(found):
    parts = ConservedCertificate.parts_of(found)
    return {part: proof.claim for part, proof in zip(parts, prove_conserved(found), strict=True)}


@pytest.mark.parametrize("found", [QUOTIENT, CHEMOSTAT, LORENZ])
def test_what_is_true_is_proved_and_checked_again(found):
    for proof in prove_conserved(found):
        assert isinstance(proof.claim, Proved)
        (text,) = proof.files.values()
        assert check_conserved(text, found).holds
        assert not check_conserved(text, replace(found, degree=found.degree + 1)).holds
        assert not check_conserved(text.replace('"seed": 0', '"seed": 0, "more": 1'), found).holds


@pytest.mark.parametrize(
    ("found", "change", "part"),
    [
        (QUOTIENT, {"expressions": ("x*y + z**2", "y/x + x")}, "identity"),
        (QUOTIENT, {"expressions": ("x*y + z**2", "x/y", "y/x"), "outside": 2}, "independence"),
        (QUOTIENT, {"outside": 0, "vectors": 2}, "completeness"),  # y/x is no polynomial in x, y, z
        (QUOTIENT, {"darboux": (("x", "z"), ("x + z", "z"))}, "darboux"),
        (QUOTIENT, {"darboux": (("x", "2*z"),)}, "darboux"),
        (QUOTIENT, {"darboux": (("x - x", "z"),)}, "darboux"),  # 0 is no Darboux polynomial
        (CHEMOSTAT, {"timed": ("(s - w + x)*exp(2*D*t)",)}, "timed"),
        (CHEMOSTAT, {"timed": ("s - w + x",)}, "timed"),
        (CHEMOSTAT, {"darboux": (("s - w + x", "-D"), ("s", "-D"))}, "darboux"),
        (LORENZ, {"multipliers": ("(y**2 + z**2)**(-s/2)",)}, "multipliers"),
        (LORENZ, {"multipliers": ("1",)}, "multipliers"),
    ],
)
def test_what_is_stronger_is_refuted(found, change, part):
    assert isinstance(claims(replace(found, **change))[part], Refuted)


def test_a_logarithm_is_no_independent_law():
    """x and log(x) are constant where x is, but one of them says it all."""
    still = Invariants(("x", "y"), ("0", "x*log(x)"), (), ("x", "log(x)"), 1, ("x", "y", "log(x)"), 2)
    assert isinstance(claims(still)["identity"], Proved)
    assert isinstance(claims(still)["independence"], Refuted)


def test_outside_counts_expressions():
    with pytest.raises(ValueError, match="outside=3 of 2"):
        replace(QUOTIENT, outside=3)

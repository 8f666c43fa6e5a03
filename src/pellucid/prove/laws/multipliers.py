"""Certificates that multipliers make field equations divergences, for all fields, and that there are no others.

(1) sum_a Q_a Delta_a = D_t T + D_x X + ... is an identity of polynomials; where no currents are given, E_f of the left
    side is 0 for every field f, which says that there are some (Olver, theorem 4.7).
(2) The Euler operators of all monomials up to the degree have some rank modulo a prime, and over the rationals at least
    that; where as many multipliers were found as that leaves, linearly independent, they are all there are.

Multipliers hold no leading derivative of the equations nor a derivative of one, so that different ones belong to laws
that are not equivalent. Each is checked by doing it again from the equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...algebra.arithmetic.finite_field import PRIME, rank
from ...algebra.expressions.text import to_text
from ...algebra.fields.multipliers import MultiplierSystem, multiplier_system
from ...artifacts.laws.conservation_laws import ConservationLaws
from ...subjects.equations.field_equations import FieldEquations, naming_by
from ..proof import CertificateError, Proof, Verdict
from .exact_certificate import SolutionsCertificate
from .law_proofs import prove_laws


@prove_laws.register(ConservationLaws)
def prove_multipliers(found: ConservationLaws, seed: int = 0, prefix: str = "") -> list[Proof]:
    """What can be proved of `found`: the identity of each law, and how many there are.

    >>> burgers = ConservationLaws(
    ...     *(("u",), ("t", "x"), ("u_t + u*u_x - u_xx",), (), (("1",),), (("u", "u**2/2 - u_x"),)),
    ...     *(1, 1, False, ("u_t",), 1),
    ... )
    >>> [proof.claim.strength for proof in prove_multipliers(burgers)]
    ['Proved', 'Proved']
    """
    return MultipliersCertificate().prove_all(found, seed, prefix)


def check_multipliers(text: str, found: ConservationLaws) -> Verdict:
    """Whether the certificate `text` proves what it says about `found`."""
    return MultipliersCertificate().check(text, found)


class MultipliersCertificate(SolutionsCertificate[ConservationLaws]):
    """Nothing in it is free but the part and the seed of the values."""

    kind = "multipliers"
    about = ConservationLaws

    @classmethod
    def listed(cls, found: ConservationLaws) -> Sequence[Any]:
        return found.multipliers

    def statement(self, found: ConservationLaws, part: str) -> str:
        return {"identity": _identity, "completeness": _completeness}[part](found)

    def recompute(self, found: ConservationLaws, part: str, seed: int) -> str:
        system, multipliers, currents = _read(found)
        if any(len(multiplier) != len(found.equations) for multiplier in multipliers):
            raise CertificateError("a law has not one multiplier for each equation")
        if system.leading != found.leading:
            raise CertificateError(f"the leading derivatives are {', '.join(system.leading)}")
        if part == "completeness":
            return _complete(system, multipliers, found, np.random.default_rng(seed))
        return _identities(system, multipliers, currents, found)


def _read(found: ConservationLaws) -> tuple[MultiplierSystem, list[Any], list[Any]]:
    """The equations, and the multipliers and the currents of each law as polynomials in their symbols."""
    subject = FieldEquations(found.fields, found.equations, found.parameters)
    texts = [text for law in (*found.multipliers, *found.currents) for text in law]
    if found.independent != subject.independent:
        raise CertificateError(f"the fields depend on {', '.join(subject.independent)}")
    system, extra = multiplier_system(
        *(found.fields, found.independent, subject.expressions(), found.parameters, found.order, found.explicit),
        naming_by(found.independent),
        [subject.read(text) for text in texts],
    )
    rows = iter(extra)
    multipliers = [tuple(next(rows) for _ in law) for law in found.multipliers]
    return system, multipliers, [tuple(next(rows) for _ in law) for law in found.currents]


def _identity(found: ConservationLaws) -> str:
    laws = [
        f"{law[0]} conserved" if law else f"a density for the multiplier {', '.join(multiplier)}"
        for law, multiplier in zip(found.currents, found.multipliers, strict=True)
    ]
    return f"{'; '.join(laws)}: D_{' + D_'.join(found.independent)} of the currents is 0 on solutions"


def _completeness(found: ConservationLaws) -> str:
    exactly = "exactly" if found.dimension == len(found.multipliers) else "at most"
    noun = "law" if found.dimension == 1 else "laws"
    return f"{exactly} {found.dimension} conservation {noun} with {found.scope()}"


def _identities(system: MultiplierSystem, multipliers: Any, currents: Any, found: ConservationLaws) -> str:
    for multiplier, law, texts in zip(multipliers, currents, found.multipliers, strict=True):
        shown = ", ".join(texts)
        if not law and any(part != 0 for part in system.image(multiplier)):
            raise CertificateError(f"{shown} times the equations is no divergence")
        if law and len(law) != len(found.independent):
            raise CertificateError(f"the law of {shown} has {len(law)} currents for {', '.join(found.independent)}")
        if law and system.divergence(law) != system.product(multiplier):
            raise CertificateError(f"{shown} times the equations is not the divergence of its currents")
    return f"{len(found.multipliers)} identities"


def _complete(system: MultiplierSystem, multipliers: Any, found: ConservationLaws, random: np.random.Generator) -> str:
    functions = tuple(to_text(a.definition) for a in system.jets.auxiliaries if a.symbol.name in system.symbols)
    if found.functions and functions != found.functions:
        raise CertificateError(f"multipliers were looked for in {', '.join(functions)}")
    ansatz = system.ansatz(found.degree)
    values = {name: int(random.integers(2, PRIME)) for name in system.jets.parameters}
    left = len(ansatz) - rank(system.matrix([system.image(multiplier) for multiplier in ansatz], values))
    if left > found.dimension:
        raise CertificateError(f"there may be {left} conservation laws, not {found.dimension}")
    if multipliers and found.dimension == len(multipliers):
        _listed(system, multipliers, ansatz, values, found)
    return f"rank {len(ansatz) - left} of {len(ansatz)} monomials modulo {PRIME}"


def _listed(
    system: MultiplierSystem, multipliers: Any, ansatz: Any, values: dict[str, int], found: ConservationLaws
) -> None:
    """That those that are listed are as many dimensions of what was counted: "exactly" rests on it."""
    if rank(system.matrix(multipliers, values)) < len(multipliers):
        raise CertificateError("the multipliers are not linearly independent")
    if rank(system.matrix([*ansatz, *multipliers], values)) > len(ansatz):
        raise CertificateError(f"a multiplier is not among the counted ones, {found.scope()}")
    if any(part != 0 for multiplier in multipliers for part in system.image(multiplier)):
        raise CertificateError("a multiplier gives no conservation law")

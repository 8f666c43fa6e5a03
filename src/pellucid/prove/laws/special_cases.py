"""Certificates about special values of parameters: what is conserved there, and that there are no others.

(1) At the values of a case the equations are those of the case, and what it lists is conserved, independent and
    complete: as for any equations, in `conserved`.
(2) The drift matrix over the polynomials in the parameters is eliminated again; its rank is smaller only where pivots
    and factors taken out are 0, and each of these is looked at again.
"""

from __future__ import annotations

from typing import Any

from ...algebra.polynomial_system import polynomial_system
from ...algebra.special_values import special_values
from ...algebra.text import parse, symbols_of
from ...artifacts.laws.special_cases import SpecialCase, SpecialCases
from ...subjects.equations.dynamics import Dynamics
from ..proof import CertificateError, Proof, Verdict
from .conserved import ConservedCertificate
from .exact_certificate import ExactCertificate

MOST = 1_000_000
"""Terms that the search multiplies, if nothing else was asked for."""


def prove_special_cases(found: SpecialCases, seed: int = 0, most: int = MOST) -> list[Proof]:
    """What can be proved of `found`: every case, and that there is no other; `most` as in the search."""
    return [
        SpecialCasesCertificate().prove(found, f"proofs/special-{number}.json", number=number, seed=seed, most=most)
        for number in range(len(found.cases) + (not found.problem))
    ]


def check_special_cases(text: str, found: SpecialCases) -> Verdict:
    """Whether the certificate `text` proves what it says about `found`."""
    return SpecialCasesCertificate().check(text, found)


class SpecialCasesCertificate(ExactCertificate[SpecialCases]):
    """Of case `number`, counted from 0, or, after the last one, that these are all."""

    kind = "special_cases"
    about = SpecialCases
    free = ("number", "seed", "most")

    def contents(self, found: SpecialCases, number: int, seed: int, most: int) -> dict[str, Any]:
        if number < len(found.cases):
            case = found.cases[number]
            statement, domain = _of_case(case, found), "every solution, wherever it is defined"
            if case.law.parameters:
                domain += "; the count, for almost all values of the other parameters"
        else:
            kind = "in no other case" if found.cases else "in no case"
            more = f"more than {_polynomials(found.law.vectors)} of degree <= {found.law.degree} conserved"
            statement, domain = f"{kind} are {more}", found.domain()
        return {
            "format": self.format,
            "kind": self.kind,
            "number": number,
            "statement": statement,
            "domain": domain,
            "special_cases": found.to_dict(),
            "seed": seed,
            "most": most,
        }

    def recompute(self, found: SpecialCases, number: int, seed: int, most: int) -> str:
        if not 0 <= number <= len(found.cases):
            raise CertificateError(f"there is no case {number}")
        if number == len(found.cases):
            return _no_other(found, seed, most)
        return _case(found, found.cases[number], seed)


def _of_case(case: SpecialCase, found: SpecialCases) -> str:
    laws = ", ".join(case.law.expressions) or ", ".join(case.law.others)
    count = f"{_polynomials(case.law.vectors)} of degree <= {found.law.degree}, in general {found.law.vectors}"
    return f"where {case.condition}: {laws} conserved; {count}"


def _polynomials(count: int) -> str:
    return f"{count} polynomial{'s' if count != 1 else ''}"


def _case(found: SpecialCases, case: SpecialCase, seed: int) -> str:
    """That the case is one: its equations are those at its values, and more is conserved."""
    law = found.law
    special = Dynamics(law.variables, law.rhs, law.parameters, law.constraints).at(dict(case.values))
    expected = (special.variables, special.rhs, special.parameters, special.constraints)
    if expected != (case.law.variables, case.law.rhs, case.law.parameters, case.law.constraints):
        raise CertificateError(f"the equations where {case.condition} are others than those of the case")
    if case.law.degree != law.degree or case.law.vectors <= law.vectors:
        raise CertificateError(f"no more is conserved where {case.condition}")
    parts = ConservedCertificate.parts if case.law.expressions else ConservedCertificate.parts[2:]
    return "; ".join(ConservedCertificate().recompute(case.law, part=part, seed=seed) for part in parts)


def _no_other(found: SpecialCases, seed: int, most: int) -> str:
    """That a search done again finds no value of the parameters that is not listed."""
    law = found.law
    names = (*law.variables, *law.parameters)
    symbols = symbols_of(names)
    system, rewritten = polynomial_system(
        [symbols[name] for name in law.variables],
        [parse(text, names) for text in law.rhs],
        [symbols[name] for name in law.parameters],
        [parse(text, names) for text in law.constraints],
        [parse(text, names) for text in law.basis],
    )
    basis: Any = tuple(dict.fromkeys(rewritten))
    again = special_values(system, basis, law.degree, found.depth, int(most), int(seed))
    if again.vectors > law.vectors:
        raise CertificateError(f"{again.vectors} polynomials are conserved in general, not {law.vectors}")
    listed = {case.values for case in found.cases}
    left = {frozenset(entry) for entry in found.left}
    for values, vectors in again.cases:
        as_left = frozenset(f"{name} - ({text})" for name, text in values)
        if values not in listed and as_left not in left:
            raise CertificateError(f"{vectors} are conserved where {', '.join(f'{n} = {t}' for n, t in values)}")
    if any(frozenset(entry) not in left for entry in again.left) or again.deeper > found.deeper:
        raise CertificateError("it says nothing of values that were not looked at")
    return f"{len(again.cases)} cases, {len(again.left)} left undecided"

"""Certificates about special values of parameters: what is conserved there, and that there are no others.

(1) At the values of a case the equations are those of the case, and what it lists is conserved, independent and
    complete: as for any equations, in `conserved`.
(2) The drift matrix over the polynomials in the parameters is eliminated again; its rank is smaller only where pivots
    and factors taken out are 0, and each of these is looked at again.
"""

from __future__ import annotations

from typing import Any

from ...algebra.expressions.text import parse, symbols_of
from ...algebra.fields.density_candidates import candidates_of
from ...algebra.fields.evolution_system import evolution_system
from ...algebra.parameters.special_densities import special_densities
from ...algebra.parameters.special_symmetries import special_symmetries
from ...algebra.parameters.special_values import SpecialValues, special_values
from ...algebra.systems.polynomial_system import polynomial_system
from ...artifacts.laws.densities import Densities
from ...artifacts.laws.invariants import Invariants
from ...artifacts.laws.special_cases import Law, SpecialCase, SpecialCases, count_of
from ...artifacts.laws.symmetries import Symmetries
from ...subjects.equations.dynamics import Dynamics
from ...subjects.equations.evolution import Evolution, jet
from ...subjects.equations.field_equations import FieldEquations
from ..proof import CertificateError, Proof, RanOut, Verdict
from .conserved import ConservedCertificate
from .divergence import DensitiesCertificate
from .exact_certificate import ExactCertificate
from .law_proofs import prove_laws
from .symmetry_identity import SymmetriesCertificate, conditions_from, subject_from


def prove_special_cases(found: SpecialCases, seed: int = 0, most: int = 1_000_000) -> list[Proof]:
    """What can be proved of `found`: every case, and that there is no other, which a search shows that multiplies at
    `most` so many terms."""
    return [
        SpecialCasesCertificate().prove(found, f"proofs/special-{number}.json", number=number, seed=seed, most=most)
        for number in range(len(found.cases) + (not found.problem))
    ]


@prove_laws.register(SpecialCases)
def _proofs(found: SpecialCases, seed: int = 0, _: str = "") -> list[Proof]:
    """Their files have names of their own: a finding has one table of special cases."""
    return prove_special_cases(found, seed)


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
            statement, domain = f"{_none_else(found)}, {found.scope()}", found.domain()
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

    def read(self, text: str, found: SpecialCases) -> dict[str, Any]:
        """In earlier versions the domain alone said of which values of the parameters there are no others."""
        data = super().read(text, found)
        if data.get("number") == len(found.cases) and data.get("statement") == _none_else(found, "are"):
            data["statement"] = f"{_none_else(found)}, {found.scope()}"
        return data

    def recompute(self, found: SpecialCases, number: int, seed: int, most: int) -> str:
        if not 0 <= number <= len(found.cases):
            raise CertificateError(f"there is no case {number}")
        if number == len(found.cases):
            return _no_other(found, seed, most)
        return _case(found, found.cases[number], seed)


def _none_else(found: SpecialCases, verb: str = "") -> str:
    kind = "in no other case" if found.cases else "in no case"
    verb = verb or ("is" if count_of(found.law) == 1 else "are")
    if isinstance(found.law, Symmetries):
        return f"{kind} {verb} there more than {_counted(found.law)} {_within(found.law)}"
    among = found.law.among_functions if isinstance(found.law, Densities) and found.tried else ""
    return f"{kind} {verb} more than {_counted(found.law)} {_within(found.law)}{among} conserved"


def _of_case(case: SpecialCase, found: SpecialCases) -> str:
    law = case.law
    if isinstance(law, Symmetries):
        count = f"{_at_most(law)}{_counted(law)} {_within(law)}, in general {count_of(found.law)}"
        return f"where {case.condition}: {'; '.join(law.fields())} symmetries; {count}"
    laws = law.expressions or law.others if isinstance(law, Invariants) else law.densities
    count = f"{_at_most(law)}{_counted(law)} {_within(law)}, in general {count_of(found.law)}"
    shown = (
        ", ".join(laws) or f"what is not written out, its coefficients in {', '.join(law.parameters)} being too long,"
    )
    return f"where {case.condition}: {shown} conserved; {count}"


def _at_most(law: Law) -> str:
    """What stands before a count of which not all are written out."""
    return "" if _written_out(law) == count_of(law) else "at most "


def _written_out(law: Law) -> int:
    """How many of those that were counted are there to be looked at."""
    if isinstance(law, Invariants):
        return law.vectors
    return len(law.generators if isinstance(law, Symmetries) else law.densities)


def _counted(law: Law) -> str:
    count = count_of(law)
    if isinstance(law, Invariants):
        return f"{count} polynomial{'s' if count != 1 else ''}"
    if isinstance(law, Symmetries):
        return f"{count} point symmetr{'ies' if count != 1 else 'y'}"
    return f"{count} densit{'ies' if count != 1 else 'y'}"


def _within(law: Law) -> str:
    if isinstance(law, Invariants):
        return f"of degree <= {law.degree}"
    if isinstance(law, Symmetries):
        return f"polynomial of degree <= {law.degree} in {', '.join(law.coordinates)}"
    return f"of degree <= {law.degree} and order <= {law.order}, modulo x-derivatives"


def _case(found: SpecialCases, case: SpecialCase, seed: int) -> str:
    """That the case is one: its equations are those at its values, and more is conserved."""
    law, there = found.law, case.law
    if _equations(law).at(dict(case.values)) != _equations(there):
        raise CertificateError(f"the equations where {case.condition} are others than those of the case")
    same = there.degree == law.degree and getattr(there, "order", 0) == getattr(law, "order", 0)
    if not same or count_of(there) <= count_of(law):
        raise CertificateError(f"no more is conserved where {case.condition}")
    if _written_out(there) <= count_of(law):
        raise RanOut(
            f"not enough of what is conserved where {case.condition} is written out to be more than in general"
        )
    if isinstance(there, Symmetries):
        return SymmetriesCertificate().recompute_all(there, seed)
    if isinstance(there, Densities):
        return DensitiesCertificate().recompute_all(there, seed)
    return ConservedCertificate().recompute_all(there, seed)


def _equations(law: Law) -> Dynamics | Evolution | FieldEquations:
    """Without the title, in the form in which values are put in."""
    if isinstance(law, Symmetries):
        return subject_from(law).at({})
    if isinstance(law, Invariants):
        return Dynamics(law.variables, law.rhs, law.parameters, law.constraints).at({})
    return Evolution(law.fields, law.rhs, law.parameters).at({})


def _searched_again(found: SpecialCases, seed: int, most: int) -> SpecialValues:
    law = found.law
    if isinstance(law, Densities):
        equation = Evolution(law.fields, law.rhs, law.parameters)
        system, _ = evolution_system(law.fields, equation.expressions(), law.parameters, law.order, jet)
        candidates, _ = candidates_of(system, law.order, law.degree)
        return special_densities(system, candidates, found.depth, most, seed, found.assumed)
    if isinstance(law, Symmetries):
        return special_symmetries(conditions_from(law), law.degree, found.depth, most, seed, found.assumed)
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
    return special_values(system, basis, law.degree, found.depth, most, seed, found.assumed)


def _no_other(found: SpecialCases, seed: int, most: int) -> str:
    """That a search done again finds no value of the parameters that is not listed."""
    again = _searched_again(found, int(seed), int(most))
    if again.tried != found.tried:
        raise CertificateError(f"the exponents at which powers coincide are {', '.join(again.tried)}")
    if again.vectors > count_of(found.law):
        raise CertificateError(f"{again.vectors} are conserved in general, not {count_of(found.law)}")
    listed, left = {case.values for case in found.cases}, set(map(frozenset, found.left))
    for values, vectors in again.cases:
        as_left = frozenset(f"{name} - ({text})" for name, text in values)
        if values not in listed and as_left not in left:
            raise CertificateError(f"{vectors} are conserved where {', '.join(f'{n} = {t}' for n, t in values)}")
    if not left.issuperset(map(frozenset, again.left)) or again.deeper > found.deeper:
        raise CertificateError("it says nothing of values that were not looked at")
    return f"{len(again.cases)} cases, {len(again.left)} left undecided"

"""Certificates about special values of parameters: what is conserved there, and that there are no others.

(1) At the values of a case the equations are those of the case, and what it lists is conserved, independent and
    complete: as for any equations, in `conserved`.
(2) The drift matrix over the polynomials in the parameters is eliminated again; its rank is smaller only where pivots
    and factors taken out are 0, and each of these is looked at again.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ...algebra.polynomial_system import polynomial_system
from ...algebra.special_values import special_values
from ...algebra.text import parse, symbols_of
from ...artifacts.laws.special_cases import SpecialCase, SpecialCases
from ...subjects.equations.dynamics import Dynamics
from ..networks.enclosure_certificate import Verdict
from ..networks.enclosure_integers import Wrong
from ..programs.equivalence import Proof
from . import conserved
from .exact_certificate import check_exactly, prove_exactly

KIND = "special_cases"
FORMAT = 1
MOST = 1_000_000
"""Terms that the search multiplies, if nothing else was asked for."""


def prove_special_cases(found: SpecialCases, seed: int = 0, most: int = MOST) -> list[Proof]:
    """What can be proved of `found`: every case, and that there is no other; `most` as in the search."""
    return [
        prove_exactly(
            KIND,
            f"proofs/special-{number}.json",
            partial(_certificate, found, number, seed, most),
            partial(_verify, found=found),
        )
        for number in range(len(found.cases) + (not found.problem))
    ]


def check_special_cases(text: str, found: SpecialCases) -> Verdict:
    """Whether the certificate `text` proves what it says about `found`."""
    return check_exactly(
        text,
        "special cases",
        lambda data: _certificate(found, data["number"], data["seed"], data["most"]),
        lambda data: _verify(data, found),
    )


def _certificate(found: SpecialCases, number: int, seed: int, most: int) -> dict[str, Any]:
    """All that a certificate says: of case `number`, counted from 0, or, after the last one, that these are all."""
    if number < len(found.cases):
        case = found.cases[number]
        statement, domain = _of_case(case, found), "every solution, wherever it is defined"
        if case.law.parameters:
            domain += "; the count, for almost all values of the other parameters"
    else:
        kind = "in no other case" if found.cases else "in no case"
        statement = f"{kind} are more than {_polynomials(found.law.vectors)} of degree <= {found.law.degree} conserved"
        domain = found.domain()
    return {
        "format": FORMAT,
        "kind": KIND,
        "number": number,
        "statement": statement,
        "domain": domain,
        "special_cases": found.to_dict(),
        "seed": seed,
        "most": most,
    }


def _of_case(case: SpecialCase, found: SpecialCases) -> str:
    laws = ", ".join(case.law.expressions) or ", ".join(case.law.others)
    count = f"{_polynomials(case.law.vectors)} of degree <= {found.law.degree}, in general {found.law.vectors}"
    return f"where {case.condition}: {laws} conserved; {count}"


def _polynomials(count: int) -> str:
    return f"{count} polynomial{'s' if count != 1 else ''}"


def _verify(data: dict[str, Any], found: SpecialCases) -> str:
    law = found.law
    equations = Dynamics(law.variables, law.rhs, law.parameters, law.constraints)
    if not 0 <= data["number"] <= len(found.cases):
        raise Wrong(f"there is no case {data['number']}")
    if data["number"] == len(found.cases):
        return _no_other(data, found)
    case = found.cases[data["number"]]
    special = equations.at(dict(case.values))
    if (special.variables, special.rhs, special.parameters) != (
        case.law.variables,
        case.law.rhs,
        case.law.parameters,
    ) or special.constraints != case.law.constraints:
        raise Wrong(f"the equations where {case.condition} are others than those of the case")
    if case.law.degree != law.degree or case.law.vectors <= law.vectors:
        raise Wrong(f"no more is conserved where {case.condition}")
    parts = conserved.PARTS if case.law.expressions else conserved.PARTS[2:]
    return "; ".join(conserved.verify({"part": part, "seed": data["seed"]}, case.law) for part in parts)


def _no_other(data: dict[str, Any], found: SpecialCases) -> str:
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
    again = special_values(system, basis, law.degree, found.depth, int(data["most"]), int(data["seed"]))
    if again.vectors > law.vectors:
        raise Wrong(f"{again.vectors} polynomials are conserved in general, not {law.vectors}")
    listed = {case.values for case in found.cases}
    told = {frozenset(entry) for entry in found.left}
    for values, vectors in again.cases:
        as_left = frozenset(f"{name} - ({text})" for name, text in values)
        if values not in listed and as_left not in told:
            raise Wrong(f"{vectors} are conserved where {', '.join(f'{n} = {t}' for n, t in values)}")
    if any(frozenset(entry) not in told for entry in again.left) or again.deeper > found.deeper:
        raise Wrong("it says nothing of values that were not looked at")
    return f"{len(again.cases)} cases, {len(again.left)} left undecided"


__all__ = ["check_special_cases", "prove_special_cases"]

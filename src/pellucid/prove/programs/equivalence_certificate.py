"""Verifying certificates of equivalence: written anew from both programs and the invariant, and put to the solvers.

An empty proof cannot slip through: the first query puts the initial state into the invariant, and no range of inputs is
empty. All the same the same queries are asked for a program that is wrong on purpose, and must fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...artifacts.programs.expression import apply
from ..proof import CertificateError, Verdict
from .certificate import QUERIES, assemble, invariant_of
from .product import Product, product_of
from .program_certificate import ProgramCertificate, program_of, read_saved, same_text
from .solvers import INSTALL, ask, installed

if TYPE_CHECKING:
    from ..saved import Saved


class EquivalenceCertificate(ProgramCertificate):
    """The program gives the same outputs as a reference, whose text stands beside the certificate."""

    kind = "equivalence"
    by = "z3"
    command = "z3 {path}"

    def beside(self, entry: Mapping[str, Any]) -> list[str]:
        return [entry["reference"]["path"]]

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        product = product_of(program_of(saved), read_saved(saved, entry["reference"]))
        invariant = invariant_of(text)
        again = assemble(product, invariant, entry["statement"])
        same_text(text, again, entry, product)
        return _solved(product, invariant, again, entry, timeout)


def _solved(product: Product, invariant: str, text: str, entry: Mapping[str, Any], timeout: float) -> Verdict:
    """Every solver that the claim names, and that is here, must answer unsat; and Z3 must refuse a wrong program."""
    here, named = installed(), str(entry["by"]).split("+")
    asked = [solver for solver in named if solver in here]
    if "z3" not in asked:
        return Verdict(f"z3 not found ({INSTALL})", unchecked=True)
    for solver in asked:
        if unsolved := _unsolved(solver, text, timeout):
            return unsolved
    wrong = replace(product.left, outputs=tuple(apply("+", output, 1) for output in product.left.outputs))
    if ask("z3", assemble(replace(product, left=wrong), invariant, ""), timeout).all_unsat(QUERIES):
        raise CertificateError("the same invariant proves a program that is wrong on purpose")
    missing = [solver for solver in named if solver not in here]
    solvers = " and ".join(f"{solver} {here[solver]}" for solver in asked)
    also = f"; {missing[0]} not found" if missing else ""
    return Verdict(detail=f"program.py agrees with {entry['reference']['path']}: unsat by {solvers}{also}")


def _unsolved(solver: str, text: str, timeout: float) -> Verdict | None:
    """What is open after this solver's answers; None where it answers unsat to every query."""
    answers = ask(solver, text, timeout)
    if "sat" in answers.results or answers.error:
        raise CertificateError(f"{solver} answers {' '.join(answers.results) or answers.error}")
    if not answers.all_unsat(QUERIES):
        return Verdict(f"{solver} answers {' '.join(answers.results)} within {timeout:g} s a query", unchecked=True)
    return None

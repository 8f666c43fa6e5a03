"""Verifying certificates of equivalence: written anew from both programs and the invariant, and put to the solvers.

An empty proof cannot slip through: the first query puts the initial state into the invariant, and no range of inputs is
empty. All the same the same queries are asked for a program that is wrong on purpose, and must fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.expression import apply
from ...artifacts.programs.program import Program
from ..proof import CertificateError, Verdict
from .certificate import QUERIES, assemble, invariant_of
from .product import Product, as_printed, product_of
from .program_certificate import ProgramCertificate, program_of, read_saved, same_text
from .solvers import INSTALL, ask, installed

if TYPE_CHECKING:
    from ..saved import Saved


SPECIFICATION = "program = specification, every input, every length"
AUTOMATON = (
    "program = automaton (both made here), every input, every length",
    "program = automaton, every input, every length",
)
"""About two things that were made here: both may be wrong in the same way. The second is how it was put before."""


class EquivalenceCertificate(ProgramCertificate):
    """The program gives the same outputs as a reference, whose text stands beside the certificate."""

    kind = "equivalence"
    by = "z3"
    also_by = ("z3+cvc5",)
    command = "z3 {path}"

    def beside(self, entry: Mapping[str, Any]) -> list[str]:
        return [entry["reference"]["path"]]

    def rests_on(self, entry: Mapping[str, Any]) -> list[str]:
        """That the reference is what was asked for: a checker cannot know what anyone wanted."""
        if entry["statement"] != SPECIFICATION:
            return []
        return [f"that {entry['reference']['path']} is the specification that was meant"]

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        program, reference = program_of(saved), read_saved(saved, entry["reference"])
        if entry["statement"] not in statements_about(program, reference):
            raise CertificateError(f"it claims {entry['statement']!r}, which is more than that two programs agree")
        if entry["statement"] in AUTOMATON:
            _same_automaton(saved, program, saved.text(entry["reference"]["path"]))
        product = product_of(program, reference)
        invariant = invariant_of(text)
        again = assemble(product, invariant, entry["statement"])
        same_text(text, again, entry, product)
        return _solved(product, invariant, again, entry, timeout)


def statements_about(program: Program, reference: Program) -> tuple[str, ...]:
    """What a certificate of equivalence may claim: no words but these are about what it shows."""
    return (f"{program.name} = {reference.name}", SPECIFICATION, *AUTOMATON)


def _same_automaton(saved: Saved, program: Program, text: str) -> None:
    """The reference must be the finding's automaton, written as a program."""
    entry = saved.entry_of(Automaton.kind)
    automaton = Automaton.from_dict(entry["data"], {name: saved.read(name) for name in entry["files"]})
    if as_printed(automaton.to_program(program.inputs)).to_python() != text:
        raise CertificateError("the reference is not the finding's automaton")


def _solved(product: Product, invariant: str, text: str, entry: Mapping[str, Any], timeout: float) -> Verdict:
    """Every solver that the claim names, and that is here, must answer unsat; and Z3 must refuse a wrong program."""
    here, named = installed(), str(entry["by"]).split("+")
    asked = [solver for solver in named if solver in here]
    if "z3" not in asked:
        return Verdict(f"z3 not found ({INSTALL})", unchecked=True)
    for solver in asked:
        if unsolved := _unsolved(solver, text, timeout):
            return unsolved
    _refuse_too_strong(product, invariant, timeout)
    missing = [solver for solver in named if solver not in here]
    solvers = " and ".join(f"{solver} {here[solver]}" for solver in asked)
    also = f"; {missing[0]} not found" if missing else ""
    return Verdict(detail=f"program.py agrees with {entry['reference']['path']}: unsat by {solvers}{also}")


def _refuse_too_strong(product: Product, invariant: str, timeout: float) -> None:
    """An invariant that proves a program wrong on purpose as well, its outputs one too large, proves nothing."""
    wrong = replace(product.left, outputs=tuple(apply("+", output, 1) for output in product.left.outputs))
    if ask("z3", assemble(replace(product, left=wrong), invariant, ""), timeout).all_unsat(QUERIES):
        raise CertificateError("the same invariant proves a program that is wrong on purpose")


def _unsolved(solver: str, text: str, timeout: float) -> Verdict | None:
    """What is open after this solver's answers; None where it answers unsat to every query."""
    answers = ask(solver, text, timeout)
    if "sat" in answers.results or answers.error:
        raise CertificateError(f"{solver} answers {' '.join(answers.results) or answers.error}")
    if not answers.all_unsat(QUERIES):
        return Verdict(f"{solver} answers {' '.join(answers.results)} within {timeout:g} s a query", unchecked=True)
    return None

"""Theorems about programs, proved by Dafny for every sequence of any length.

The file holds the theorem, a reference fold with its proof, the program, and the relation between both (found by
`equivalence`), so that any program that computes the same goes through, whatever its registers are.
"""

from __future__ import annotations

import time
from dataclasses import replace

from ...artifacts.programs.program import Program
from ...core.claim import Undecided
from ..proof import Proof
from .dafny_run import INSTALL, NOT_FOUND, dafny_path, verify
from .dafny_text import NoDafny, theorem_text, to_dafny
from .equivalence import prove_equivalent
from .product import as_printed, domain_text, product_of
from .theorem_certificate import TheoremCertificate
from .theorems import Theorem


def prove_theorem(
    program: Program,
    theorem: Theorem,
    *,
    path: str = "proofs/program.dfy",
    timeout: float = 60.0,
    seed: int = 0,
) -> Proof:
    """Whether every output of `program` is what `theorem` says, for all sequences over its domain.

    Proved by Dafny; Refuted with a counterexample; or Undecided, with what ran out or is missing. Raises ValueError
    where the theorem is about other inputs.
    """
    start = time.monotonic()
    statement = theorem.about
    program = as_printed(program)
    if len(program.outputs) != 1:
        raise ValueError(f"{theorem.family} is about one output a step, {program.name} gives {len(program.outputs)}")
    reference = theorem.reference(program.inputs)
    related = prove_equivalent(program, reference, timeout=timeout / 2, seed=seed)
    if related.invariant is None:
        return Proof(replace(related.claim, statement=statement), {}, None, time.monotonic() - start)
    product = product_of(program, as_printed(reference))

    def undecided(reason: str, remedy: str) -> Proof:
        return Proof(Undecided(statement, reason, remedy), {}, related.invariant, time.monotonic() - start)

    try:
        text = theorem_text(product, theorem.text(product.inputs), to_dafny(related.invariant), statement)
    except NoDafny as error:
        return undecided(str(error), "the equivalence with the reference is proved in SMT-LIB all the same")
    if dafny_path() is None:
        return undecided(NOT_FOUND, INSTALL)
    verdict = verify(text, max(5.0, timeout / 2))
    if not verdict.holds:
        return undecided(verdict.problem, "give Dafny more time, or read its messages with the command it was run by")
    return TheoremCertificate().build(
        path,
        text,
        statement,
        domain_text(product),
        invariant=related.invariant,
        seconds=time.monotonic() - start,
        theorem=[theorem.family, theorem.number],
    )

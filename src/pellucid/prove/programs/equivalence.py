"""Proving that two programs give the same outputs on every sequence of any length.

A difference is looked for first, by running both. Then an invariant is: a relation between the registers of both
programs that holds at the start, survives each step, and forces the outputs to agree. The proof is the invariant,
written with both programs into one SMT-LIB file that any solver can check.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.expression import Expression
from ...artifacts.programs.program import Program
from ...core.claim import Claim, Refuted, Undecided
from ..effort import Effort
from ..proof import Proof, RanOut
from . import candidates
from .certificate import QUERIES, assemble, invariant_definition
from .equivalence_certificate import EquivalenceCertificate, statements_about
from .inductive_invariant import inductive
from .product import Product, as_printed, domain_text, product_of, signature
from .reachability import Reach, random_difference, reach, samples, shortened
from .settings import SEARCH
from .solvers import INSTALL, ask, installed
from .spacer import bounded_difference, spacer_invariant


def prove_equivalent(
    left: Program,
    right: Program,
    *,
    path: str = "proofs/equivalence.smt2",
    statement: str | None = None,
    timeout: float = 30.0,
    seed: int = 0,
) -> Proof:
    """Whether `left` and `right` agree on all sequences over the domain of `left`, however long.

    `timeout` is in seconds of effort: counted in steps (`prove/effort.py`), so that a busy machine finds the same.
    Proved, with a certificate and the text of `right` beside it; Refuted, with the shortest difference found; or
    Undecided, with what ran out. Raises ValueError where their inputs or outputs do not match by position, and for a
    `statement` that says more than a certificate shows (see `equivalence_certificate.statements_about`).
    """
    start = time.monotonic()
    left, right = as_printed(left), as_printed(right)
    product = product_of(left, right)
    known = statements_about(left, right)
    statement = statement or known[0]
    if statement not in known:
        raise ValueError(f"statement={statement!r} is not what a proof of equivalence shows; give one of {known}")
    found = _decided(product, statement, np.random.default_rng(seed), timeout)
    if isinstance(found, np.ndarray):
        found = Refuted(statement, counterexample(left, right, shortened(product, found)))
    seconds = time.monotonic() - start
    if isinstance(found, Claim):
        return Proof(found, seconds=seconds)
    return EquivalenceCertificate().build(
        path,
        found.text,
        statement,
        domain_text(product),
        by=found.by,
        beside={reference_path(path): right.to_python()},
        invariant=found.invariant,
        seconds=seconds,
        reference={"path": reference_path(path), **signature(right)},
    )


def _decided(
    product: Product, statement: str, generator: np.random.Generator, timeout: float
) -> _Found | NDArray[np.int64] | Undecided:
    """A certificate, a sequence on which the programs differ, or why neither was found."""
    reached = reach(product, generator)
    if reached.difference is not None:
        return reached.difference
    if reached.undefined is not None:
        word = sequence_text(reached.undefined)
        reason = f"on inputs {word} a program divides by a number that is not positive, or reads beyond a table"
        return Undecided(statement, reason, "guard the division or the index")
    if not reached.closed and (difference := random_difference(product, generator)) is not None:
        return difference
    if "z3" not in installed():
        return Undecided(statement, "z3 not found", INSTALL)
    effort, reason = Effort.of_seconds(timeout), "no invariant of the kinds that were tried proves it"
    try:
        found = _certificate(product, reached, statement, generator, effort)
    except RanOut:
        found, reason = None, f"{timeout:g} s of effort (counted in steps) were spent while looking for an invariant"
    if found is not None:
        return found
    difference = bounded_difference(product, Effort.of_seconds(max(effort.seconds, SEARCH.last_try)))
    remedy = "give more time, or a reference whose registers are closer"
    return Undecided(statement, reason, remedy) if difference is None else difference


@dataclass(frozen=True)
class _Found:
    """A certificate that solvers agree on."""

    by: str
    text: str
    invariant: Expression


def _certificate(
    product: Product, reached: Reach, statement: str, generator: np.random.Generator, effort: Effort
) -> _Found | None:
    """A certificate that both solvers accept, or after two tries one that Z3 accepts. Raises `RanOut`."""
    single: _Found | None = None
    enough, seconds = ("z3+cvc5", SEARCH.second) if "cvc5" in installed() else ("z3", (0.0, 0.0))
    try:
        for invariant in _invariants(product, reached, generator, effort):
            text = assemble(product, invariant_definition(product, invariant), statement)
            by = _agreeing(text, effort, seconds[single is not None])
            if by == enough:
                return _Found(by, text, invariant)
            if single is not None:
                return single
            if by:
                single = _Found(by, text, invariant)  # another invariant may be easier for the second solver
    except RanOut:
        if single is None:
            raise
    return single


def _invariants(
    product: Product, reached: Reach, generator: np.random.Generator, effort: Effort
) -> Iterator[Expression]:
    """Inductive invariants, from the most readable kind to the most general. Raises `RanOut`."""
    if reached.closed:
        states = reached.states.astype(object)
    else:
        some = generator.permutation(len(reached.states))[:600]
        states = np.concatenate([samples(product, generator), reached.states[some].astype(object)])
    simple = candidates.linear(product.registers, states)
    kinds: list[Callable[[], list[Expression]]] = [lambda: simple]
    if reached.closed:
        table = candidates.tabulated(product, states)
        if table is not None:
            kinds.append(lambda: [table])
        elif len(states) <= SEARCH.listed:
            kinds.append(lambda: [candidates.listed(product, states)])
    kinds.append(lambda: simple + candidates.richer(product, states))
    kinds.append(lambda: simple + candidates.richer(product, states) + candidates.quadratic(product, states))
    for kind in kinds:
        guesses = kind()
        for ranges in (False, True):
            invariant = inductive(product, guesses, effort, ranges=ranges)
            if invariant is None:
                break
            yield invariant
    invariant = spacer_invariant(product, effort)
    if invariant is not None:
        yield invariant


def _agreeing(text: str, effort: Effort, second: float) -> str:
    """The solvers that answer unsat to every query of a certificate; empty where Z3 does not, or cvc5 answers sat."""
    left = max(1.0, effort.seconds)
    answers = ask("z3", text, left)
    effort.left -= answers.steps
    if not answers.all_unsat(QUERIES):
        return ""
    if not second:
        return "z3"
    other = ask("cvc5", text, min(second, left))
    effort.left -= other.steps
    if "sat" in other.results:
        return ""
    return "z3+cvc5" if other.all_unsat(QUERIES) else "z3"


def reference_path(path: str) -> str:
    """Where the right program is written: beside the certificate.

    >>> reference_path("proofs/equivalence.smt2")
    'proofs/equivalence.reference.py'
    """
    return path.removesuffix(".smt2") + ".reference.py"


def counterexample(left: Program, right: Program, sequence: NDArray[np.int64]) -> str:
    """The inputs, and what both programs give at the last of them, by running both."""
    results = [program.run(np.asarray(sequence)[None], exact=True)[0, -1].tolist() for program in (left, right)]
    mine, other = (", ".join(map(str, result)) for result in results)
    names = (left.name, right.name) if left.name != right.name else ("left", "right")
    return (
        f"inputs {sequence_text(sequence)}: {names[0]} gives {mine}, {names[1]} gives {other} at step {len(sequence)}"
    )


def sequence_text(sequence: NDArray[np.int64]) -> str:
    """Inputs step by step: numbers, or tuples of them.

    >>> sequence_text(np.array([[1], [0]])), sequence_text(np.array([[1, 2], [0, 0]]))
    ('1 0', '(1,2) (0,0)')
    """
    rows = [tuple(int(v) for v in row) for row in sequence]
    return " ".join(str(row[0]) if len(row) == 1 else f"({','.join(map(str, row))})" for row in rows)

"""Proving Python functions against their contracts: run on small inputs, then translated and proved with Dafny.

The hints that Dafny needs are found as for the programs of DafnyBench (arXiv 2406.08467).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ...artifacts.programs.python_functions import PythonFunctions
from ...core.claim import Claim, Refuted, Tested, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.dafny.dafny_program import DafnyProgram
from ...subjects.python.python_program import PythonProgram, read_python
from ...subjects.python.running import failures
from .dafny_hints import DafnyHints
from .python_certificate import RETURNS


@dataclass(frozen=True)
class PythonHints(Method[PythonProgram, PythonFunctions]):
    """Contracts of Python functions: a call that breaks one, or a proof for all arguments.

    Every function is called on small arguments that meet what it requires: an error or a false `ensures` is a
    counterexample. Where there is none, the whole file is translated into Dafny (`subjects/python`), which is proved
    with hints that are found for it (`symbolic`, as for DafnyBench, arXiv:2406.08467).

    >>> program = PythonProgram("def f(n: int) -> int:\\n  # ensures: result > n\\n  return n * n")
    >>> PythonHints().explain(program).claims[0].counterexample.split(":")[1]
    ' result > n is false'
    """

    symbolic: DafnyHints = field(default_factory=DafnyHints)
    """How hints are found."""

    def _as_subject(self, given: object) -> object:
        return read_python(given) if isinstance(given, str | Path) else given

    def _find(self, subject: PythonProgram, context: Context) -> Found[PythonFunctions]:
        claims = _run(subject, context.stream("arguments"))
        plain = PythonFunctions(subject.name, subject.text, subject.dafny)
        if any(isinstance(claim, Refuted) for claim in claims):
            return Found(plain, tuple(claims))
        found = self.symbolic.explain(DafnyProgram(subject.dafny, subject.name), seed=context.stream("hints"))
        unproved = [claim for claim in found.claims if isinstance(claim, Undecided)]
        if unproved:
            reason = unproved[0].reason
            remedy = "add a '# requires:', an '# invariant:' below the loop, or simplify the function"
            told = Undecided(RETURNS, f"of program.dfy {reason}", remedy, key="verified")
            return Found(plain, (told, *claims))
        artifact = PythonFunctions(subject.name, subject.text, found.artifact.text, found.artifact.hints)
        counted = [claim for claim in found.claims if claim.key == "hints"]
        return Found(artifact, (*claims, *counted))


def _run(subject: PythonProgram, seed: int) -> list[Claim]:
    """What calls of the functions show."""
    cases, unrun = 0, []
    for function, count, said in failures(subject.functions, seed):
        if said:
            return [Refuted(RETURNS, said, key="verified")]
        cases += count
        if not count:
            unrun.append(function.name)
    stated = "calls on small random arguments return, and meet the contract"
    claims: list[Claim] = [Tested(stated, cases, 0, key="runs")] if cases else []
    if unrun:  # then a proof may be one about nothing
        reason = f"of small arguments none meets what {', '.join(unrun)} requires"
        claims.append(Undecided("every function can be called", reason, "weaken '# requires:'", key="callable"))
    return claims

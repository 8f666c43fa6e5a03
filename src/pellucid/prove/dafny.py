"""Theorems about programs, proved by Dafny for every sequence of any length.

The file holds the theorem, a reference fold with its proof, the program, and the relation between both (found by
`equivalence`), so that any program that computes the same goes through, whatever its registers are.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ..artifacts.expression import Expression
from ..artifacts.program import Program
from ..core.claim import Proved, Undecided
from .dafny_text import HELPERS, LOOP, NoDafny, equivalence_text, half_text, input_text
from .equivalence import Proof, prove_equivalent
from .product import Product, as_printed, domain_text, product_of
from .theorems import Theorem

MISSING = Undecided("", reason="dafny not found", remedy="apt-get install dafny")
_VERIFIED = re.compile(r"(\d+) verified, 0 errors")
_TIMED_OUT = re.compile(r"time[sd]? out|out of resource|inconclusive", re.IGNORECASE)
_ESCAPES = re.compile(r"\bassume\b|\{:\s*(axiom|verify|extern)|\binclude\b|/\*|@", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What Dafny said of a text: `verified` is how many definitions, if there was no error at all."""

    verified: int = 0
    problem: str = ""

    @property
    def holds(self) -> bool:
        return self.verified > 0 and not self.problem


def prove_theorem(
    program: Program,
    theorem: Theorem,
    *,
    path: str = "proofs/program.dfy",
    timeout: float = 60.0,
    seed: int = 0,
) -> Proof:
    """Whether every output of `program` is what `theorem` says, for all sequences over its domain.

    Proved by Dafny; Refuted with a counterexample; or Undecided, with what ran out or is missing. Raises ValueError where
    the theorem is about other inputs.
    """
    start = time.monotonic()
    statement = f"{program.name} satisfies: {theorem.statement}"
    program = as_printed(program)
    if len(program.outputs) != 1:
        raise ValueError(f"{theorem.family} is about one output a step, {program.name} gives {len(program.outputs)}")
    reference = theorem.reference(program.inputs)
    related = prove_equivalent(program, reference, statement=statement, timeout=timeout / 2, seed=seed)
    if related.invariant is None:
        return Proof(related.claim, {}, None, time.monotonic() - start)
    product = product_of(program, as_printed(reference))

    def undecided(reason: str, remedy: str) -> Proof:
        return Proof(Undecided(statement, reason, remedy), {}, related.invariant, time.monotonic() - start)

    try:
        text = theorem_text(product, theorem, related.invariant, statement)
    except NoDafny as error:
        return undecided(str(error), "the equivalence with the reference is proved in SMT-LIB all the same")
    if dafny_path() is None:
        return undecided(MISSING.reason, MISSING.remedy)
    verdict = verify(text, max(5.0, timeout - (time.monotonic() - start)))
    if not verdict.holds:
        return undecided(verdict.problem, "give Dafny more time, or read its messages with the command it was run by")
    claim = Proved(statement, domain_text(product), "Dafny", path, f"dafny /compile:0 {path}")
    return Proof(claim, {path: text}, related.invariant, time.monotonic() - start)


def theorem_text(product: Product, theorem: Theorem, invariant: Expression, statement: str) -> str:
    """The Dafny file: a function of both programs, the theorem and the invariant, and of nothing else."""
    return f"""// {' '.join(statement.split())}
// Domain: {domain_text(product)}.

{input_text(product)}
{HELPERS}
// ---- the program
{half_text(product.left, "left")}
// ---- the reference
{half_text(product.right, "right")}
// ---- what is right, and that the reference is
{theorem.text(product.inputs)}
// ---- the program and the reference agree
{equivalence_text(invariant)}
{LOOP}"""


def dafny_path() -> str | None:
    """Where Dafny is; None where it is not installed."""
    return shutil.which("dafny")


def verify(text: str, timeout: float) -> Verdict:
    """What Dafny says of `text`: only exit code 0 together with "n verified, 0 errors" counts as a proof.

    Dafny 2.3 sends every Z3 after 4.8.5 an option that it does not know any more; the complaint is harmless and ignored.
    """
    executable = dafny_path()
    if executable is None:
        return Verdict(problem=MISSING.reason)
    if found := _ESCAPES.search(text):
        return Verdict(problem=f"the text leaves something unproved: {found[0]}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.dfy"
        file.write_text(text)
        limit = max(1, int(timeout))
        command = [executable, "/compile:0", "/nologo", f"/timeLimit:{limit}", str(file)]
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            return Verdict(problem=f"Dafny did not finish within {timeout:.0f} s")
        finally:
            _stop(process)
    return _verdict(process.returncode, output, file.name)


def _stop(process: subprocess.Popen[str]) -> None:
    """End Dafny and the solvers that it started, which run in a process group of their own."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _verdict(code: int, output: str, name: str) -> Verdict:
    verified = _VERIFIED.search(output)
    if code == 0 and verified and not _TIMED_OUT.search(output):
        return Verdict(int(verified[1]))
    if _TIMED_OUT.search(output):
        return Verdict(problem="Dafny ran out of time")
    errors = [line for line in output.splitlines() if re.search(r"\(\d+,\d+\): (Error|error)", line)]
    summary = errors[0][errors[0].find(name) :] if errors else f"it ended with code {code}"
    return Verdict(problem=f"Dafny does not verify it: {summary}")

"""The job `verify`: a Dafny file, or Python functions with contracts, proved as they stand or with hints.

file -> DafnyHints -> annotated file -> certificate (Dafny, and a comparison word by word) -> finding
Python file -> runs -> PythonHints -> annotated translation -> certificate (translated anew, then the same) -> finding
"""

from __future__ import annotations

from pathlib import Path

from ..artifacts.programs.annotated_program import AnnotatedProgram
from ..artifacts.programs.python_functions import PythonFunctions
from ..core.claim import Undecided
from ..core.finding import Finding
from ..core.method import Method
from ..core.reporter import SILENT, Reporter
from ..prove.hints.dafny_hints import DafnyHints
from ..prove.hints.hint_certificate import STATEMENT, HintCertificate
from ..prove.hints.python_certificate import PythonCertificate
from ..prove.hints.python_hints import PythonHints
from ..prove.manifest import certificate_files
from ..prove.proof import CertificateError
from ..run.cached import cached
from ..subjects.dafny.dafny_program import DafnyProgram
from ..subjects.python.python_program import PythonProgram


def open_dafny(
    subject: DafnyProgram,
    *,
    seed: int = 0,
    method: Method[DafnyProgram, AnnotatedProgram] | None = None,
    effort_seconds: float = 10.0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[AnnotatedProgram]:
    """Verify `subject`, with hints where it needs them. What is proved carries a certificate that can be run again.

    `method`: `DafnyHints` where none is given, `ModelHints` with a language model, `DafnyAnswer` to judge an answer.
    """
    method = method or DafnyHints(effort_seconds=effort_seconds)
    finding = cached(method, subject, seed, folder=checkpoint, reporter=reporter)
    if any(claim.key in ("verified", "audit") for claim in finding.claims):  # with what Dafny said, or was changed
        return finding
    try:
        proof = HintCertificate().prove(finding.artifact, effort_seconds=effort_seconds)
    except CertificateError as error:
        return finding.plus(Undecided(STATEMENT, f"the hints change the program: {error}", "report this file"))
    return finding.plus(proof.claim, proofs=certificate_files(finding.artifact, [proof]))


def open_python(
    subject: PythonProgram,
    *,
    seed: int = 0,
    method: Method[PythonProgram, PythonFunctions] | None = None,
    effort_seconds: float = 10.0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[PythonFunctions]:
    """Verify the functions of a Python file: a call that breaks a contract, or a certificate for all arguments."""
    method = method or PythonHints(DafnyHints(effort_seconds=effort_seconds))
    finding = cached(method, subject, seed, folder=checkpoint, reporter=reporter)
    if any(claim.key == "verified" for claim in finding.claims):
        return finding
    proof = PythonCertificate().prove(finding.artifact, effort_seconds=effort_seconds)
    return finding.plus(proof.claim, proofs=certificate_files(finding.artifact, [proof]))

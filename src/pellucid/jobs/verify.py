"""The job `verify`: a Dafny file is proved as it stands, or with hints that are found for it.

file -> DafnyHints -> annotated file -> certificate (Dafny, and a comparison word by word) -> finding
"""

from __future__ import annotations

from pathlib import Path

from ..artifacts.programs.annotated_program import AnnotatedProgram
from ..core.claim import Undecided
from ..core.finding import Finding
from ..core.method import Method
from ..core.reporter import SILENT, Reporter
from ..prove.hints.dafny_hints import DafnyHints
from ..prove.hints.hint_certificate import STATEMENT, HintCertificate
from ..prove.manifest import certificate_files
from ..prove.proof import CertificateError
from ..run.cached import cached
from ..subjects.dafny.dafny_program import DafnyProgram


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

"""The certificate of an annotated Dafny file: the file itself, verified anew, and compared with what was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...artifacts.programs.annotated_program import AnnotatedProgram
from ...core.claim import Undecided
from ...subjects.dafny.dafny_program import DafnyProgram
from ..programs.dafny_run import dafny_version, verified
from ..proof import Certificate, CertificateError, Proof, Verdict
from .audit import changes, unproved

if TYPE_CHECKING:
    from ..saved import Saved

STATEMENT = "every method and lemma meets its contract, ends, and stays inside its arrays"


class HintCertificate(Certificate):
    """Dafny verifies the annotated file, which is the given one but for hints."""

    kind = "annotated_program"
    about = AnnotatedProgram
    by = "Dafny"
    assumptions = (
        "Dafny, Boogie and Z3 are right about what they verify",
        "the contract says what is wanted; only that the code meets it is shown",
        "places that the file itself leaves unproved (assume, extern, contracts without a body) are as they say",
    )
    packages = ("pellucid",)
    command = "dafny /compile:0 {path}"

    def prove(self, artifact: AnnotatedProgram, *, effort_seconds: float = 10.0) -> Proof:
        """Dafny on the annotated file: proved, or undecided with what it says.

        Raises CertificateError where more than hints was added.
        """
        given, answer = DafnyProgram(artifact.original), DafnyProgram(artifact.text)
        if wrong := changes(given, answer):
            raise CertificateError(wrong[0])
        verdict = verified(artifact.text, effort_seconds)
        if not verdict.holds:
            return Proof(Undecided(STATEMENT, verdict.problem, "give more --effort", key="verified"))
        return self.build(f"proofs/{AnnotatedProgram.file}", artifact.text, STATEMENT, domain_of(given))

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        files = {name: saved.read(name) for name in saved.entry_of(self.about.kind)["files"]}
        artifact = AnnotatedProgram.from_dict(dict(saved.manifest[self.about.kind]), files)
        if text != artifact.text:
            raise CertificateError("it is not the annotated file of the finding")
        given = DafnyProgram(artifact.original)
        if wrong := changes(given, DafnyProgram(text)):
            raise CertificateError(f"more than hints was added: {wrong[0]}")
        if entry["statement"] != STATEMENT or entry["domain"] != domain_of(given):
            raise CertificateError(f"it claims {entry['statement']!r} for {entry['domain']!r}, which it does not show")
        return verified(text, timeout)

    def rests_on(self, entry: Mapping[str, Any]) -> list[str]:
        return ["that original.dfy is the file that was given"]

    def tools(self) -> dict[str, str]:
        return {**super().tools(), "dafny": dafny_version()}


def domain_of(given: DafnyProgram) -> str:
    """All inputs that the contracts allow, and what the file itself takes for granted."""
    places = unproved(given)
    if not places:
        return "all inputs that the contracts allow"
    return f"all inputs that the contracts allow, given what the file leaves unproved ({'; '.join(places)})"

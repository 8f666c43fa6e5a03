"""The certificate of an annotated Dafny file: the file itself, verified anew, and compared with what was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...artifacts.programs.annotated_program import AnnotatedProgram
from ...subjects.dafny.dafny_program import DafnyProgram
from ..effort import Effort
from ..programs.dafny_run import INSTALL, NOT_FOUND, dafny_path, dafny_version, refuses_what_is_false, run_dafny
from ..proof import Certificate, CertificateError, Proof, Verdict
from .audit import changes, unproved
from .dafny_output import read_output

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

    def prove(self, artifact: AnnotatedProgram, *, seconds: float = 0.0) -> Proof:
        """The proof of what Dafny verified before. Raises CertificateError where more than hints was added."""
        given, answer = DafnyProgram(artifact.original), DafnyProgram(artifact.text)
        if wrong := changes(given, answer):
            raise CertificateError(wrong[0])
        domain = domain_of(given)
        return self.build(f"proofs/{AnnotatedProgram.file}", artifact.text, STATEMENT, domain, seconds=seconds)

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


def verified(text: str, timeout: float) -> Verdict:
    """Whether Dafny verifies a text; a Dafny that verifies what is false is not believed."""
    executable = dafny_path()
    if executable is None:
        return Verdict(f"{NOT_FOUND} ({INSTALL})", unchecked=True)
    code, printed = run_dafny(executable, text, timeout)
    output = read_output(code, printed)
    if code is None or any(message.ran_out for message in output.messages):
        return Verdict(f"Dafny did not finish within {Effort.clock * timeout:.0f} s", unchecked=True)
    if not output.verified:
        said = output.messages[0].text if output.messages else f"it ended with code {code}"
        return Verdict(f"Dafny does not verify it: {said}")
    if not refuses_what_is_false(executable):
        return Verdict(f"{executable} verifies a lemma that is false; it is no Dafny to be believed")
    return Verdict(detail="verified by Dafny")

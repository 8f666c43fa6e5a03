"""The certificate of Python functions: their translation, made anew from the file, which Dafny verifies with hints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...artifacts.programs.python_functions import PythonFunctions
from ...core.claim import Undecided
from ...subjects.dafny.dafny_program import DafnyProgram
from ...subjects.python.python_program import PythonProgram
from ..programs.dafny_run import dafny_version, verified
from ..proof import Certificate, CertificateError, Proof, Verdict, refuse_other_claim
from .audit import changes, unproved

if TYPE_CHECKING:
    from ..saved import Saved

RETURNS = "every function returns without an error, and what it ensures is true"
INPUTS = (
    "all arguments of the annotated types that the contracts allow; lists that are changed hold plain values; "
    "memory and depth of calls are enough"
)


class PythonCertificate(Certificate):
    """Dafny verifies the translation of a Python file, to which only hints were added."""

    kind = "python_functions"
    about = PythonFunctions
    by = "Dafny"
    assumptions = (
        "Dafny, Boogie and Z3 are right about what they verify",
        "the translation into Dafny says what the Python file does; it is tested on runs, not proved",
        "Python has memory and depth of calls enough, and its built-in functions are as they were",
        "where a function changes a list that it is given, lists of other types among its arguments are other objects",
        "the contract says what is wanted; only that the code meets it is shown",
    )
    packages = ("pellucid",)
    command = "dafny /compile:0 {path}"

    def prove(self, artifact: PythonFunctions, *, effort_seconds: float = 10.0) -> Proof:
        """Dafny on the annotated translation: proved, or undecided with what it says.

        Raises CertificateError where it is not the translation of the Python file with hints.
        """
        least = _compared(artifact)
        verdict = verified(artifact.text, effort_seconds, least=least)
        if not verdict.holds:
            return Proof(Undecided(RETURNS, verdict.problem, "give more --effort", key="verified"))
        return self.build(f"proofs/{PythonFunctions.file}", artifact.text, RETURNS, INPUTS)

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        files = {name: saved.read(name) for name in saved.entry_of(self.about.kind)["files"]}
        artifact = PythonFunctions.from_dict(dict(saved.manifest[self.about.kind]), files)
        if text != artifact.text:
            raise CertificateError("it is not the annotated translation of the finding")
        refuse_other_claim(entry, RETURNS, INPUTS)
        return verified(text, timeout, least=_compared(artifact))

    def rests_on(self, entry: Mapping[str, Any]) -> list[str]:
        return ["that original.py is the file that was given"]

    def tools(self) -> dict[str, str]:
        return {**super().tools(), "dafny": dafny_version()}


def _compared(artifact: PythonFunctions) -> int:
    """How many functions are verified at least. Raises CertificateError for what is no translation with hints."""
    try:
        program = PythonProgram(artifact.source)
    except ValueError as error:
        raise CertificateError(f"original.py is not understood ({error})") from None
    given, answer = DafnyProgram(program.dafny), DafnyProgram(artifact.text)
    if wrong := changes(given, answer):
        raise CertificateError(f"more than hints was added to the translation: {wrong[0]}")
    if places := unproved(answer):
        raise CertificateError(f"something is left unproved: {places[0]}")
    return len(program.functions)

"""What certificates about programs share: the program is read from its text, and what is taken for granted of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...artifacts.programs.fold import Input
from ...artifacts.programs.program import Program, read_program
from ...core.artifact import Artifact
from ..proof import Certificate, CertificateError
from .product import Product, as_printed, domain_text, signature

if TYPE_CHECKING:
    from ..saved import Saved


class ProgramCertificate(Certificate):
    """A certificate about the program of a finding, as the text of its program.py reads."""

    about = Program
    script: ClassVar[str] = "program.py"
    """The file that holds the text of the finding's program."""
    packages = ("pellucid", "z3-solver", "cvc5")
    assumptions = (
        "integers have any size, as in Python",
        "the program is the text of program.py, read as a fold: registers set, then one loop over the steps",
        "every input of every step is in its stated range",
        "the solvers and verifiers named here are sound",
    )

    def stated(self, artifact: Artifact) -> dict[str, Any]:
        """Where its text is, and what the text does not say."""
        assert isinstance(artifact, Program)
        return {artifact.kind: {"path": self.script, **signature(as_printed(artifact))}}

    def sources(self, saved: Saved) -> list[str]:
        """Its script, which must be, byte for byte, what the finding's program is written as."""
        data, stated = saved.entry_of(Program.kind)["data"], saved.manifest[Program.kind]
        ranges = [(i["low"], i["high"], i.get("missing")) for i in data["inputs"]]
        if ranges != [(i["low"], i["high"], i.get("missing")) for i in stated["inputs"]]:
            raise CertificateError(f"the finding's inputs range over {ranges}, the manifest's over others")
        if data["name"] != stated["function"]:
            raise CertificateError(f"the finding's program is {data['name']!r}, the manifest's {stated['function']!r}")
        program = Program.from_dict(data, {})
        if program.to_dict() != data:
            raise CertificateError("the finding's program is not written as a program is")
        written, text = program.files()[self.script].decode(), saved.text(self.script)
        if written != text:
            line = first_difference(written, text)
            raise CertificateError(f"line {line} of {self.script} is not what the finding's program is written as")
        return [self.script]


def program_of(saved: Saved) -> Program:
    """The finding's program, as the text of program.py reads."""
    return read_saved(saved, {**saved.manifest[Program.kind], "path": ProgramCertificate.script})


def read_saved(saved: Saved, about: Mapping[str, Any]) -> Program:
    """The program in the file that `about` names, with the function and the ranges of inputs that it gives."""
    path = about["path"]
    inputs = [
        Input(i["name"], int(i["low"]), int(i["high"]), missing=tuple(map(int, i.get("missing", ()))))
        for i in about["inputs"]
    ]
    if not all(i.values for i in inputs):
        raise CertificateError(f"{path}: a range of inputs is empty")
    return read_program(saved.text(path), inputs, function=about["function"])


def same_text(text: str, again: str, entry: Mapping[str, Any], product: Product) -> None:
    """Raises CertificateError where a certificate is not, letter for letter, what was written `again`."""
    if entry["domain"] != domain_text(product):
        raise CertificateError(f"it claims the domain {entry['domain']!r}, the programs have {domain_text(product)!r}")
    if text == again:
        return
    line = first_difference(text, again)
    raise CertificateError(
        f"line {line} is not what the program and the statement give: the certificate is about another program"
    )


def first_difference(text: str, other: str) -> int:
    """The number of the first line in which two texts differ.

    >>> first_difference("a\\nb\\n", "a\\nc\\n"), first_difference("a\\n", "a\\nb\\n")
    (2, 2)
    """
    pairs = zip(text.splitlines(), other.splitlines(), strict=False)
    shorter = min(text.count("\n"), other.count("\n"))
    return next((k for k, (a, b) in enumerate(pairs, 1) if a != b), shorter + 1)

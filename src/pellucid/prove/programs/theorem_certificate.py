"""Verifying certificates of theorems: the Dafny file is written anew from the program and the theorem, and verified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..proof import CertificateError, Verdict
from . import dafny_run
from .dafny_text import relation_of, theorem_text
from .product import as_printed, product_of
from .program_certificate import ProgramCertificate, program_of, same_text
from .theorems import Theorem

if TYPE_CHECKING:
    from ..saved import Saved


class TheoremCertificate(ProgramCertificate):
    """Every output of the program is what a theorem of `theorems.FAMILIES` says."""

    kind = "theorem"
    by = "Dafny"
    command = "dafny /compile:0 {path}"

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        family, number = entry["theorem"]
        theorem, program = Theorem(family, number), program_of(saved)
        product = product_of(program, as_printed(theorem.reference(program.inputs)))
        if entry["statement"] != theorem.about:
            raise CertificateError(f"it claims {entry['statement']!r}, the theorem is {theorem.about!r}")
        again = theorem_text(product, theorem.text(product.inputs), relation_of(text), entry["statement"])
        same_text(text, again, entry, product)
        if dafny_run.dafny_path() is None:
            return Verdict(f"{dafny_run.NOT_FOUND} ({dafny_run.INSTALL})", unchecked=True)
        return dafny_run.verify(again, timeout)

    def tools(self) -> dict[str, str]:
        return {**super().tools(), "dafny": dafny_run.dafny_version()}

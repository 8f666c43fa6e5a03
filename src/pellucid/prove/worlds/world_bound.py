"""The certificate of a bound on a world: the vector that shows it, and a checker that needs nothing but Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...algebra.markov.rule import Side
from ...artifacts.worlds.composition import composed
from ...artifacts.worlds.guarantee import Guarantee
from ..proof import Certificate, CertificateError, Proof, Verdict, refuse_other_claim, verdict_of
from . import check_bound

if TYPE_CHECKING:
    from ..saved import Saved


class WorldBound(Certificate):
    """A vector of fractions that bounds what can happen from one side; see `check_bound` for why."""

    kind = "world_bound"
    about = Guarantee
    by = "fractions"
    assumptions = (
        "the world is as world.json says: that cannot be shown from the file",
        "numbers in world.json are the decimal fractions that are written",
    )
    packages = ("pellucid",)
    command = "python proofs/check_bound.py world.json {path}"
    checker = "proofs/check_bound.py"

    def prove(self, found: Guarantee, side: Side, path: str, bound: str = "", *, carry: bool = True) -> Proof:
        """The proof of one side, by its own bound or another that follows; with the checker, if it is to `carry` it.

        Raises CertificateError where the vector does not show it.
        """
        told = found.certificate(side, bound)
        try:
            check_bound.check(json.loads(json.dumps(found.world.to_dict())), told)
        except (ValueError, LookupError, TypeError) as error:
            raise CertificateError(str(error)) from None
        text = json.dumps(told, indent=0) + "\n"
        beside = {self.checker: checker_text()} if carry else {}
        return self.build(path, text, found.statement(side, told["bound"]), found.domain, beside=beside)

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        def again() -> str:
            data = dict(saved.manifest[self.about.kind])
            found = Guarantee.from_dict(
                data, {name: saved.read(name) for name in saved.entry_of(self.about.kind)["files"]}
            )
            told = json.loads(text)
            if told != found.certificate(told["side"], told["bound"]):
                raise CertificateError("it is not the certificate that the finding's bounds give")
            refuse_other_claim(entry, found.statement(told["side"], told["bound"]), found.domain)
            if saved.text(self.checker) != checker_text():
                raise CertificateError(f"{self.checker} is not the checker of this version")
            check_bound.check(json.loads(saved.text("world.json"), parse_float=Fraction), told)
            if found.origin and composed(found.origin) != found.world:
                raise CertificateError("world.json is not what origin.json gives")
            return f"{len(told['values']):,} states" if told["rule"]["within"] is None else "all steps"

        return verdict_of(again)

    def beside(self, entry: Mapping[str, Any]) -> list[str]:
        return [self.checker]

    def rests_on(self, entry: Mapping[str, Any]) -> list[str]:
        return ["that world.json is the world that was given, and that it is as the world is"]


def checker_text() -> str:
    """The checker's source."""
    return Path(check_bound.__file__).read_text()

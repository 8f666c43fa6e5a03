"""Certificates in exact arithmetic: JSON that is written again from the artifact, and whose statement is shown again.

A kind says what a certificate holds (`contents`) and shows it (`recompute`); what is free in it (a seed, a part) is
all that a checker takes from the file.
"""

from __future__ import annotations

import json
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from ...algebra.arithmetic.finite_field import PRIME
from ...core.artifact import Artifact
from ...core.claim import Refuted, Undecided
from ..proof import Certificate, CertificateError, Proof, RanOut, Verdict, refuse_other_claim, verdict_of

if TYPE_CHECKING:
    from ..saved import Saved

ArtifactT = TypeVar("ArtifactT", bound=Artifact)


class LawCertificate(Certificate):
    """What all certificates about laws take for granted, and are shown by."""

    by = "FLINT"
    assumptions = (
        "numbers in the equations are the decimal fractions that are written",
        "functions are differentiable where the equations are defined",
        "the tools named here are sound",
    )


class ExactCertificate(LawCertificate, Generic[ArtifactT]):
    """A JSON text about an artifact that follows from it and the values of a few `free` entries."""

    free: ClassVar[tuple[str, ...]] = ("part", "seed")
    """Entries that the certificate chooses; everything else in it follows."""

    @abstractmethod
    def contents(self, found: ArtifactT, **free: Any) -> dict[str, Any]:
        """All that a certificate says, `statement` and `domain` among it."""

    @abstractmethod
    def recompute(self, found: ArtifactT, **free: Any) -> str:
        """Shows the statement once more, and says in a few words what was seen. Raises CertificateError, RanOut."""

    def prove(self, found: ArtifactT, path: str, **free: Any) -> Proof:
        """The proof of what a certificate at `path` says; refuted where it does not hold, open where it ran out."""
        start, data = time.monotonic(), self.contents(found, **free)
        try:
            self.recompute(found, **free)
        except (CertificateError, RanOut) as error:
            kind = Refuted if isinstance(error, CertificateError) else Undecided
            about = {"kind": self.kind}
            return Proof(kind(data["statement"], str(error)), seconds=time.monotonic() - start, about=about)
        text = json.dumps(data, indent=1) + "\n"
        return self.build(path, text, data["statement"], data["domain"], seconds=time.monotonic() - start)

    def read(self, text: str, found: ArtifactT) -> dict[str, Any]:
        """The entries of a certificate, what was once said in other words in those of today."""
        return json.loads(text)

    def check(self, text: str, found: ArtifactT) -> Verdict:
        """Whether the certificate `text` proves what it says about `found`."""

        def again() -> str:
            data = self.read(text, found)
            free = {name: data[name] for name in self.free}
            if data != self.contents(found, **free):
                raise CertificateError(f"it is not the certificate that the {self.about.kind} and its statement give")
            return self.recompute(found, **free)

        return verdict_of(again)

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        data = json.loads(text)
        refuse_other_claim(entry, data["statement"], data["domain"])
        return self.check(text, saved.artifact(self.about))  # type: ignore[arg-type]


class SolutionsCertificate(ExactCertificate[ArtifactT]):
    """About the solutions of equations, in parts: the identities of what is listed, and that nothing is missing."""

    entry: ClassVar[str] = ""
    """What the artifact is called in it; as the kind where it is empty."""
    equations: ClassVar[str] = "this equation"
    solutions: ClassVar[str] = "every smooth solution"
    identities: ClassVar[tuple[str, ...]] = ("identity",)
    """Parts that hold of all solutions; the others hold of the equations, at almost all parameters."""

    @abstractmethod
    def statement(self, found: ArtifactT, part: str) -> str:
        """What the part says. Raises KeyError for a part that there is not."""

    def scoped(self, found: Any, part: str) -> str:
        """The same; of a count, that it is one for general parameters: at special values there may be more."""
        told = self.statement(found, part)
        if part != "completeness" or not found.parameters:
            return told
        return f"{told}, for general {_listed(found.parameters)}"

    def formerly(self, found: ArtifactT, part: str) -> tuple[str, ...]:
        """The same in the words of earlier versions, in which the domain alone said for which parameters."""
        return (self.statement(found, part),)

    def read(self, text: str, found: ArtifactT) -> dict[str, Any]:
        data = super().read(text, found)
        if data["statement"] in self.formerly(found, data["part"]):
            data["statement"] = self.scoped(found, data["part"])
        return data

    @classmethod
    @abstractmethod
    def listed(cls, found: ArtifactT) -> Sequence[Any]:
        """What the identities are of."""

    @classmethod
    def parts_of(cls, found: ArtifactT) -> tuple[str, ...]:
        """All parts that there is something to prove of."""
        return ("identity", "completeness") if cls.listed(found) else ("completeness",)

    def prove_all(self, found: ArtifactT, seed: int, prefix: str = "") -> list[Proof]:
        """Every part, with certificates at proofs/, their names begun by the prefix."""
        parts = self.parts_of(found)
        return [self.prove(found, f"proofs/{prefix}{part}.json", part=part, seed=seed) for part in parts]

    def recompute_all(self, found: ArtifactT, seed: int) -> str:
        """Shows every part once more. Raises CertificateError."""
        return "; ".join(self.recompute(found, part=part, seed=seed) for part in self.parts_of(found))

    def contents(self, found: Any, part: str, seed: int) -> dict[str, Any]:
        generic = "all values of the parameters but special ones" if found.parameters else self.equations
        return {
            "format": self.format,
            "kind": self.kind,
            "part": part,
            "statement": self.scoped(found, part),
            "domain": self.solutions if part in self.identities else generic,
            self.entry or self.kind: found.to_dict(),
            "prime": PRIME,
            "seed": seed,
        }


def _listed(names: Sequence[str], most: int = 4) -> str:
    """The names, while they are few."""
    return ", ".join(names) if len(names) <= most else f"values of the {len(names)} parameters"

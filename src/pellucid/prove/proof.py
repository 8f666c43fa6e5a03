"""What every proof is made of: a claim with its files, and a certificate that says how they are checked again.

A kind of certificate is one class. It registers itself in `CERTIFICATES` by its `kind`, which is how the manifest and
the checker know it: a new artifact with its own proof is one new file in a sub-room, and names no other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from numpy.typing import NDArray

from ..core.artifact import Artifact
from ..core.claim import Claim, Proved
from ..core.provenance import installed_versions
from ..core.registry import Registry

if TYPE_CHECKING:
    from ..artifacts.programs.expression import Expression
    from .saved import Saved

CERTIFICATES: Registry[type[Certificate]] = Registry("certificate kind", home="pellucid.prove")
"""Every kind of certificate by its name in a manifest; a class that names a kind is added when it is defined."""


class CertificateError(Exception):
    """A certificate does not hold, or a statement was not shown; says why."""


class RanOut(Exception):
    """There was no time left, or of something too much: nothing was shown, and nothing is known to be wrong."""


@dataclass(frozen=True)
class Verdict:
    """Whether a certificate holds: what is wrong with it (nothing: empty), or in a few words what was seen.

    `unchecked`: nothing is wrong so far, but a tool is missing or time was short.

    >>> Verdict(detail="3 identities").holds, Verdict("H is not conserved").holds
    (True, False)
    """

    problem: str = ""
    detail: str = ""
    unchecked: bool = False

    @property
    def holds(self) -> bool:
        return not self.problem


@dataclass(frozen=True)
class Proof:
    """A claim, the files that certify it (path inside the finding's folder -> text), and the invariant found."""

    claim: Claim
    files: Mapping[str, str] = field(default_factory=dict)
    invariant: Expression | None = None
    seconds: float = 0.0
    about: Mapping[str, Any] = field(default_factory=dict)
    """What a checker needs to write the certificate again: its `kind`, and facts of that kind."""

    @property
    def invariant_text(self) -> str:
        """The invariant in Python, over `left_...` and `right_...` registers; empty where there is none."""
        from ..artifacts.programs.python_text import to_python

        return "" if self.invariant is None else to_python(self.invariant)


class Certificate(ABC):
    """One kind of certificate: how a proof is built, what it takes for granted, and how it is verified from files.

    A subclass names its `kind`, and so registers itself.
    """

    kind: ClassVar[str]
    about: ClassVar[type[Artifact]]
    """What it certifies something of: a finding's artifact, or one of its parts."""
    by: ClassVar[str]
    """The tool that a claim names."""
    also_by: ClassVar[tuple[str, ...]] = ()
    """Others that it may name instead."""
    assumptions: ClassVar[tuple[str, ...]]
    """What is taken for granted, in words; part of every manifest."""
    packages: ClassVar[tuple[str, ...]] = ("pellucid", "python-flint", "sympy")
    """Whose versions the manifest tells."""
    command: ClassVar[str] = "pellucid check"
    """How to run it again; {path} stands for the certificate."""
    format: ClassVar[int] = 1

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in cls.__dict__:
            CERTIFICATES.register(cls.kind, cls)

    def build(
        self,
        path: str,
        text: str,
        statement: str,
        domain: str,
        *,
        by: str = "",
        beside: Mapping[str, str] | None = None,
        invariant: Expression | None = None,
        seconds: float = 0.0,
        **facts: Any,
    ) -> Proof:
        """The proof whose certificate is `text`, kept at `path`; other files `beside` it, and `facts` for `verify`."""
        claim = Proved(statement, domain, by or self.by, path, self.command.format(path=path))
        files = {path: text, **(beside or {})}
        return Proof(claim, files, invariant, seconds, {"kind": self.kind, **facts})

    @abstractmethod
    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        """Whether the certificate `text` proves what its `entry` in the manifest states, from the folder's files."""

    def stated(self, artifact: Artifact) -> dict[str, Any]:
        """What a manifest says of the artifact: all of it, by its kind."""
        return {artifact.kind: artifact.to_dict()}

    def sources(self, saved: Saved) -> list[str]:
        """The files of the folder that hold the artifact, after a look that finding, manifest and files agree.

        Raises CertificateError where they do not.
        """
        entry = saved.entry_of(self.about.kind)
        if entry["data"] != saved.manifest[self.about.kind]:
            raise CertificateError(f"the manifest is about another {self.about.kind} than the finding")
        given = {name: saved.read(name) for name in entry["files"]}
        files = self.about.from_dict(entry["data"], given).files()
        for path, content in files.items():
            if saved.read(path) != content:
                raise CertificateError(f"the finding's {self.about.kind} is not the one in {path}")
        return list(files)

    def beside(self, entry: Mapping[str, Any]) -> list[str]:
        """Files beside the certificate that it rests on, too."""
        return []

    def rests_on(self, entry: Mapping[str, Any]) -> list[str]:
        """What no checker can see for itself, in words: "that ... is ..."."""
        return []

    def tools(self) -> dict[str, str]:
        """What it was made with: name -> version."""
        return installed_versions(self.packages)


def refuse_other_claim(entry: Mapping[str, Any], statement: str, domain: str) -> None:
    """Raises CertificateError where an entry of the manifest claims anything but what its certificate is about.

    >>> refuse_other_claim({"statement": "y > 0", "domain": "x in [0, 1]"}, "y > 0", "x in [0, 1]")
    """
    if (entry["statement"], entry["domain"]) != (statement, domain):
        raise CertificateError("it claims another statement or domain than its certificate")


def read_tensors(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays in the content of a safetensors file. Raises CertificateError where it is none."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(content)
    except SafetensorError as error:
        raise CertificateError(f"the weights cannot be read ({error})") from None


def verdict_of(check: Callable[[], str], *, timeout: float = 0.0) -> Verdict:
    """What becomes of a check that says what it saw: nothing is raised, whatever cannot be read does not hold."""
    try:
        return Verdict(detail=check())
    except CertificateError as error:
        return Verdict(str(error))
    except RanOut as error:
        spent = f"{timeout:g} s of effort (counted in steps) were spent while checking"
        return Verdict(str(error) or spent, unchecked=True)
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        return Verdict(f"it cannot be read ({type(error).__name__}: {error})")

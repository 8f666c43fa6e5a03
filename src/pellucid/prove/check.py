"""Checking the proofs of a saved finding, from its files alone.

Nothing is believed that can be derived: artifacts are read from their text, each certificate is written anew from them
and from the one thing that had to be invented (an invariant, a seed), and must be the certificate in the folder. Then
solvers answer its queries, or exact arithmetic does it again. The search takes no part.

How a kind of certificate is verified stands beside its definition; see `proof.Certificate`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..core.artifact import KINDS
from ..core.finding import claim_digests
from .manifest import FORMAT, MANIFEST, assumptions_of, digest
from .proof import CERTIFICATES, Certificate, CertificateError, Verdict
from .saved import Saved

Status = Literal["holds", "fails", "unchecked"]


@dataclass(frozen=True)
class Checked:
    """What became of one file: it `holds`, it `fails`, or is `unchecked`: a tool is missing or ran out of time."""

    path: str
    statement: str
    status: Status
    detail: str = ""
    seconds: float = 0.0
    measured: bool = False
    """Whether a measurement was made again, rather than a file or a certificate checked."""

    @property
    def ok(self) -> bool:
        return self.status == "holds"


def check_folder(folder: Path | str, *, timeout: float = 60.0) -> list[Checked]:
    """Check every file that the manifest names, every certificate, and every claim "Proved" of the finding.

    A finding without proofs may claim nothing "Proved", and a program must be the one that its script holds. `timeout`
    is for each query of a solver, in seconds. Raises ValueError where the folder holds no finding.
    """
    saved = Saved.open(folder)
    written = [_checked("claims stand as they were written", "finding.json", _as_written, saved)]
    written = written if "digests" in saved.finding else []
    if "files" in saved.finding:
        written.append(_checked("files are as they were written", "finding.json", _files_as_written, saved))
    if not saved.manifest:
        nothing = _checked("no claim is Proved, so there is no certificate", "finding.json", _without_proofs, saved)
        return [nothing, *written]
    checked = [*written, _checked("the manifest and the finding speak of the same", MANIFEST, _consistent, saved)]
    for path, expected in dict(saved.manifest.get("files", {})).items():
        checked.append(_checked("the file is the one that was proved", path, _unchanged, saved, path, expected))
    for entry in saved.manifest.get("certificates", []):
        path, statement = str(entry.get("path")), str(entry.get("statement"))
        checked.append(_checked(statement, path, _certificate, saved, entry, timeout))
    return checked


def resting_on_trust(folder: Path | str, *, measured: bool = False) -> list[str]:
    """What no check of the folder can show, in words: for a reader to know what "holds" leaves open.

    `measured`: whether claims that name a measurement were measured again. Raises ValueError where the folder holds no
    finding.
    """
    saved = Saved.open(folder)
    entries = saved.manifest.get("certificates", [])
    said = [words for entry in entries for words in CERTIFICATES[entry["kind"]]().rests_on(entry)]
    unproved = _unproved(saved.finding["claims"], measured)
    said += unproved
    files = sorted(p.relative_to(saved.folder).as_posix() for p in saved.folder.rglob("*") if p.is_file())
    known = {MANIFEST, "finding.json", *saved.manifest.get("files", {})}
    unknown = [name for name in files if name not in known]
    if unproved:
        digests = "that digests were not written anew: they show an edit, not an intention"
        none = "claims without certificate, which have no digests: an edit does not show"
        said.append(digests if "digests" in saved.finding else none)
    named = {*saved.finding.get("files", {}), *saved.finding.get("proofs", [])}
    strays = [name for name in unknown if "files" in saved.finding and name not in named]
    unknown = [name for name in unknown if name not in strays]
    said += [f"what stands in {', '.join(unknown)}"] if unknown else []
    said += [f"what {', '.join(strays)} may be: no file of this finding"] if strays else []
    return [*said, "who wrote the folder: nothing in it is signed", *saved.manifest.get("assumptions", [])]


def _unproved(claims: Sequence[Mapping[str, Any]], measured: bool, most: int = 8) -> list[str]:
    """Claims without certificate that were not measured again: how many could be, and each that cannot."""
    others = [claim for claim in claims if claim["strength"] != "Proved"]
    known = [claim for claim in others if claim.get("measurement")]
    said = [f"{_counted(len(known))} not measured again: --measure does it"] if known and not measured else []
    rest = [f"{claim['strength']}: {claim['statement']}" for claim in others if not claim.get("measurement")]
    more = [f"{_counted(len(rest) - most)} more that only the command itself can make again"]
    return [*said, *rest[:most], *(more if len(rest) > most else [])]


def _counted(number: int) -> str:
    return f"{number} claim{'s' if number > 1 else ''}"


def _checked(statement: str, path: str, check: Callable[..., Verdict], *arguments: Any) -> Checked:
    start = time.monotonic()
    try:
        verdict = check(*arguments)
    except CertificateError as error:
        verdict = Verdict(str(error))
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, OSError) as error:
        # a file that was changed can be wrong in any way
        verdict = Verdict(f"it cannot be read ({type(error).__name__}: {error})")
    status: Status = "holds" if verdict.holds else "unchecked" if verdict.unchecked else "fails"
    return Checked(path, statement, status, verdict.problem or verdict.detail, time.monotonic() - start)


def _as_written(saved: Saved) -> Verdict:
    """Every claim fits the digest that was written with it; so does what was found, and from what."""
    found, expected = claim_digests(saved.finding), saved.finding["digests"]
    claims = saved.finding["claims"]
    if len(found) != len(expected):
        raise CertificateError(
            f"there are {len(found)} claims and {len(expected)} digests: claims were added or removed"
        )
    changed = [claim["statement"] for claim, one, other in zip(claims, found, expected, strict=True) if one != other]
    if changed and len(changed) == len(claims):
        raise CertificateError("no claim fits its digest: claims, what was found or its provenance were edited")
    if changed:
        raise CertificateError(f"edited since it was written: {'; '.join(changed[:3])}")
    trusted = sum(claim["strength"] != "Proved" for claim in claims)
    return Verdict(detail=f"{len(claims)} digests; {trusted} of these claims are not proved")


def _files_as_written(saved: Saved) -> Verdict:
    """Every file fits the digest that was written with it."""
    expected = saved.finding["files"]
    changed = [path for path, told in expected.items() if digest(saved.read(path)) != told]
    if changed:
        raise CertificateError(f"changed since they were written: {', '.join(changed[:3])}")
    return Verdict(detail=f"{len(expected)} digests")


def _without_proofs(saved: Saved) -> Verdict:
    """Nothing is claimed to be proved, and the files of the artifact are the finding's."""
    claims, entry = saved.finding["claims"], saved.finding["artifact"]
    for claim in claims:
        if claim["strength"] == "Proved":
            _same_claim(claim, None)
    if "program.py" in entry["files"]:
        again = KINDS[entry["kind"]].from_dict(entry["data"], {}).files()["program.py"]
        if again != saved.read("program.py"):
            raise CertificateError("program.py is not what the finding's program is written as")
    return Verdict(detail=f"{len(claims)} claims")


def _consistent(saved: Saved) -> Verdict:
    """Every claim "Proved" has its certificate, about the same artifact on the same domain."""
    manifest = saved.manifest
    if manifest["format"] != FORMAT:
        raise CertificateError(f"its format is {manifest['format']!r}, this version reads {FORMAT}")
    entries = {entry["path"]: entry for entry in manifest["certificates"]}
    kinds = [CERTIFICATES[entry["kind"]]() for entry in manifest["certificates"]]
    if manifest["assumptions"] != assumptions_of(kinds):
        raise CertificateError("it states other assumptions than the certificates rest on")
    sources = _sources(kinds, saved)
    claims = [claim for claim in saved.finding["claims"] if claim["strength"] == "Proved"]
    for claim in claims:
        _same_claim(claim, entries.get(claim["certificate"]))
    for entry, kind in zip(manifest["certificates"], kinds, strict=True):
        if entry["by"] not in (kind.by, *kind.also_by):
            raise CertificateError(f"{entry['path']} is said to be by {entry['by']!r}, its kind is by {kind.by}")
        _refuse_unnamed([entry["path"], *sources, *kind.beside(entry)], manifest["files"])
    return Verdict(detail=f"{len(claims)} claims, {len(entries)} certificates")


def _sources(kinds: Sequence[Certificate], saved: Saved) -> list[str]:
    """The files that the artifacts stand in which the certificates are about, of each artifact once."""
    by_artifact = {kind.about: kind for kind in kinds}
    return [path for kind in by_artifact.values() for path in kind.sources(saved)]


def _refuse_unnamed(needed: Sequence[str], files: Mapping[str, Any]) -> None:
    """A certificate rests on files whose fingerprints the manifest holds, all of them."""
    if missing := [path for path in needed if path not in files]:
        raise CertificateError(f"it holds no fingerprint of {', '.join(missing)}")


def _same_claim(claim: Mapping[str, Any], entry: Mapping[str, Any] | None) -> None:
    if entry is None:
        raise CertificateError(f"no certificate for the claim {claim['statement']!r}")
    for key in ("statement", "domain", "by"):
        if claim[key] != entry[key]:
            raise CertificateError(f"the finding claims {key} {claim[key]!r}, the certificate {entry[key]!r}")
    command = CERTIFICATES[entry["kind"]].command.format(path=entry["path"])
    if claim["command"] != command:
        raise CertificateError(f"the finding says to run {claim['command']!r} again, which is {command!r}")


def _unchanged(saved: Saved, path: str, expected: str) -> Verdict:
    found = digest(saved.read(path))
    if found != expected:
        raise CertificateError(f"SHA-256 {found[:12]}... instead of {str(expected)[:12]}...: the file was changed")
    return Verdict()


def _certificate(saved: Saved, entry: Mapping[str, Any], timeout: float) -> Verdict:
    return CERTIFICATES[entry["kind"]]().verify(saved, entry, saved.text(entry["path"]), timeout)

"""Every kind of certificate: what is true passes, one step more is refused, and so is a file that was tampered with.

Which kinds there are is read from the register: a kind without an example fails. Examples stand in
`certificate_examples`, or in the tests of a certificate, wherever `@example` is written in this folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from certificate_examples import MISSING, all_examples

from pellucid.core import Proved
from pellucid.prove import CERTIFICATES, check_folder
from pellucid.prove.manifest import MANIFEST, digest

EXAMPLES = all_examples()
KINDS = [
    pytest.param(kind, marks=pytest.mark.skipif(kind in MISSING, reason=MISSING.get(kind, ""))) for kind in EXAMPLES
]


@pytest.fixture
def folder(kind: str, tmp_path: Path) -> Path:
    true, _ = EXAMPLES[kind]
    return true().save(tmp_path / "found")


def wrong(folder: Path, timeout: float = 10.0) -> dict[str, str]:
    """What does not hold: path -> the first detail. With `timeout=0`, what needs no solver is looked at, mostly."""
    found: dict[str, str] = {}
    for entry in check_folder(folder, timeout=timeout):
        if not entry.ok:
            found.setdefault(entry.path, entry.detail)
    return found


def manifest_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / MANIFEST).read_text())


def write_signed(folder: Path, path: str, text: str) -> None:
    """A changed file with its fingerprint in the manifest."""
    (folder / path).write_text(text)
    manifest = manifest_of(folder)
    manifest["files"][path] = digest(text.encode())
    (folder / MANIFEST).write_text(json.dumps(manifest))


def certificates(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in manifest_of(folder)["certificates"] if entry["kind"] == kind]


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(CERTIFICATES)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_true_passes(kind: str, folder: Path) -> None:
    true, _ = EXAMPLES[kind]
    proofs = true().proofs
    assert [proof.claim for proof in proofs if not isinstance(proof.claim, Proved)] == []
    assert {entry["path"] for entry in manifest_of(folder)["certificates"]} == {p.claim.certificate for p in proofs}
    assert certificates(folder, kind)
    assert wrong(folder) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_one_step_more_is_refused(kind: str, tmp_path: Path) -> None:
    _, false = EXAMPLES[kind]
    passed, tried = [], 0
    for tried, (words, made) in enumerate(false(), 1):
        folder = made.save(tmp_path / str(tried))
        paths = {entry["path"] for entry in certificates(folder, kind)}
        if not any(entry.status == "fails" and entry.path in paths for entry in check_folder(folder, timeout=10)):
            passed.append(words)
    assert tried
    assert passed == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_tampered_file_is_noticed(kind: str, folder: Path) -> None:
    for path in manifest_of(folder)["files"]:
        before = (folder / path).read_bytes()
        (folder / path).write_bytes(before + b"\n")
        assert "the file was changed" in wrong(folder, timeout=0).get(path, ""), path
        (folder / path).write_bytes(before)


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_with_another_entry_is_refused_even_if_signed(kind: str, folder: Path) -> None:
    free = {"seed", "most"}  # choices that may be others; what follows from them is computed again
    for entry in certificates(folder, kind):
        path, text = entry["path"], (folder / entry["path"]).read_text()
        for changed in _changed(text, free):
            write_signed(folder, path, changed)
            assert path in wrong(folder), changed
        write_signed(folder, path, text)
    assert wrong(folder) == {}


def _changed(text: str, free: set[str]) -> Iterator[str]:
    """The certificate with one entry changed or left out; of what is not JSON, with a line left out."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError:
        lines = text.splitlines(keepends=True)
        step = max(1, len(lines) // 12)
        yield from ("".join(lines[:k] + lines[k + 1 :]) for k in range(0, len(lines), step) if lines[k].strip())
        return
    for key, value in data.items():
        if key not in free:
            other = value + 1 if isinstance(value, int) else f"{value}!" if isinstance(value, str) else []
            yield json.dumps(data | {key: other})
        yield json.dumps({name: kept for name, kept in data.items() if name != key})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["statement", "domain", "by"])
def test_a_claim_that_its_certificate_does_not_make_is_refused(kind: str, key: str, folder: Path) -> None:
    """In the finding alone, in the manifest alone, and, where the certificate itself says it, in both."""
    finding, manifest = (folder / "finding.json").read_text(), (folder / MANIFEST).read_text()
    data, listed = json.loads(finding), json.loads(manifest)
    claim = next(c for c in data["claims"] if c["certificate"] == certificates(folder, kind)[0]["path"])
    entry = next(e for e in listed["certificates"] if e["path"] == claim["certificate"])
    claim[key] += " too"
    (folder / "finding.json").write_text(json.dumps(data))
    assert MANIFEST in wrong(folder, timeout=0)
    entry[key] += " too"
    (folder / MANIFEST).write_text(json.dumps(listed))
    assert key == "by" or entry["path"] in wrong(folder)
    (folder / "finding.json").write_text(finding)
    assert MANIFEST in wrong(folder, timeout=0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_of_another_kind_is_refused(kind: str, folder: Path) -> None:
    text = (folder / MANIFEST).read_text()
    for other in [*set(CERTIFICATES) - {kind}, "nothing"]:
        manifest = json.loads(text)
        changed = [entry for entry in manifest["certificates"] if entry["kind"] == kind]
        for entry in changed:
            entry["kind"] = other
        (folder / MANIFEST).write_text(json.dumps(manifest))
        assert {entry["path"] for entry in changed} <= set(wrong(folder)), other


@pytest.mark.parametrize("kind", KINDS)
def test_assumptions_and_fingerprints_cannot_be_left_out(kind: str, folder: Path) -> None:
    manifest = manifest_of(folder)
    changes: list[dict[str, Any]] = [{"assumptions": manifest["assumptions"][1:]}, {"assumptions": []}, {"format": 2}]
    files = manifest["files"]
    changes += [{"files": {name: value for name, value in files.items() if name != path}} for path in files]
    for change in changes:
        (folder / MANIFEST).write_text(json.dumps(manifest | change))
        assert MANIFEST in wrong(folder, timeout=0), change

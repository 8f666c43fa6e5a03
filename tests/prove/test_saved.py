"""A finding's folder as it is read: what is no finding is refused, and no path leads out of the folder."""

from __future__ import annotations

import json

import pytest

from pellucid.artifacts import Formula
from pellucid.prove.proof import CertificateError
from pellucid.prove.saved import Saved


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "found"
    inside.mkdir()
    parts = {"first": {"kind": "automaton", "data": 1}, "second": {"kind": "automaton", "data": 2}}
    entry = {"artifact": {"kind": "formula", "data": {}}, "parts": parts}
    (inside / "finding.json").write_text(json.dumps(entry))
    (tmp_path / "secret.txt").write_text("outside")
    (inside / "note.txt").write_text("\u00e9")
    return inside


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "a/../../secret.txt", ""])
def test_no_path_leads_out_of_the_folder(folder, path):
    saved = Saved.open(folder)
    assert saved.text("note.txt") == "\u00e9"
    with pytest.raises((ValueError, OSError)):
        saved.read(path)


def test_an_artifact_is_the_findings_own_before_that_of_a_part(folder):
    saved = Saved.open(str(folder))
    assert saved.entry_of("formula")["data"] == {}
    assert saved.entry_of("automaton")["data"] == 1
    with pytest.raises(CertificateError, match="holds no network"):
        saved.entry_of("network")


def test_without_proofs_there_is_no_manifest_and_with_them_it_says_what_they_are_about(folder):
    assert Saved.open(folder).manifest == {}
    about = Formula("x**2", ("x",), "y", ((0.0, 1.0),))
    (folder / "proofs").mkdir()
    (folder / "proofs/manifest.json").write_text(json.dumps({"formula": about.to_dict()}))
    assert Saved.open(folder).artifact(Formula) == about


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "holds no finding.json"), (b"{", "is not JSON"), (b"\xff", "is not JSON"), (b"[1]", "is no JSON object")],
)
def test_what_is_no_finding_is_refused_with_what_to_do(folder, content, message):
    (folder / "finding.json").unlink()
    if content is not None:
        (folder / "finding.json").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        Saved.open(folder)

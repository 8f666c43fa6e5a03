"""Claims that no certificate covers: an edit is noticed, and what a digest cannot show is said."""

from __future__ import annotations

import json

import pytest

from pellucid.artifacts import TrainingCurve
from pellucid.core import Finding, Measured, Provenance, Tested
from pellucid.prove.check import check_folder, resting_on_trust


@pytest.fixture
def folder(tmp_path):
    claims = (Tested("no failure", 100, 0), Measured("error of u", 0.25, "of its spread", 1.0, 0.01, key="error"))
    finding = Finding(TrainingCurve([0], [1.0], [0.5]), claims, Provenance("look.Probe", {"k": 1}, 0, "abc"))
    finding.save(tmp_path / "out")
    return tmp_path / "out"


def edited(folder, change):
    data = json.loads((folder / "finding.json").read_text())
    change(data)
    (folder / "finding.json").write_text(json.dumps(data))
    return [one for one in check_folder(folder) if one.statement == "claims stand as they were written"]


def test_what_was_written_holds(folder):
    assert [one.status for one in check_folder(folder)] == ["holds", "holds", "holds"]
    assert any("digests were not written anew" in words for words in resting_on_trust(folder))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data["claims"][1].update(value=1e-30), "error of u"),
        (lambda data: data["claims"][1].update(uncertainty=1e-9), "error of u"),
        (lambda data: data["claims"][0].update(cases=10**6), "no failure"),
        (lambda data: data["claims"].pop(), "added or removed"),
        (lambda data: data["provenance"].update(subject="other"), "provenance"),
        (lambda data: data["provenance"].update(route="another"), "provenance"),
        (lambda data: data["provenance"]["versions"].update(numpy="0.1"), "provenance"),
        (lambda data: data["files"].update({"report.html": "0"}), "provenance"),
        (lambda data: data["artifact"]["data"].update(losses=[0.0]), "what was found"),
    ],
)
def test_an_edit_is_noticed(folder, change, words):
    (one,) = edited(folder, change)
    assert one.status == "fails"
    assert words in one.detail


@pytest.mark.parametrize("name", ["report.html", "notes.txt"])
def test_a_file_that_was_changed_or_added_is_noticed(tmp_path, name):
    claims = (Measured("error of u", 0.25, "of its spread", 1.0, 0.01, key="error"),)
    finding = Finding(TrainingCurve([0], [1.0], [0.5]), claims, Provenance("look.Probe", {"k": 1}, 0, "abc"))
    folder = finding.save(tmp_path / "out", {"report.html": b"error 0.25"})
    assert "what stands in report.html, training_curve.safetensors" in resting_on_trust(folder)
    (folder / name).write_text("error 1e-30")
    failed = [one.detail for one in check_folder(folder) if not one.ok]
    if name == "report.html":
        assert failed == ["changed since they were written: report.html"]
    else:
        assert failed == []
        assert "what notes.txt may be: no file of this finding" in resting_on_trust(folder)


def test_a_finding_from_before_is_told_and_not_refused(folder):
    assert edited(folder, lambda data: (data.pop("digests"), data.pop("files"))) == []
    assert [one.status for one in check_folder(folder)] == ["holds"]
    assert any("which have no digests" in words for words in resting_on_trust(folder))

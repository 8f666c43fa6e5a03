import errno
import json
import os
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Formula, read_program
from pellucid.core import Finding, Measured, Provenance, Tested, load_finding
from pellucid.core.files import safe_relative, write_folder

MADE = Provenance("m", {"a": 1}, 3, "abc")
SOURCE = "def flip(steps):\n    for x in steps:\n        yield 1 - x\n"


def a_finding():
    program = read_program(SOURCE, [(0, 1)])
    return Finding(program, (Tested("p", 10, 0),), Provenance("m", {"a": 1}, 3, "abc"), proofs={"proofs/p.smt2": "(x)"})


def test_what_is_saved_is_loaded(tmp_path):
    finding = a_finding()
    finding.save(tmp_path / "out")
    loaded = load_finding(tmp_path / "out")
    assert (loaded.artifact, loaded.claims, loaded.provenance) == (finding.artifact, finding.claims, finding.provenance)
    assert loaded.proofs == {"proofs/p.smt2": "(x)"}


def test_plus_leaves_the_old_one_alone():
    finding = a_finding()
    more = finding.plus(Tested("q", 1, 0), proofs={"b": "c"})
    assert (len(finding.claims), len(more.claims), len(finding.proofs)) == (1, 2, 1)


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    finding = a_finding()
    finding.save(tmp_path / "out")
    before = (tmp_path / "out" / "finding.json").read_bytes()
    written = []

    def full(descriptor):
        written.append(descriptor)
        if len(written) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        finding.plus(Tested("q", 1, 0)).save(tmp_path / "out")
    assert (tmp_path / "out" / "finding.json").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", ""])
def test_paths_stay_inside(name, tmp_path):
    with pytest.raises(ValueError, match="leaves its folder"):
        safe_relative(name)
    with pytest.raises(ValueError, match="leaves its folder"):
        write_folder(tmp_path / "f", {name: b""})


def test_loading_says_what_is_wrong(tmp_path):
    with pytest.raises(ValueError, match="holds no finding"):
        load_finding(tmp_path)
    (tmp_path / "finding.json").write_text("{")
    with pytest.raises(ValueError, match="not JSON"):
        load_finding(tmp_path)
    (tmp_path / "finding.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(ValueError, match="format 99"):
        load_finding(tmp_path)


def _changed(data, draw):
    """A copy of JSON data with one value in it replaced, or one entry gone."""
    if isinstance(data, dict) and data and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(data)))
        if draw(st.integers(0, 4)):
            return {**data, key: _changed(data[key], draw)}
        return {name: value for name, value in data.items() if name != key}
    if isinstance(data, list) and data and draw(st.integers(0, 3)):
        place = draw(st.integers(0, len(data) - 1))
        return [*data[:place], _changed(data[place], draw), *data[place + 1 :]]
    odd = [None, -1, 1e308, "", "9**9**9**9", "../x", [], {}, [[]], {"a": None}, True, "x" * 200, [1, "x"]]
    return draw(st.sampled_from(odd))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_in_a_folder_a_finding_comes_out_or_one_error(tmp_path_factory, data):
    artifact = Formula("a*exp(-b/2)", ("a", "b"), "y", ((0, 1), (2, 3)))
    finding = Finding(artifact, (Measured("error of y", 0.1, "", 1.0, 0.01), Tested("y", 10, 0)), MADE)
    folder = tmp_path_factory.mktemp("finding")
    finding.save(folder)
    text = json.loads((folder / "finding.json").read_text())
    (folder / "finding.json").write_text(json.dumps(_changed(text, data.draw)))
    with suppress(ValueError):
        assert isinstance(load_finding(folder), Finding)


def test_a_notebook_shows_the_artifact_and_the_claims_escaped():
    claims = tuple(Measured(f"x < {k}", 1.0, "") for k in range(20))
    finding = Finding(Formula("a/2", ("a",), "y"), claims, MADE)
    shown = finding._repr_html_()
    assert r"y = \frac{a}{2}" in shown
    assert "x &lt; 3" in shown
    assert "8 more claims" in shown
    assert repr(finding) == "<Finding y = a/2: 20 Measured>"
    assert "<b>Measured</b> x &lt; 0" in claims[0]._repr_html_()


def test_a_finding_written_over_another_leaves_none_of_its_files(tmp_path):
    a_finding().save(tmp_path, {"old.txt": b"1", "report.html": b"2"})
    (tmp_path / "mine.txt").write_text("a person's own")
    Finding(Formula("a", ("a",), "y"), (), MADE).save(tmp_path, {"report.html": b"3"})
    names = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert names == ["finding.json", "formula.py", "mine.txt", "report.html"]


@pytest.mark.parametrize("text", ["[]", "no JSON", '{"files": {"../x": 1}, "proofs": 3}', '{"files": []}'])
def test_what_was_there_and_cannot_be_read_is_left(tmp_path, text):
    (tmp_path / "finding.json").write_text(text)
    a_finding().save(tmp_path)
    assert load_finding(tmp_path).artifact == a_finding().artifact

import errno
import json
import os

import pytest

from pellucid.artifacts import read_program
from pellucid.core import Finding, Provenance, Tested, load_finding
from pellucid.core.files import safe_relative, write_folder

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

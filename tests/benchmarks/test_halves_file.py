"""A file of two halves keeps the one that was not run, and counts the runs of the second."""

from __future__ import annotations

import tomllib
from types import SimpleNamespace

import pytest


def test_each_half_keeps_the_other_and_runs_are_counted(tmp_path, monkeypatch, load_benchmark):
    record = load_benchmark("suites.halves_file").record
    monkeypatch.setattr("suites.halves_file.commit", lambda: "abc")
    about, command = {"title": "Two halves"}, "python it"

    def ran(unseen, right):
        rows = [{"name": "one" if unseen else "other", "fault": "" if right else "wrong"}]
        path = record("it", about, {"right": right}, rows, unseen=unseen, command=command, earlier=1, folder=tmp_path)
        return tomllib.loads(path.read_text())

    assert ran(False, 1)["runs_of_second_half"] == 1
    found = ran(True, 0)
    assert found["runs_of_second_half"] == 2
    assert {half: counts["right"] for half, counts in found["found"].items()} == {"first": 1, "second": 0}
    assert ran(True, 1)["runs_of_second_half"] == 2  # the same commit is the same run
    monkeypatch.setattr("suites.halves_file.commit", lambda: "def")
    found = ran(True, 1)
    assert found["runs_of_second_half"] == 3
    assert [(row["half"], row["name"]) for row in found["row"]] == [("first", "other"), ("second", "one")]


def test_named_cases_are_no_half_and_are_not_written(tmp_path, monkeypatch, load_benchmark):
    module = load_benchmark("suites.halves_file")
    case = SimpleNamespace(name="beat")
    monkeypatch.setattr("sys.argv", ["it.py", "beat", "--write"])
    with pytest.raises(SystemExit):
        module.run_half("it.py", "it", {}, [case], lambda one: {"name": one.name, "right": True})


def test_our_figures_are_written_below_what_the_paper_claims(tmp_path, monkeypatch, load_benchmark):
    module = load_benchmark("suites.halves_file")
    (tmp_path / "it.toml").write_text('title = "It"\n\n[ours]\ncommit = "old"\n\n[ours.first]\nright = 1\n')
    monkeypatch.setattr("suites.halves_file.commit", lambda: "abc")
    module.write_ours("it", "python it", {"ours.second": {"right": 2, "names": ["a"]}}, tmp_path)
    found = tomllib.loads((tmp_path / "it.toml").read_text())
    assert found["title"] == "It"
    assert (found["ours"]["commit"], found["ours"]["command"]) == ("abc", "python it")
    assert found["ours"]["second"] == {"right": 2, "names": ["a"]}
    assert "first" not in found["ours"]

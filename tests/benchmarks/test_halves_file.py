"""A file of two halves keeps the one that was not run, and counts the runs of the second."""

from __future__ import annotations

import tomllib


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

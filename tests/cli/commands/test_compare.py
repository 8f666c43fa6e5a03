"""`pellucid compare` on the terminal."""

from __future__ import annotations

from typer.testing import CliRunner

from pellucid.artifacts import Formula
from pellucid.cli.app import app
from pellucid.core import Finding, Measured, Provenance, Tested


def saved(folder, error):
    claims = (Tested("y is right", 10, 0), Measured("error of y", error, "", key="error"))
    return Finding(Formula("a/2", ("a",), "y"), claims, Provenance("m", {}, 0, "abc")).save(folder)


def test_what_differs_is_shown_and_sets_the_exit_code(tmp_path):
    one, two = saved(tmp_path / "one", 0.1), saved(tmp_path / "two", 0.2)
    done = CliRunner().invoke(app, ["compare", str(one), str(two)])
    assert done.exit_code == 1
    assert "y = a/2" in done.output
    assert "Measured: 0.1" in done.output
    assert "Measured: 0.2" in done.output
    assert "1 of 2 claims are the same in both" in done.output
    assert "y is right" not in done.output
    assert "y is right" in CliRunner().invoke(app, ["compare", str(one), str(two), "--all"]).output


def test_a_finding_is_like_itself_and_a_folder_without_one_is_refused(tmp_path):
    one = saved(tmp_path / "one", 0.1)
    assert CliRunner().invoke(app, ["compare", str(one), str(one)]).exit_code == 0
    done = CliRunner().invoke(app, ["compare", str(one), str(tmp_path)])
    assert done.exit_code == 2
    assert "holds no finding.json" in done.output

"""`pellucid compress` from a file to a folder that checks, and the same figures measured again."""

import json
import runpy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pellucid.cli import app


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kinds = {"a": "u", "b": "u", "c": "v", "d": "v", "e": "w"}
    rows = [f"{name},{kind if i % 5 else 'u'}" for i in range(60) for name, kind in kinds.items()]
    (tmp_path / "words.csv").write_text("letter,next\n" + "\n".join(rows) + "\n")
    return "words.csv"


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_folder_checks_and_figures_are_measured_again(table):
    result = run("compress", table, "--rows", "letter", "--by", "next", "--no-open", "--output", "out")
    assert result.exit_code == 0, result.output
    assert "ab | cd | e" in result.output
    assert runpy.run_path("out/frontier.py")["merge"]("d", 3) == 1
    checked = run("check", "out", "--measure", "--data", table)
    assert checked.exit_code == 0, checked.output
    assert "measured" in checked.output
    file = Path("out/finding.json")
    data = json.loads(file.read_text())
    data["artifact"]["data"]["weights"][0][0] += 1
    file.write_text(json.dumps(data))
    assert run("check", "out").exit_code == 1


def test_page_shows_the_choice(table):
    run("compress", table, "--rows", "letter", "--by", "next", "--no-open", "--output", "out", "--quiet")
    page = Path("out/report.html").read_text()
    assert "letter, merged by what it says about next" in page
    assert "5 values of letter become 3 clusters that keep 100.0 %" in page
    assert "ab | cd | e" in page


def test_wrong_column_is_one_line(table):
    result = run("compress", table, "--rows", "letter", "--by", "nex")
    assert result.exit_code == 2
    assert "'nex' is no column; choose among letter, next" in result.output


def test_a_score_becomes_grades(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"{i / 100},{'yes' if i > 120 else 'no'}" for i in range(200)]
    Path("risk.csv").write_text("risk,ill\n" + "\n".join(rows) + "\n")
    result = run("compress", "risk.csv", "--rows", "risk", "--by", "ill", "--bins", "0", "--no-open")
    assert result.exit_code == 0, result.output
    assert "2 grades of risk keep 100.0 %" in result.output
    assert runpy.run_path("compress-risk/binned_score.py")["grade"](1.3) == 1
    assert "Grades of risk by ill" in Path("compress-risk/report.html").read_text()
    checked = run("check", "compress-risk", "--measure", "--data", "risk.csv")
    assert checked.exit_code == 0, checked.output

"""The command `scaling`, from the line that is typed to the files that are written."""

import json
from pathlib import Path

import pytest

from pellucid.cli import app

TABLE = "\n".join(
    ["params,tokens,loss"]
    + [f"{n},{d},{2 + 90 * n**-0.3 + 900 * d**-0.4}" for n in (1e6, 1e7, 1e8, 1e9) for d in (1e8, 1e9, 1e10, 1e11)]
)
QUICK = ("--bootstraps", "10", "--family", "equal")


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    Path("losses.csv").write_text(TABLE)


def run(*arguments: str) -> int:
    try:
        app(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_a_table_becomes_a_law_and_an_allocation(capsys):
    assert run("scaling", "losses.csv", "--budget", "1e22", *QUICK) == 0
    out = capsys.readouterr().out
    assert out.startswith("L = 2")
    assert "tokens each" in out
    page = Path("scaling-losses/report.html").read_text()
    assert "How to spend 1e+22 of compute" in page
    assert json.loads(Path("scaling-losses/finding.json").read_text())["artifact"]["kind"] == "scaling_law"
    assert run("check", "scaling-losses") == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("losses.csv", "--loss", "perplexity"), "'perplexity' is no column"),
        (("nothing.csv",), "is no file"),
        ((), "give a TABLE"),
        (("chinchilla", "--loss", "y"), "is built in"),
        (("losses.csv", "--budget", "0"), "budget=0.0"),
    ],
)
def test_bad_input_is_one_line(arguments, message, capsys):
    assert run("scaling", *arguments) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert "\n" not in error


def test_built_in_runs_are_listed(capsys):
    assert run("scaling", "--list") == 0
    assert "2203.15556" in capsys.readouterr().out

"""The command `skills`, from the line that is typed to the files that are written."""

import json
from pathlib import Path

import numpy as np
import pytest

from pellucid.cli import app


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    rows = [
        f"{t},{np.exp(-t / 20):.4f},{np.exp(-t / 60):.4f},{np.exp(-t / 200):.4f},{0.5:.1f},3e-4"
        for t in range(0, 90, 3)
    ]
    Path("log.csv").write_text("\n".join(["step,task/add,task/mul,task/div,train_loss,lr", *rows]))
    Path("p.json").write_text('{"task/add": 0.7, "task/mul": 0.23, "task/div": 0.07}')
    Path("p.csv").write_text("task,share\ntask/add,0.7\ntask/mul,0.23\ntask/div,0.07\n")


def run(*arguments: str) -> int:
    try:
        app(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


@pytest.mark.parametrize("given", ["p.json", "p.csv", "0.7,0.23,0.07"])
def test_a_log_becomes_a_law_and_times(given, capsys):
    assert run("skills", "log.csv", "--frequencies", given) == 0
    out = capsys.readouterr().out
    assert "independent" in out
    assert "forecast:" in out
    assert "When each is learnt" in Path("skills-log/report.html").read_text()
    artifact = json.loads(Path("skills-log/finding.json").read_text())["artifact"]
    assert artifact["kind"] == "skill_dynamics"
    assert artifact["data"]["names"] == ["task/add", "task/mul", "task/div"]
    assert run("check", "skills-log") == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing.csv",), "does not exist"),
        (("log.csv", "--columns", "skill*"), "names 0 of the metrics"),
        (("log.csv", "--frequencies", "1,2"), "has 2 numbers, the log 3 tasks"),
        (("log.csv", "--frequencies", "often"), "no list such as"),
        (("log.csv", "--metric", "f1"), "--metric 'f1' is unknown"),
        (("log.csv", "--law", "power"), "law='power' is unknown"),
        (("log.csv", "--metric", "accuracy"), "starts as good as can be"),
    ],
)
def test_bad_input_is_one_line(arguments, message, capsys):
    assert run("skills", *arguments) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert "\n" not in error

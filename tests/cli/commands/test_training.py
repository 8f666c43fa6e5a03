"""The command `training`, from the line that is typed to the page that is written."""

import re
from pathlib import Path

import numpy as np
import pytest

from pellucid.cli import app


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)


def run(*arguments: str) -> int:
    try:
        app(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def write(path, late, rate=1e-3):
    """A run that fits at 400 and generalises at `late`, with weights that shrink."""
    steps = np.arange(0, 4001, 50)
    rows = [
        f"{s},{0.1 + 0.9 * min(1, s / 400):.4f},{1.0 if s >= late else 0.1},{90 * np.exp(-rate * s):.4f}" for s in steps
    ]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("\n".join(["step,train_acc,test_acc,weight_norm", *rows]))


def test_a_log_becomes_a_phase_and_a_page(capsys):
    write("run.csv", late=2000)
    assert run("training", "run.csv", "--chance", "0.1", "--critical-norm", "12") == 0
    out = capsys.readouterr().out
    assert "grokking (100 % of thresholds)" in out
    assert "learnt between steps 1950 and 2000" in out
    page = Path("training-run/report.html").read_text()
    assert "Training run run" in page
    assert "The run" in page
    assert run("check", "training-run") == 0


def test_of_a_folder_of_runs_the_others_tell_the_norm(capsys):
    for name, rate in (("a", 1e-3), ("b", 1.25e-3)):
        write(f"runs/{name}/metrics.csv", late=2 / rate, rate=rate)
    write("runs/c/metrics.csv", late=1e9, rate=4e-4)
    assert run("training", "runs", "--chance", "0.1") == 0
    out = capsys.readouterr().out
    step = re.search(r"forecast: held-out data learnt at step (\d+)", out)
    assert step is not None
    assert 4700 < int(step[1]) < 5200  # 2 / 4e-4 = 5000
    assert Path("training-runs/c/report.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("nothing.csv",), "does not exist"), (("run.csv", "--test", "x"), "--test 'x' is no column")],
)
def test_bad_input_is_one_line(arguments, message, capsys):
    write("run.csv", late=2000)
    assert run("training", *arguments) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert "\n" not in error


def test_a_folder_without_a_log_is_refused(capsys):
    Path("empty").mkdir()
    assert run("training", "empty") == 2
    assert "holds no log" in capsys.readouterr().err

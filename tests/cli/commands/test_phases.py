"""The command `phases`, from a folder of runs to the files that are written."""

import json
from pathlib import Path

import pytest

from pellucid.artifacts import PhaseDiagram
from pellucid.cli import app
from pellucid.core import load_finding
from pellucid.learn.runs.phase_survey import nearest_phase


def log(late, final=1.0):
    """Accuracies that reach 1 at step 30 in training, and `final` at step `late` on held-out data."""
    rows = [f"{s},{min(1, 0.1 + s / 30):.3f},{final if s >= late else 0.1}" for s in range(0, 400, 10)]
    return "\n".join(["step,train_acc,val_acc", *rows])


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    for i, (rate, decay, late, final) in enumerate(
        [(0.01, 0, 999, 0.2), (0.01, 1, 40, 1), (0.001, 0, 999, 0.2), (0.001, 1, 300, 1)]
    ):
        place = Path("runs", f"run_{i}")
        place.mkdir(parents=True)
        (place / "log.csv").write_text(log(late, final))
        (place / "config.json").write_text(json.dumps({"lr": rate, "optimizer": {"decay": decay}, "name": "a"}))


def run(*arguments: str) -> int:
    try:
        app(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_a_folder_of_runs_becomes_a_diagram(capsys):
    assert run("phases", "runs", "--chance", "0.1") == 0
    assert "4 runs by lr and optimizer.decay" in capsys.readouterr().out
    found = load_finding("phases-runs").artifact
    assert isinstance(found, PhaseDiagram)
    assert found.cell(0.001, 1.0) == ("grokking", 1.0)
    assert found.cell(0.01, 1.0) == ("comprehension", 1.0)
    assert found.cell(0.01, 0.0) == ("memorisation", 1.0)
    assert nearest_phase(found, 0) in found.phases
    assert "What they are" in Path("phases-runs/report.html").read_text()
    assert run("check", "phases-runs") == 0


def test_settings_may_stand_in_the_names_of_folders(capsys):
    for i in range(4):
        Path("runs", f"run_{i}", "config.json").unlink()
        Path("runs", f"run_{i}").rename(Path("runs", f"wd={i // 2}_seed={i % 2}"))
    assert run("phases", "runs", "--chance", "0.1") == 0
    found = load_finding("phases-runs").artifact
    assert found.names == ("wd",)
    assert len(found.runs_at(0.0)) == 2


def test_yaml_of_hyperparameters_is_read(capsys):
    for i in range(4):
        Path("runs", f"run_{i}", "config.json").unlink()
        Path("runs", f"run_{i}", "hparams.yaml").write_text(f"lr: {10.0**-i}\nname: x\n")
    assert run("phases", "runs", "--chance", "0.1", "--by", "lr") == 0
    assert load_finding("phases-runs").artifact.names == ("lr",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "is no folder"),
        (("runs", "--by", "depth"), "'depth' is no setting of every run"),
        (("runs/run_0",), "needs 3 runs or more"),
    ],
)
def test_bad_input_is_one_line(arguments, message, capsys):
    assert run("phases", *arguments) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert "\n" not in error


def test_more_than_two_settings_are_asked_for(capsys):
    for i in range(4):
        Path("runs", f"run_{i}", "config.json").write_text(json.dumps({"lr": i, "decay": i * 2, "width": i * 3}))
    assert run("phases", "runs") == 2
    assert "say which two with --by" in capsys.readouterr().err

"""`pellucid formula`: what it prints and writes, and how it fails. The job is a stand-in, but for its door."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid.artifacts import Formula, Front, Predictions
from pellucid.cli import app
from pellucid.cli.commands.formula import parse_seconds
from pellucid.core import Finding, Measured, Provenance, Undecided

KEPLER = Formula("a**(3/2)", ("a",), "P", ((0.4, 30.0),))


def found() -> Finding:
    X = np.array([[0.4], [1.0], [30.0]])
    y = KEPLER(X)
    others = (Formula("a", ("a",), "P"), KEPLER, Formula("1.0001*a**1.4999", ("a",), "P"))
    told = {"table": "kepler", "rows": 3, "notes": ["left out 'g', which is constant (7)"]}
    return Finding(
        KEPLER,
        (Measured("relative error of P on held-out rows (1 rows)", 0.0006, "of rms", 1.5),),
        Provenance("distill.Algebraic", told, 0, "ab"),
        {
            "front": Front(others, (60.0, 0.05, 0.01), (4.0, 12.0, 42.0), 1),
            "predictions": Predictions(X, y, y, np.array([False, False, True]), ("a",), "P"),
        },
    )


@pytest.fixture
def job(monkeypatch, tmp_path):
    """Stands in for `pellucid.jobs.formula` and the tables, in an empty working folder; `job.open` is what it does."""
    stub: Any = ModuleType("pellucid.jobs.formula")
    tables: Any = ModuleType("pellucid.jobs.subjects.tables")
    state = SimpleNamespace(calls=[], options={}, open=lambda **_: found())

    def find_samples(text, **options):
        state.options = options
        return "the samples", Path(text).stem, None

    def open_formula(samples, **given):
        state.calls.append(given)
        given["reporter"].start("searching", 2)
        return state.open(**given)

    tables.find_samples, stub.open_formula = find_samples, open_formula
    tables.list_tables = lambda: [("kepler", "the planets"), ("I.12.2", "F = q1*q2/(4*pi*epsilon*r**2)")]
    import pellucid.jobs.subjects

    for package, name, module in ((pellucid.jobs, "formula", stub), (pellucid.jobs.subjects, "tables", tables)):
        monkeypatch.setitem(sys.modules, f"{package.__name__}.{name}", module)
        monkeypatch.setattr(package, name, module, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    return state


def run(*arguments: str) -> int:
    try:
        app(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_the_formula_is_printed_and_everything_is_written(job, capsys):
    assert run("formula", "kepler", "--seed", "3", "--budget", "2m") == 0
    out, err = capsys.readouterr()
    assert out.startswith("P^2 = a^3\n")
    assert "left out 'g', which is constant (7)" in out
    assert "   No.  bits  error  formula\n" in out
    assert "*  2    12    0.05   P^2 = a^3\n" in out
    assert "Measured  relative error of P on held-out rows (1 rows)  0.0006 of rms (baseline 1.5)\n" in out
    assert "kepler/  formula.py  formula.tex  report.html  finding.json  front.tex  predictions.safetensors\n" in out
    assert not any(line != line.rstrip() for line in out.splitlines())
    assert "searching" in err
    assert Path("kepler/formula.tex").read_text() == "P = a^{\\frac{3}{2}}\n"
    assert pellucid.load("kepler").claims == found().claims
    (call,) = job.calls
    assert (call["name"], call["seed"], call["budget_seconds"], call["reference"]) == ("kepler", 3, 120, None)
    assert [path.name for path in Path().iterdir()] == ["kepler"]


def test_the_formula_that_is_written_runs_by_itself(job):
    run("formula", "kepler", "-q")
    ran = subprocess.run([sys.executable, "kepler/formula.py"], input="1\n4\n", capture_output=True, text=True)
    assert ran.stdout == "1.0\n8.0\n"


def test_options_reach_the_door(job, capsys):
    options = ["--target", "y", "--features", "a, b", "--units", "u.toml", "--output", "deep/er", "--quiet"]
    assert run("formula", "t.csv", *options) == 0
    assert job.options == {"target": "y", "features": ("a", "b"), "units": Path("u.toml"), "seed": 0}
    assert capsys.readouterr() == ("deep/er\n", "")
    assert run("formula", "I.12.2", "--rows", "50", "--noise", "0.1", "-q") == 0
    assert job.options == {"rows": 50, "noise": 0.1, "seed": 0}


def test_tables_are_listed(job, capsys):
    assert run("formula", "--list") == 0
    assert capsys.readouterr().out == "kepler  the planets\nI.12.2  F = q1*q2/(4*pi*epsilon*r**2)\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no TABLE given; name a file of numbers, or a built-in table (see --list)"),
        (["kepler", "--budget", "soon"], "budget='soon' is no time; give seconds, or 60s, 5m, 1h"),
        (["kepler", "--budget", "0"], "budget='0' is no time"),
    ],
)
def test_bad_arguments_are_told_in_one_line(job, capsys, arguments, told):
    assert run("formula", *arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"pellucid: {told}")
    assert err.count("\n") == 1


def test_an_interrupt_says_how_to_go_on(job, capsys):
    def interrupted(checkpoint, **_):
        (checkpoint / "half").mkdir(parents=True)
        raise KeyboardInterrupt

    job.open = interrupted
    assert run("formula", "kepler", "-q") == 130
    assert "run the same command with --resume" in capsys.readouterr().err
    assert Path(".kepler.checkpoint/half").is_dir()
    job.open = lambda checkpoint, **_: found() if (checkpoint / "half").is_dir() else None
    assert run("formula", "kepler", "-q", "--resume") == 0
    assert not Path(".kepler.checkpoint").exists()


def test_an_interrupt_that_left_a_formula_shows_it_and_can_be_resumed(job, capsys):
    def interrupted(checkpoint, **_):
        (checkpoint / "half").mkdir(parents=True, exist_ok=True)
        return found().plus(Undecided("a shorter formula by Search", "interrupted", key="interrupted"))

    job.open = interrupted
    assert run("formula", "kepler") == 130
    out, err = capsys.readouterr()
    assert out.startswith("P^2 = a^3\n")
    assert "run the same command with --resume" in err
    assert Path(".kepler.checkpoint/half").is_dir()
    assert Path("kepler/finding.json").is_file()
    job.open = lambda **_: found()
    assert run("formula", "kepler", "-q", "--resume") == 0
    assert not Path(".kepler.checkpoint").exists()


def test_a_foreign_folder_is_refused_before_the_work(job, capsys):
    Path("kepler").mkdir()
    Path("kepler/thesis.tex").touch()
    assert run("formula", "kepler") == 2
    assert "holds other files" in capsys.readouterr().err
    assert job.calls == []


def test_files_that_cannot_be_read_are_told_in_one_line(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pellucid.jobs.formula")
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("a,y\n1,2\nx,3\n2,4\n")
    for arguments, told in (
        (["t.csv"], "t.csv: column 'a', line 3: 'x' is no number"),
        (["missing.csv"], "missing.csv: No such file"),
        (["t.csv", "--target", "z"], "t.csv: target 'z' is no column; choose among a, y"),
        (["nonsense"], ""),
    ):
        assert run("formula", *arguments) == 2
        err = capsys.readouterr().err
        assert told in err
        assert err.count("\n") == 1


def test_times():
    assert [parse_seconds(text) for text in ("90", "1.5m", "1h", "30 s")] == [90, 90, 3600, 30]

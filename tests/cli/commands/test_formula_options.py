"""`pellucid formula` with what the user knows: each option from the command line to what is printed and written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pellucid
from pellucid.cli import app


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs the command in an empty folder; gives its exit code, what it printed and what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)

    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            app(["formula", *arguments])
        except SystemExit as stop:
            return int(stop.code or 0), *capsys.readouterr()
        return 0, *capsys.readouterr()

    return command


def write(name: str, header: str, *columns) -> str:
    rows = [
        ",".join(cell if isinstance(cell, str) else f"{cell:.10g}" for cell in row)
        for row in zip(*columns, strict=True)
    ]
    Path(name).write_text("\n".join([header, *rows]) + "\n")
    return name


def test_a_form_is_fitted(run):
    t = np.linspace(0, 7, 80)
    noise = np.random.default_rng(0).normal(0, 0.01, 80)
    table = write("t.csv", "t,y", t, 1.9 * np.exp(-0.42 * t) * np.cos(6.1 * t + 0.2) + noise)
    code, out, _ = run(table, "--form", "a*exp(-b*t)*cos(c*t + d)", "--output", "found")
    assert code == 0
    assert "constant b of a*exp(-b*t)*cos(c*t + d) in y" in out
    finding = pellucid.load("found")
    b = next(claim for claim in finding.claims if claim.statement.startswith("constant b"))
    assert b.value == pytest.approx(0.42, abs=4 * b.uncertainty)
    assert {"report.html", "formula.py", "formula.tex"} <= {path.name for path in Path("found").iterdir()}


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("a*w", "form 'a*w' holds no column of the table; its columns are t"),
        ("2*t", "holds no constant to be fitted"),
        ("a*log(t - 3)", "the form is not finite on row 1 (t = 0)"),
    ],
)
def test_a_form_that_cannot_be_fitted_is_told_in_one_line(run, form, told):
    table = write("t.csv", "t,y", range(8), [2.0, 1, 3, 2, 4, 5, 4, 6])
    code, _, err = run(table, "--form", form)
    assert code == 2
    assert told in err
    assert err.splitlines()[-1].startswith("pellucid: ")

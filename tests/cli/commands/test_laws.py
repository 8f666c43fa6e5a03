"""The command `laws`, from the line that is typed to the files that are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("flint")

from pellucid.cli import app
from pellucid.cli.options import split_list


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


def test_laws_are_printed_written_and_checked(capsys):
    assert run("laws", "oscillator", "--degree", "2") == 0
    out, err = capsys.readouterr()
    assert out.startswith("x' = v\nv' = -k*x\n\nH1 = k*x^2 + v^2   energy\n\n1 functionally independent invariant")
    assert "Proved    k*x**2 + v**2: conserved, dH/dt = 0" in out
    assert "oscillator/  invariants.py  report.html  finding.json  invariants.tex  orbits.safetensors" in out
    assert not any(line != line.rstrip() for line in out.splitlines())
    assert "invariants" in err
    assert Path("oscillator/invariants.tex").read_text().splitlines()[1] == r"H_{1} &= k x^{2} + v^{2} \\"
    assert run("check", "oscillator") == 0
    path = Path("oscillator/finding.json")
    path.write_text(path.read_text().replace("k*x**2 + v**2", "k*x**2 - v**2"))
    assert run("check", "oscillator") == 1


def test_equations_can_be_typed(capsys):
    line = "x' = u; y' = v; u' = -x*(u**2 + v**2)/(x**2 + y**2); v' = -y*(u**2 + v**2)/(x**2 + y**2)"
    options = ["--constraints", "x*u + y*v", "--degree", "2", "--basis", "x, y, u, v", "--seed", "3", "--quiet"]
    assert run("laws", line, *options, "--output", "deep/er") == 0
    assert capsys.readouterr() == ("deep/er\n", "")
    data = json.loads(Path("deep/er/finding.json").read_text())
    assert data["provenance"]["seed"] == 3
    assert data["artifact"]["data"]["constraints"] == ["x*u + y*v"]
    assert "<title>What the equations conserve" in Path("deep/er/report.html").read_text()
    assert run("laws", "u_t = c*u_x", "--parameters", "c", "--order", "0", "--degree", "2") == 0
    assert "rho2 = u^2\n  J2 = -c*u^2\n" in capsys.readouterr().out


def test_systems_are_listed(capsys):
    assert run("laws", "--list") == 0
    out = capsys.readouterr().out
    assert "kepler_2d" in out
    assert "Korteweg and de Vries' equation\n" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no SYSTEM given; name a built-in system (see --list) or a file, or write equations"),
        (["x' = k*x"], "x' = k*x: k is neither a variable nor a parameter; declare"),
        (["lorenz", "--order", "2"], "order is for field equations"),
        (["lorenz", "--degree", "99"], "degree=99 in 3 symbols has more than"),
    ],
)
def test_bad_arguments_are_told_in_one_line(capsys, arguments, told):
    assert run("laws", *arguments, "-q") == 2
    err = capsys.readouterr().err
    assert err.startswith(f"pellucid: {told}")
    assert err.count("\n") == 1


def test_lists_are_split_at_commas_outside_brackets():
    assert split_list(None, ",") == ()
    assert split_list("x, f(a, b);1/x,", ",;") == ("x", "f(a, b)", "1/x")

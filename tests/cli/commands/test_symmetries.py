"""The commands `symmetries` and `families`, from the line that is typed to the files that are written."""

from pathlib import Path

import pytest

pytest.importorskip("flint")

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


def test_symmetries_are_printed_written_and_checked(capsys):
    assert run("symmetries", "kdv", "--degree", "1") == 0
    out = capsys.readouterr().out
    assert out.startswith("u_t = 6*u*u_x - u_xxx\n\nX1 = d_t")
    assert "Galilean boost" in out
    assert "[X1, X4] = 3*X1" in out
    assert run("check", "kdv_symmetries") == 0
    assert run("symmetries", "x' = v; v' = -k*x", "--parameters", "k", "--degree", "1", "-q", "--output", "s") == 0
    path = Path("s/finding.json")
    path.write_text(path.read_text().replace('"dimension": ', '"dimension": 1'))
    assert run("check", "s") == 1


def test_families_are_printed_written_and_checked(capsys):
    options = ["--order", "1", "--degree", "3", "--starts", "0", "--terms", "2", "--minimum", "3"]
    assert run("families", "u_xxx, u*u_x, u_xx", *options) == 0
    out = capsys.readouterr().out
    assert out.startswith("u_t = a*u*u_x + u_xxx   KdV\n  conserved: u; u^2; ")
    assert run("check", "families") == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["symmetries"], "no SYSTEM given"),
        (["symmetries", "kepler"], "system 'kepler' is unknown (did you mean"),
        (["families", "u*u_y"], ""),
        (["families", "u*u_x", "--starts", "0", "--terms", "0"], "starts=0 and terms=0 search nothing"),
    ],
)
def test_bad_arguments_are_told_in_one_line(capsys, arguments, told):
    assert run(*arguments, "-q") == 2
    err = capsys.readouterr().err
    assert err.startswith(f"pellucid: {told}")
    assert err.count("\n") == 1

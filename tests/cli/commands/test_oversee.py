"""`pellucid oversee` from a table of games to a folder that checks."""

from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from pellucid.cli import app


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def write(path):
    elo = np.linspace(1100, 1380, 8)
    rows = ["guard,houdini,wins,played,guard_elo,houdini_elo"]
    for i, one in enumerate(elo):
        for j, other in enumerate(elo):
            chance = 1 / (1 + 10 ** ((422 + 0.68 * other - 1.167 * one + 229) / 400))
            rows.append(f"m{i},m{j},{round(200 * chance)},200,{one},{other}")
    path.write_text("\n".join(rows) + "\n")


def test_folder_checks_and_page_says_how_unsure(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(Path("games.csv"))
    result = run(
        "oversee", "games.csv", "--from", "1100", "--gap", "400", "--curve", "line", "--draws", "20", "--no-open"
    )
    assert result.exit_code == 0, result.output
    assert "oversight from 1100 over a gap of 400 Elo holds with probability 0.09" in result.output
    assert "400 (beyond)" in result.output
    page = Path("oversee-games/report.html").read_text()
    assert "Oversight from 1100 to 1500 Elo" in page
    assert "drawn out by 120 Elo beyond the strongest player" in page
    checked = run("check", "oversee-games", "--measure")
    assert checked.exit_code == 0, checked.output


def test_what_is_wrong_is_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(Path("games.csv"))
    result = run("oversee", "games.csv", "--gap", "-3")
    assert result.exit_code == 2
    assert "gap=-3" in result.output

"""The command `generate`: rows from a file, more rows from its folder, images, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pellucid.cli.app import app
from pellucid.cli.commands import check, generate  # noqa: F401  (they add themselves to the app)
from pellucid.jobs import generate as job


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    g = np.random.default_rng(0)
    rows = [
        f"{x:.2f};{'yes' if x > 0 else 'no'};{n if n else ''}"
        for x, n in zip(g.normal(size=90), g.poisson(9, 90), strict=True)
    ]
    Path("odd.csv").write_text("\n".join(["size;big;how many", *rows]))
    Path("names.csv").write_text("\n".join(["name", *(f"p{i}" for i in range(90))]))
    return lambda *words: CliRunner().invoke(app, list(words))


def test_rows_more_rows_and_figures_again(run):
    told = run("generate", "odd.csv", "--rows", "25", "--budget", "0.5s", "--no-open")
    assert told.exit_code == 0, told.output
    assert "told apart" in told.output
    with Path("odd_generated/generated.csv").open() as stream:
        cells = list(csv.DictReader(stream))
    assert list(cells[0]) == ["size", "big", "how many"]
    assert len(cells) == 25
    assert {row["big"] for row in cells} <= {"yes", "no"}
    assert all(len(row["size"].split(".")[1]) == 2 for row in cells)
    assert (
        run("generate", "odd_generated", "--rows", "7", "--seed", "1").output.strip() == "odd_generated/generated.csv"
    )
    assert len(Path("odd_generated/generated.csv").read_text().splitlines()) == 8


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing.csv",), "nothing.csv"),
        (("names.csv",), "no column is left"),
        (("odd.csv", "--image", "8by8"), "give height and width"),
        (("odd.csv", "--image", "2x2"), "holds no pixels"),
        (("odd.csv", "--budget", "soon"), "is no time"),
    ],
)
def test_bad_input_is_one_line(run, words, said):
    told = run("generate", *words, "--no-open")
    assert told.exit_code != 0
    assert said in told.output
    assert "Traceback" not in told.output


def test_a_folder_without_a_generator_is_refused(run, tmp_path):
    from pellucid.artifacts import TrainingCurve
    from pellucid.core import Finding, Provenance

    Finding(TrainingCurve([0], [1.0], [0.5]), (), Provenance("x.Y", {}, 0, "")).save(tmp_path / "other")
    with pytest.raises(ValueError, match="no generator"):
        job.saved_generator(tmp_path / "other")

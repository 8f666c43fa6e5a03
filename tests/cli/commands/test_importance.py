"""The command `importance`: a table, and a model that is given or fitted."""

import numpy as np
import pytest
from typer.testing import CliRunner

from pellucid.cli.app import app
from pellucid.cli.commands import check, importance  # noqa: F401  (they add themselves to the app)
from pellucid.core import load_finding


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    z, noise = np.random.default_rng(0).normal(size=(2, 500))
    rows = np.stack([z + noise, noise, z], 1)
    (tmp_path / "rows.csv").write_text("signal,dark,y\n" + "\n".join(",".join(map(str, row)) for row in rows.round(6)))
    (tmp_path / "mine.py").write_text(
        "def model(X):\n    return X[:, 0] - X[:, 1]\n\n\ndef wide(X):\n    return X @ X.T\n"
    )
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.mark.parametrize("given", [(), ("--model", "mine.py:model")])
def test_names_the_suppressor_and_can_be_measured_again(run, tmp_path, given):
    told = run("importance", "rows.csv", "--no-open", *given)
    assert told.exit_code == 0, told.output
    assert "1 a suppressor (dark, of the noise in signal)" in told.output
    assert load_finding(tmp_path / "rows_importance").artifact.roles == ("informative", "suppressor")
    again = run("check", "rows_importance", "--data", "rows.csv", *given)
    assert again.exit_code == 0, again.output
    assert "measured  jobs.importance" in again.output


def test_no_column_is_screened_out(run, tmp_path):
    """Of many columns, those that tell nothing have to be there to be called unused."""
    rows = np.random.default_rng(1).normal(size=(100, 30))
    head = ",".join(f"c{i}" for i in range(29)) + ",y\n"
    (tmp_path / "wide.csv").write_text(head + "\n".join(",".join(map(str, row)) for row in rows.round(6)))
    (tmp_path / "sums.py").write_text("def model(X):\n    return X.sum(1)\n")
    told = run("importance", "wide.csv", "--model", "sums.py:model", "--no-open")
    assert told.exit_code == 0, told.output
    assert "of 29 columns" in told.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rows.csv", "--target", "x"), "x"),
        (("rows.csv", "--model", "mine.py:none"), "names no function"),
        (("rows.csv", "--model", "mine.py:wide"), "the model gives"),
        (("rows.csv", "--model", "rows.csv"), "no TorchScript"),
        (("rows.csv", "--classes"), "no classes"),
        (("none.csv",), "none.csv"),
    ],
)
def test_refuses_in_a_line(run, words, said):
    told = run("importance", *words, "--no-open")
    assert told.exit_code == 2, told.output
    assert said in told.output
    assert len(told.output.strip().splitlines()) == 1

"""The command `algorithm`: from a file to a folder that can be checked, and one line for what is no network."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from pellucid.cli.app import app
from pellucid.cli.commands import algorithm, check  # noqa: F401  (they add themselves to the app)
from pellucid.core import load_finding


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    a, b, c = np.ogrid[:7, :7, :7]
    np.save("plus.npy", sum(np.cos(2 * np.pi * f * (a + b - c) / 7) for f in (1, 3)))
    return lambda *words: CliRunner().invoke(app, list(words))


def test_writes_a_folder_whose_claims_can_be_made_again(run, tmp_path):
    told = run("algorithm", "plus.npy", "--no-open", "--target", "a + b")
    assert told.exit_code == 0, told.output
    assert "characters for Z_7" in told.output
    found = load_finding(tmp_path / "plus_algorithm")
    assert found.claim("right").strength == "Exhausted"
    assert found.artifact.predict(3, 6) == 2
    again = run("check", "plus_algorithm", "--data", "plus.npy")
    assert again.exit_code == 0, again.output
    assert "measured  jobs.algorithm" in again.output


def test_a_folder_about_another_network_is_seen(run, tmp_path):
    run("algorithm", "plus.npy", "--no-open", "--quiet")
    np.save("plus.npy", np.load("plus.npy") ** 3)
    assert run("check", "plus_algorithm", "--data", "plus.npy").exit_code != 0
    path = tmp_path / "plus_algorithm" / "finding.json"
    data = json.loads(path.read_text())
    data["artifact"]["data"]["values"][1] += 5
    path.write_text(json.dumps(data))
    assert run("check", "plus_algorithm").exit_code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plus.npy", "--target", "sin(a)"), "no polynomial"),
        (("plus.npy", "--target", "a +* b"), "not understood"),
        (("nothing.npy",), "no file"),
    ],
)
def test_refuses_in_a_line(run, words, said):
    told = run("algorithm", *words, "--no-open")
    assert told.exit_code == 2
    assert said in told.output
    assert len(told.output.strip().splitlines()) == 1

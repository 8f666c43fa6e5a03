"""The command `wiring`: a table with two targets."""

import numpy as np
import pytest
from typer.testing import CliRunner

from pellucid.cli.app import app
from pellucid.cli.commands import check, wiring  # noqa: F401  (they add themselves to the app)
from pellucid.core import load_finding
from pellucid.distill import ModularNetwork

QUICK = {"hidden": (6,), "seeds": 1, "steps": 500, "refit": 60}


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    defaults = ModularNetwork.__init__.__defaults__ or ()
    names = list(ModularNetwork.__dataclass_fields__)
    quick = tuple(QUICK.get(name, value) for name, value in zip(names, defaults, strict=True))
    monkeypatch.setattr(ModularNetwork.__init__, "__defaults__", quick)
    X = np.random.default_rng(0).uniform(-1, 1, (150, 3))
    rows = np.concatenate([X, X[:, :1] ** 2, X[:, 1:2] - X[:, 2:]], 1).round(6)
    (tmp_path / "rows.csv").write_text("a,b,c,u,v\n" + "\n".join(",".join(map(str, row)) for row in rows))
    return lambda *words: CliRunner().invoke(app, list(words))


def test_parts_are_told_and_proved(run, tmp_path):
    told = run("wiring", "rows.csv", "--targets", "u, v", "--no-formulas", "--no-open")
    assert told.exit_code == 0, told.output
    assert "u depends on a\n" in told.output
    found = load_finding(tmp_path / "rows_wiring")
    assert {("u", "b"), ("u", "c"), ("v", "a")} == set(found.artifact.independent())
    again = run("check", "rows_wiring")
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize(
    ("targets", "said"), [("u,w", "'w' is no column"), ("a,b,c,u,v", "0 other columns"), (",", "0 targets")]
)
def test_refuses_in_a_line(run, targets, said):
    told = run("wiring", "rows.csv", "--targets", targets, "--no-open")
    assert told.exit_code == 2, told.output
    assert said in told.output
    assert len(told.output.strip().splitlines()) == 1

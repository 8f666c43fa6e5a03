"""The papers behind the library: every file can be listed, and says how it is made again."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pellucid.cli import app
from pellucid.jobs import papers as job
from pellucid.jobs.papers import find_paper, papers, read_paper, run_paper

ROOT = Path(__file__).parents[2]


def test_every_file_names_a_benchmark_that_exists():
    known = papers()
    assert {paper.id for paper in known} == {path.stem for path in (ROOT / "papers").glob("*.toml")}
    for paper in known:
        scripts = [word for word in paper.command.replace(";", " ").split() if word.startswith("benchmarks/")]
        assert scripts or paper.command.startswith("pellucid "), paper.id
        assert all((ROOT / script).is_file() for script in scripts), paper.id


def test_claims_stand_beside_figures(tmp_path):
    path = tmp_path / "clock.toml"
    path.write_text(
        'title = "T"\narxiv = "1"\ncommand = "python benchmarks/x.py"\n'
        "[paper]\nexact = 3\nonly_theirs = 2.5\n[ours]\nexact = 4\ntime = { median = 0.25 }\n"
    )
    assert read_paper(path).beside() == [
        ("exact", "3", "4"),
        ("only_theirs", "2.5", "-"),
        ("time.median", "-", "0.25"),
    ]


@pytest.mark.parametrize(
    ("command", "reason"),
    [("python benchmarks/x.py --peers PYTHON", "give PYTHON yourself"), ("sh all.sh", "by hand")],
)
def test_what_a_reader_has_to_give_is_told(tmp_path, command, reason):
    path = tmp_path / "clock.toml"
    path.write_text(f'title = "T"\ncommand = "{command}"\n')
    with pytest.raises(ValueError, match=reason):
        read_paper(path).commands()


def test_a_benchmark_is_run_in_the_clone(tmp_path, monkeypatch):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "clock.toml").write_text('title = "T"\ncommand = "python benchmarks/x.py --only 3"\n')
    monkeypatch.setattr(job, "papers_folder", lambda: tmp_path / "papers")
    with pytest.raises(ValueError, match="clone the repository"):
        run_paper(find_paper("clock"))
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "x.py").write_text("import sys; sys.exit(3 if sys.argv[1:] == ['--only', '3'] else 1)")
    assert run_paper(find_paper("clock")) == 3


def test_the_command_lists_shows_and_refuses():
    assert "2402.05110" in CliRunner().invoke(app, ["papers"]).output
    assert "62" in CliRunner().invoke(app, ["papers", "2402.05110"]).output
    unknown = CliRunner().invoke(app, ["papers", "nothing"])
    assert unknown.exit_code == 2
    assert "unknown" in unknown.output

"""The command `verify` with a Python file: exit codes, and one line for what is not understood."""

import pytest
from typer.testing import CliRunner

from pellucid.cli.app import app
from pellucid.cli.commands import check, verify  # noqa: F401  (they add themselves to the app)
from pellucid.prove.programs.dafny_run import dafny_path


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def verified(text, *words):
        (tmp_path / "mine.py").write_text(text)
        return CliRunner().invoke(app, ["verify", "mine.py", "--no-open", *words])

    return verified


def test_a_broken_contract_is_told_with_the_call_that_breaks_it(run, tmp_path):
    told = run("def f(n: int) -> int:\n    # ensures: result > n\n    return n * n\n")
    assert told.exit_code == 1
    assert "result > n is false" in " ".join(told.output.split())
    page = (tmp_path / "mine_verified" / "report.html").read_text()
    assert "breaks its contract" in page
    assert "ensures f(n) &gt; n" in page


@pytest.mark.skipif(dafny_path() is None, reason="no dafny program")
def test_what_is_proved_can_be_checked_again_and_no_other_file(run, tmp_path):
    told = run("def f(n: int) -> int:\n    # ensures: result > n\n    return n + 1\n")
    assert told.exit_code == 0, told.output
    assert "Proved" in told.output
    assert CliRunner().invoke(app, ["check", "mine_verified"]).exit_code == 0
    original = tmp_path / "mine_verified" / "original.py"
    original.write_text(original.read_text().replace("n + 1", "n + 2"))
    assert CliRunner().invoke(app, ["check", "mine_verified"]).exit_code == 1


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("def f(n: int) -> int:\n    return n / 2\n", (), "mine.py: line 2: 'n / 2' is not understood"),
        ("def f(n: int) -> int:\n    return n\n", ("--model", "some"), "--model='some' is for Dafny files"),
        ("def f(n: int) -> int:\n    return (" * 400, (), "mine.py: it is not Python"),
    ],
)
def test_what_is_not_understood_is_one_line(run, text, words, said):
    told = run(text, *words)
    assert told.exit_code in (1, 2)
    assert said in " ".join(told.output.split())
    assert "Traceback" not in told.output


def test_another_kind_of_file_is_refused(run, tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    told = CliRunner().invoke(app, ["verify", str(tmp_path / "table.csv")])
    assert told.exit_code != 0
    assert "give a .dfy or .py file" in told.output

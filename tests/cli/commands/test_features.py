"""The command `features`: what is refused before a model is loaded; the work itself is tested with the job."""

from __future__ import annotations

import pytest
import typer

from pellucid.cli.commands.features import features
from pellucid.cli.errors import exit_code


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> int:
    app = typer.Typer()
    app.command()(features)
    return exit_code(lambda: app(list(arguments), standalone_mode=True))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["smollm2", "--width", "16"], "width=2 of each of 8 experts is smaller than k=32"),
        (["smollm2", "--width", "30", "--experts", "7", "--k", "2"], "cannot be shared out among 7 experts"),
        (["smollm2", "--tokens", "100"], "fewer than 20 sequences of 128"),
        (["smollm2", "--text", "nowhere"], "'nowhere' is neither file nor folder"),
    ],
)
def test_bad_input_is_told_in_one_line(arguments, message, capsys):
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in " ".join(err.split())


def test_an_empty_corpus_and_a_foreign_folder_are_refused(tmp_path, capsys):
    (tmp_path / "texts").mkdir()
    assert run("smollm2", "--text", "texts") == 2
    assert "empty corpus" in " ".join(capsys.readouterr().err.split())
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "other").write_text("")
    assert run("smollm2", "--output", "full") == 2
    assert "holds other files" in " ".join(capsys.readouterr().err.split())


def test_a_model_that_is_not_there_says_the_remedy(tmp_path, capsys):
    pytest.importorskip("transformers")
    assert run("./nothing", "--tokens", "3000") == 2
    assert "is no folder" in " ".join(capsys.readouterr().err.split())

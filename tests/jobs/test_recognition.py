"""What is given is known for what it is, and the command that is named first opens it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from pellucid.cli import app
from pellucid.jobs.recognition import recognise

TABLES = [
    ("step,train_loss,val_loss\n0,2,2\n1,1,2\n", "training"),
    ("Epoch;Test Accuracy\n0;0.1\n1;0.2\n", "training"),
    ("N,D,loss\n1e6,1e9,3.1\n1e7,1e9,2.8\n", "scaling"),
    ("time,x,v\n0,1,0\n0.1,0.9,-0.1\n", "laws"),
    ("a,b,price\n1,2,3\n2,3,4\n", "formula"),
    ("city,size\nBonn,2\nRom,3\n", "formula"),
]


@pytest.mark.parametrize(("text", "command"), TABLES)
def test_tables_are_known_by_their_headers(tmp_path, text, command):
    path = tmp_path / "rows.csv"
    path.write_text(text)
    assert recognise(str(path)).commands[0][0] == (command, str(path))


@pytest.mark.parametrize(
    ("name", "content", "command"),
    [
        ("proof.dfy", "method m() {}", "verify"),
        ("net.safetensors", "", "program"),
        ("trainer_state.json", "{}", "training"),
        ("events.out.tfevents.1", "", "training"),
        ("world.json", json.dumps({"states": []}), "guarantee"),
        ("cell.xml", "<sbml/>", "laws"),
    ],
)
def test_files_are_known_by_their_names_and_keys(tmp_path, name, content, command):
    (tmp_path / name).write_text(content)
    assert recognise(str(tmp_path / name)).commands[0][0][0] == command


def test_a_folder_of_a_model_is_one(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert recognise(str(tmp_path)).kind == "a language model"


@pytest.mark.parametrize("text", ["x' = v; v' = -x", "u_t = u_xx", "x'' = -sin(x)"])
def test_equations_are_known_as_they_are_typed(text):
    assert recognise(text).kind == "equations"


@pytest.mark.parametrize("given", ["", "nothing.csv", "https://x.org", "/"])
def test_what_is_nothing_is_refused_with_what_can_be_opened(given):
    with pytest.raises(ValueError, match="nothing that can be opened"):
        recognise(given)


def test_the_likeliest_is_run_when_that_is_wanted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(app, ["open", "x' = -2*x"])
    assert 'pellucid laws "x\' = -2*x"' in shown.output
    assert not any(tmp_path.iterdir())
    assert CliRunner().invoke(app, ["open", "x' = v; v' = -x", "--yes"]).exit_code == 0
    assert any(tmp_path.rglob("finding.json"))

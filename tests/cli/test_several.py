"""Several things opened by one command: what fails costs nothing but itself."""

from __future__ import annotations

import json

import pytest
import typer

from pellucid.artifacts import TrainingCurve
from pellucid.cli.several import Several
from pellucid.core import Finding, Measured, Provenance


def opened(name: str, reporter, checkpoint):
    """A finding named after the subject; of "bad" there is none."""
    if name == "bad":
        raise ValueError("layer=bad is not there; name another")
    claims = (Measured("loss", float(name), "", key="loss"),)
    return Finding(TrainingCurve([0], [1.0], [0.5]), claims, Provenance("Training", {}, 0, ""))


def figures(finding) -> dict[str, str]:
    return {"loss": finding.claims[0].evidence, "same": "1"}


def test_the_others_go_on_where_one_fails(tmp_path, capsys):
    several = Several(tmp_path / "out", "layer", ("3", "bad", "4"), False, False, False)
    with pytest.raises(typer.Exit) as stop:
        several.finish(opened, figures)
    assert stop.value.exit_code == 1
    out, err = capsys.readouterr()
    rows = [line.split() for line in out.splitlines() if line]
    assert rows[0] == ["layer", "loss", "same"]
    assert rows[1] == ["3", "3", "1"]
    assert " ".join(rows[2][1:]) == "layer=bad is not there; name another"
    assert rows[3] == ["4", "4", "1"]
    assert "layer bad, 2 of 3" in err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["index.html", "layer_3", "layer_4"]
    assert json.loads((tmp_path / "out" / "layer_4" / "finding.json").read_text())["claims"][0]["value"] == 4.0
    page = (tmp_path / "out" / "index.html").read_text()
    assert 'href="layer_3/report.html"' in page
    assert "layer_bad/" not in page


def test_all_right_ends_quietly(tmp_path, capsys):
    Several(tmp_path / "out", "layer", ("3",), False, True, False).finish(opened, figures)
    out, err = capsys.readouterr()
    assert (out, err) == (f"{tmp_path / 'out'}\n", "")


def test_a_folder_of_someone_else_is_refused_before_anything_is_opened(tmp_path):
    (tmp_path / "layer_4").mkdir()
    (tmp_path / "layer_4" / "thesis.tex").write_text("")
    with pytest.raises(ValueError, match="holds other files"):
        Several(tmp_path, "layer", ("3", "4"), False, True, False)


def test_names_never_leave_the_folder(tmp_path):
    with pytest.raises(typer.Exit):
        Several(tmp_path / "out", "target", ("../bad", "bad"), False, True, False).finish(
            lambda name, **run: opened(name.removeprefix("../"), **run), figures
        )
    assert [path.name for path in tmp_path.iterdir()] == ["out"]

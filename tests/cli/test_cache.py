"""`pellucid cache`: what is kept is shown with its size, and deleted when that is asked for."""

from __future__ import annotations

from typer.testing import CliRunner

from pellucid.cli import app


def test_it_shows_and_clears(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "pellucid"
    folder.mkdir()
    (folder / "choose-12.so").write_bytes(bytes(2_500_000))
    shown = CliRunner().invoke(app, ["cache"])
    assert shown.exit_code == 0
    assert "choose-12.so" in shown.output
    assert "2.5 MB" in shown.output
    assert (folder / "choose-12.so").exists()
    assert CliRunner().invoke(app, ["cache", "--clear"]).exit_code == 0
    assert not any(folder.iterdir())
    assert "empty" in CliRunner().invoke(app, ["cache"]).output

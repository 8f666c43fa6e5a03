"""Folders that the first version of the format wrote are still read, and hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pellucid.prove import check_folder

FOLDERS = json.loads((Path(__file__).parent / "format_1.json").read_text())
"""Name of the folder -> path inside it -> text."""


@pytest.mark.parametrize("name", FOLDERS)
def test_it_holds(name: str, tmp_path: Path) -> None:
    for path, text in FOLDERS[name].items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    checked = check_folder(tmp_path)
    assert len(checked) > 3
    assert all(entry.ok for entry in checked), checked

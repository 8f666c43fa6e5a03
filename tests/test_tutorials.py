"""The tutorials print what they say they print."""

import doctest
from pathlib import Path

import pytest

TUTORIALS = sorted((Path(__file__).parent.parent / "docs" / "tutorials").glob("*.md"))


@pytest.mark.slow
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_each_line_prints_what_stands_below_it(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = doctest.testfile(str(path.resolve()), module_relative=False)
    assert done.failed == 0
    assert done.attempted > 0 or path.stem == "README"


def test_the_list_names_every_tutorial():
    text = next(path for path in TUTORIALS if path.stem == "README").read_text()
    assert all(f"({path.name})" in text for path in TUTORIALS if path.stem != "README")

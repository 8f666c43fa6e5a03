"""Functions by type: the cases of a package are found without being named."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pellucid.core import by_type


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A package of two modules, of which one registers a case for `list` when it is imported."""
    folder = tmp_path / "shelf_of_cases"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from pellucid.core import by_type\n"
        "@by_type('shelf_of_cases')\n"
        "def size(thing, unit='things'):\n"
        "    return f'no {unit}'\n"
    )
    (folder / "lists.py").write_text(
        "from shelf_of_cases import size\n"
        "@size.register(list | tuple)\n"
        "def size_of_list(thing, unit='things'):\n"
        "    return f'{len(thing)} {unit}'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.startswith("shelf_of_cases")]:
        del sys.modules[name]


def test_cases_are_found_in_files_that_nothing_names(shelf):
    from shelf_of_cases import size  # type: ignore[import-not-found]

    assert "shelf_of_cases.lists" not in sys.modules
    assert size([1, 2], "pages") == "2 pages"
    assert size((1,)) == "1 things"
    assert size(3) == "no things"
    assert set(size.types()) == {list, tuple}


def test_a_case_can_be_added_from_elsewhere_and_holds_for_subclasses():
    @by_type("pellucid.core")
    def word(thing):
        """What it is."""
        return "unknown"

    @word.register(int)
    def of_int(thing):
        return "whole"

    assert (word(True), word(1), word("")) == ("whole", "whole", "unknown")
    assert word.__doc__ == "What it is."
    assert of_int(3) == "whole"


def test_modules_that_do_not_name_a_type_are_not_loaded_for_it(shelf):
    (shelf / "numbers_only.py").write_text(
        "from shelf_of_cases import size\n"
        "@size.register(float)\n"
        "def size_of_float(thing, unit='things'):\n"
        "    return f'{thing} {unit}'\n"
    )
    from shelf_of_cases import size  # type: ignore[import-not-found]

    assert size([1, 2]) == "2 things"
    assert "shelf_of_cases.numbers_only" not in sys.modules
    assert size(1.5, "metres") == "1.5 metres"
    assert float in size.types()


def test_a_subclass_finds_the_file_that_names_its_parent(shelf):
    from shelf_of_cases import size  # type: ignore[import-not-found]

    class Pages(list[int]):
        pass

    assert size(Pages([1, 2, 3])) == "3 things"


def test_laws_of_typed_equations_and_their_report_load_no_networks():
    code = (
        "import sys; from pellucid.jobs.subjects.equations import find_system\n"
        "from pellucid.jobs.laws import open_laws\n"
        "from pellucid.report import report_html\n"
        "report_html(open_laws(find_system(\"x' = y; y' = -x\")))\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

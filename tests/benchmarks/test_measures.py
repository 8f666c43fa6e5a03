"""What `benchmarks/measures.py` counts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def measures(load_benchmark):
    return load_benchmark("measures")


def source(measures, text, path="src/pellucid/artifacts/a.py"):
    return measures.Source(Path(path), text)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("return 1", 1),
        ("if x:\n        return 1", 2),
        ("return 1 if x and y or z else 2", 4),
        ("for a in x:\n        assert a", 3),
        ("return [a for a in x if a if not y]", 4),
        ("try:\n        f()\n    except ValueError:\n        pass", 2),
        ("match x:\n        case 1:\n            pass\n        case _:\n            pass", 3),
    ],
)
def test_branches_are_counted(measures, body, count):
    assert measures.branches(ast.parse(f"def f(x, y, z):\n    {body}").body[0]) == count


def test_branches_of_nested_ifs_add_up(measures):
    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 8))
    def add_up(depth):
        lines = [f"{'    ' * (i + 1)}if x > {i}:" for i in range(depth)]
        text = "\n".join(["def f(x):", *lines, f"{'    ' * (depth + 1)}return x"])
        assert measures.branches(ast.parse(text)) == depth + 1

    add_up()


@pytest.mark.parametrize(
    ("text", "arrays", "shapes"),
    [
        ("def f(x: int): ...", False, False),
        ("def f(x: Tensor): ...", True, False),
        ('def f(x: Float[Tensor, "rows"]): ...', True, True),
        ("def f(x: NDArray[float]):\n    '''Means of x (rows, features).'''", True, True),
        ("def f(x: NDArray[float]):\n    '''Means of x (n,).'''", True, True),
        ("def f(x: NDArray[float]):\n    '''Calls g(rows, features).'''", True, False),
        ("def f(x: NDArray[float]):\n    '''By Liu (arXiv 2404.19756, section 2).'''", True, False),
        ("Rows = Float[Tensor, 'rows']\ndef f(x: Rows): ...", True, True),
    ],
)
def test_shapes_are_seen_where_arrays_are(measures, text, arrays, shapes):
    one = source(measures, text)
    function, shown = one.functions[0]
    assert shown
    assert (measures.takes_arrays(one, function), measures.gives_shapes(one, function)) == (arrays, shapes)


def test_what_is_public(measures):
    text = (
        "def a(): ...\ndef _b(): ...\nclass C:\n    def d(self):\n        def e(): ...\nclass _F:\n    def g(self): ..."
    )
    assert [f.name for f, shown in source(measures, text).functions if shown] == ["a", "d"]


def test_a_table_of_kinds_is_found(measures):
    kinds = source(measures, "\n".join(f"class K{i}:\n    kind = 'k{i}'" for i in range(3)))
    ladder = source(measures, "DRAW = {'k0': 1, 'k1': 2, 'k2': 3}", "src/pellucid/plot/b.py")
    other = source(measures, "PAIR = ('k0', 'k1', 'else')", "src/pellucid/plot/c.py")
    assert list(measures.tables_of_kinds([kinds, ladder, other])) == ["b.py:1"]


def test_constants_are_names_in_capitals_at_the_top(measures):
    text = "MOST = 3\n_LEAST: int = 1\nT = 2\nname = 4\ndef f():\n    WITHIN = 1"
    assert measures._constants(source(measures, text)) == 2


def test_calls_from_one_file_to_another_are_counted(measures, tmp_path):
    files = {
        "low.py": "def up(f):\n    return sorted([2, 1], key=f)",
        "high.py": "def key(x):\n    return same(x)\ndef same(x):\n    return x",
    }
    names = {}
    for name, text in files.items():
        exec(compile(text, str(tmp_path / name), "exec"), names)
    with measures.Calls(tmp_path) as calls:
        names["up"](names["key"])
    assert calls.counted == {(("", ""), ("low.py", "up")): 1, (("low.py", "up"), ("high.py", "key")): 2}


def test_floors_are_those_of_the_import_linter(measures):
    floors = measures.floors_of(measures.ROOT / "pyproject.toml")
    assert floors["core"] > floors["distill"] == floors["look"] > floors["jobs"] > floors["cli"]
    assert measures._climbs((("core/a.py", "f"), ("look/x/b.py", "g")), floors)
    assert not measures._climbs((("jobs/a.py", "f"), ("look/x/b.py", "g")), floors)


def test_the_house_has_no_circles_and_adding_costs_what_it_should(measures):
    assert measures.circles().met
    assert all(row.met for row in measures.adding())
    assert all(row.met for row in measures.registries(measures.sources(measures.ROOT / "src/pellucid")))

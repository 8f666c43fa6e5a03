"""Joints from files: observations, tables, and odd ones."""

import pytest

from pellucid.subjects import read_joint


@pytest.fixture
def file(tmp_path):
    def write(text, name="t.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_observations_are_counted(file):
    found = read_joint(file("a;b;n\nx;1;2\ny;10;1\nx;10;3\ny;;7\n"), rows="a", by="b", count="n")
    assert found.weights == ((2, 3), (0, 1))
    assert (found.rows, found.columns) == (("x", "y"), ("1", "10"))
    assert found.notes == ("1 of 4 rows lack a value and are left out",)


def test_tables_of_counts_and_probabilities(file):
    assert read_joint(file(",u,v\na,1,2\nb,,4\n")).weights == ((1, 2), (0, 4))
    assert read_joint(file("x,u,v\na,0.25,0.25\nb,0,0.5\n")).weights == ((1, 1), (0, 2))
    assert read_joint(file("x,u,v\na,0.3,0.3\nb,0,0.3\n"), normalise=True).weights == ((1, 1), (0, 1))


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("a,b\n1,2\n", {"rows": "a"}, "only one of --rows and --by"),
        ("a,b\nx,1\ny,2\n", {"rows": "a", "by": "c"}, "'c' is no column; choose among a, b"),
        ("a,b\nx,1\ny,2\n", {"rows": "a", "by": "a"}, "name two columns"),
        ("a,b\nx,1\ny,2\n", {"rows": "a", "by": "b", "count": "b"}, None),
        ("a,b,n\nx,1,two\ny,2,1\n", {"rows": "a", "by": "b", "count": "n"}, "column 'n', line 2: 'two' is no count"),
        ("a,u,v\nx,yes,no\ny,no,no\n", {}, "--rows, --by"),
        ("a\nx\ny\n", {}, "one column"),
        ("a,u,v\nx,0.2,0.2\ny,0.2,0.2\n", {}, "--normalise"),
        ("a,b\n" + "".join(f"{i / 7},{i % 2}\n" for i in range(80)), {"rows": "a", "by": "b"}, "--bins 5"),
        ("a,b\nx,1\n", {"rows": "a", "by": "b"}, "only 1 row has weight"),
        ("", {}, "the file is empty"),
        ("a,b\n" + "".join(f"{i},{i % 2}\n" for i in range(20)), {"rows": "a", "by": "b"}, "20 different values"),
        ("x,u,v\na,nan,2\nb,3,4\n", {}, "'nan' is no count; leave the cell empty"),
        ("x,u,v\na,inf,2\nb,3,4\n", {}, "'inf' is no count"),
        ("x;u;v\na;0,25;0,25\nb;0,25;0,25\n", {}, "write 0.25"),
    ],
)
def test_refused_in_one_line_that_names_the_file(file, text, options, words):
    path = file(text)
    if words is None:
        assert read_joint(path, **options).total == 3
        return
    with pytest.raises(ValueError, match=words) as caught:
        read_joint(path, **options)
    assert str(caught.value).startswith("t.csv: ")
    assert "\n" not in str(caught.value)

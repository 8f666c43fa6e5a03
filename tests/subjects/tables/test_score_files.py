"""Scores from files: which label is which, and what is refused."""

import pytest

from pellucid.subjects.tables.score_files import read_score


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "t.csv"
        path.write_text(text)
        return path

    return write


def test_labels_of_words_and_of_numbers(file):
    found = read_score(file("my score,ill\n0.1,yes\n0.2,no\n,no\n0.4,no\n"), rows="my score", by="ill")
    assert (found.y.tolist(), found.X.ravel().tolist()) == ([1, 0, 0], [0.1, 0.2, 0.4])
    assert found.notes[0] == "1 of 4 rows lack a value and are left out"
    assert "'yes', against 'no'" in found.notes[1]
    assert read_score(file("s,y\n5,1\n6,2\n7,2\n"), rows="s", by="y").y.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("s,y\n1,a\n2,b\n3,c\n", {"rows": "s", "by": "y"}, "3 different values \\(a, b, c\\)"),
        ("s,y\n1,a\n2,a\n3,a\n", {"rows": "s", "by": "y"}, "1 different values"),
        ("s,y\nlow,a\nhigh,b\n", {"rows": "s", "by": "y"}, "holds words.*leave --bins out"),
        ("s,y\n1,0\n0,1\n", {"rows": "s", "by": "s"}, "name two columns"),
        ("s,y\n1,0\n0,1\n", {"rows": "s", "by": ""}, "--rows SCORE --by LABEL"),
        ("s,y\n1,0\n0,1\n", {"rows": "t", "by": "y"}, "'t' is no column"),
        ("s,y\n1,1\n0,0\n1,1\n", {"rows": "s", "by": "y"}, "is the label"),
        ("s,y\n1,1\ninf,0\n1,1\n", {"rows": "s", "by": "y"}, "infinite"),
    ],
)
def test_refused_in_one_line(file, text, options, words):
    with pytest.raises(ValueError, match=words) as caught:
        read_score(file(text), **options)
    assert "\n" not in str(caught.value)

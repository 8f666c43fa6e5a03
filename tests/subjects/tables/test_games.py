"""Games from tables, and what is refused."""

import numpy as np
import pytest

from pellucid.subjects import Games, read_games

HEAD = "guard,houdini,wins,played,guard_elo,houdini_elo\n"


def test_rows_of_a_pair_are_added(tmp_path):
    (tmp_path / "g.csv").write_text(HEAD + "a,x,1,5,1000,1100\na,x,2,5,1000,1100\nb,x,4,5,1050,1100\n")
    found = read_games(tmp_path / "g.csv")
    assert found.wins.tolist() == [[3], [4]]
    assert found.total == 15


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("a,x,6,5,1000,1100\n", "a won 6 of 5 games against x"),
        ("a,x,-1,5,1000,1100\n", "won -1 of 5"),
        ("a,x,1,5,1000,1100\nb,y,1,5,1000,1100\n", "2 parts that never met"),
        ("a,x,1,5,1000,1100\na,y,1,5,1001,1100\n", "guard 'a' has two ratings, 1000 and 1001"),
        ("a,x,,5,1000,1100\na,y,1,5,1000,1100\n", "column 'wins', line 2: the value is missing"),
        ("a,x,two,5,1000,1100\na,y,1,5,1000,1100\n", "column 'wins'"),
        ("a,x,1,5,1e9,1100\n", "beyond 100,000"),
    ],
)
def test_refused_in_one_line(tmp_path, rows, words):
    (tmp_path / "g.csv").write_text(HEAD + rows)
    with pytest.raises(ValueError, match=words) as caught:
        read_games(tmp_path / "g.csv")
    assert "\n" not in str(caught.value)


def test_wrong_columns_and_shapes(tmp_path):
    (tmp_path / "g.csv").write_text("guard,houdini,wins\na,x,1\n")
    with pytest.raises(ValueError, match="'played' is no column"):
        read_games(tmp_path / "g.csv")
    with pytest.raises(ValueError, match="wins has shape"):
        Games(("a",), ("b",), [[1, 2]], [[3]], [1000], [1000])
    with pytest.raises(ValueError, match="NaN or infinity; a pair without games has played 0"):
        Games(("a",), ("b",), [[np.nan]], [[3]], [1000], [1000])

"""Tables from files: every usual form gives the same samples, and every fault is told in one line with a remedy."""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest

from pellucid.subjects.tables.sample_files import SUFFIXES, read_samples

X = np.array([[1.0, 2.0], [3.0, -4.5], [5.0, 6e-3], [0.5, 2.5]])
Y = X[:, 0] * X[:, 1]
HEADER = ["m", "v", "y"]
ROWS = [[*map(float, x), float(y)] for x, y in zip(X, Y, strict=True)]


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def as_csv(rows, delimiter=",", header=HEADER):
    return "\n".join(delimiter.join(map(str, row)) for row in [header, *rows]) + "\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", ", "])
def test_any_usual_delimiter(tmp_path, delimiter):
    samples = read_samples(written(tmp_path / "t.csv", "# a comment\n\n" + as_csv(ROWS, delimiter)))
    assert (samples.X == X).all()
    assert (samples.y == Y).all()
    assert (samples.names, samples.target, samples.notes) == (("m", "v"), "y", ())


def test_other_files_hold_the_same_table(tmp_path):
    np.savez(tmp_path / "a.npz", X=X, y=Y, names=["m", "v"])
    np.savez(tmp_path / "b.npz", m=X[:, 0], v=X[:, 1:], y=Y)
    lines = (json.dumps(dict(zip(HEADER, row, strict=True))) for row in ROWS)
    written(tmp_path / "c.jsonl", "\n".join(lines))
    written(tmp_path / "d.tsv", as_csv(ROWS, "\t"))
    written(tmp_path / "e.txt", as_csv(ROWS, " "))
    for name in ("a.npz", "b.npz", "c.jsonl", "d.tsv", "e.txt"):
        samples = read_samples(tmp_path / name)
        assert (samples.X == X).all(), name
        assert (samples.y == Y).all()
        assert samples.names == ("m", "v")


def test_parquet_where_it_can_be_read(tmp_path):
    assert ".parquet" in SUFFIXES
    path = written(tmp_path / "t.parquet", "no parquet")
    with pytest.raises(ValueError, match=r"^t.parquet: (.parquet needs the package pyarrow|the file is no parquet)"):
        read_samples(path)


def test_decimal_commas_and_a_table_without_a_header(tmp_path):
    path = written(tmp_path / "t.csv", "1,5;2,0;3,5\n2,5;1,0;3\n0;0;0\n1;2;4\n")
    samples = read_samples(path)
    assert samples.X.tolist() == [[1.5, 2], [2.5, 1], [0, 0], [1, 2]]
    assert samples.names == ("x0", "x1")
    assert len(samples.notes) == 2
    assert "no header" in samples.notes[0]
    assert "decimal points" in samples.notes[1]


def test_names_become_names_that_a_formula_can_use(tmp_path):
    header = ["mass (kg)", "lambda", "2nd", "T"]
    rows = [[1, 2, 3, 5], [2, 3, 5, 7], [4, 4, 1, 1], [3, 1, 1, 0]]
    samples = read_samples(written(tmp_path / "t.csv", as_csv(rows, ",", header)), target="T")
    assert samples.names == ("mass", "lambda_", "x_2nd")
    assert "column 'mass (kg)' is called mass" in samples.notes
    chosen = read_samples(tmp_path / "t.csv", target="mass (kg)", features=["lambda_", "T"])
    assert (chosen.target, chosen.names) == ("mass", ("lambda_", "T"))


def test_what_says_nothing_is_left_out_and_told(tmp_path):
    rows = [[a, 7, a, name, a * a] for a, name in zip((1, 2, 3, 4, 5), "abcde", strict=True)]
    path = written(tmp_path / "t.csv", as_csv(rows, ",", ["a", "g", "again", "who", "y"]))
    samples = read_samples(path)
    assert samples.names == ("a",)
    assert samples.notes == (
        "left out 'g', which is constant (7)",
        "left out 'again', which is a copy of 'a'",
        "left out 'who', which hold no numbers",
    )


def test_units_are_read_beside_the_table(tmp_path):
    path = written(tmp_path / "t.csv", as_csv(ROWS))
    written(tmp_path / "u.toml", '[units]\nm = "kg"\nv = "m/s"\ny = "kg*m/s"\n')
    units = read_samples(path, units=tmp_path / "u.toml").units
    assert units is not None
    assert units.base == ("m", "s", "kg")
    written(tmp_path / "bad.toml", '[units]\nm = "kg"\ny = "A"\n')
    with pytest.raises(ValueError, match="units cannot match"):
        read_samples(path, units=tmp_path / "bad.toml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,y\n1,2\nx1,3\n2,4\n5,6\n", "column 'a', line 3: 'x1' is no number; correct or remove such rows"),
        ("a,y\n1,2\n,3\n", "column 'a', line 3: the value is missing"),
        ("a,y\n1,2\nNaN,3\n", "column 'a', line 3: the value is missing"),
        ("a,y\n1,2\ninf,3\n", "column 'a', line 3: 'inf' is infinite"),
        ("a,y\n1,2\n2,1+2j\n3,3\n4,5\n", "column 'y', line 3: '1\\+2j' is complex"),
        ("a,y\n1,2\n3\n", "line 3: 1 cells, the first row has 2; give each row the same"),
        ("a,a,y\n1,2,3\n", "names a column 'a' 2 times"),
        ("a,z\nu,v\n", "there is no column of numbers to be explained"),
        ("a,y\nb,1\nc,2\n", "no column of numbers beside the target"),
        ("a,y\n1,b\n2,c\n", "target 'y' holds words, not numbers"),
        ("a,y\n3,1\n3,2\n", "every feature is constant"),
        ("a,b,y\n1,2,2\n3,4,4\n", "column 'b' is the target 'y' itself"),
        ("a,y\n", "the file holds no rows of numbers"),
        ("# only this\n", "the file holds no rows"),
        ("", "the file is empty"),
    ],
)
def test_faults_are_told_in_one_line(tmp_path, text, told):
    with pytest.raises(ValueError, match=told) as error:
        read_samples(written(tmp_path / "t.csv", text))
    assert str(error.value).startswith("t.csv: ")
    assert "\n" not in str(error.value)


def test_faults_of_arguments_and_other_files(tmp_path):
    path = written(tmp_path / "t.csv", as_csv(ROWS))
    for options, told in (
        ({"features": ["m", "y"]}, "the target 'y' is among the features"),
        ({"features": ["m", "m"]}, "name a column twice"),
        ({"features": ["q"]}, "feature 'q' is no column"),
    ):
        with pytest.raises(ValueError, match=told):
            read_samples(path, **options)
    with pytest.raises(ValueError, match=r"suffix '.xlsx' is unknown"):
        read_samples(tmp_path / "t.xlsx")
    (tmp_path / "binary.csv").write_bytes(b"a,y\n\xe9\x01,1\n")
    with pytest.raises(ValueError, match="byte 4 is no UTF-8"):
        read_samples(tmp_path / "binary.csv")
    with pytest.raises(ValueError, match="line 2: found keys"):
        read_samples(written(tmp_path / "t.jsonl", '{"a": 1, "y": 2}\n{"a": 1}\n'))
    with pytest.raises(ValueError, match="line 1: not JSON"):
        read_samples(written(tmp_path / "u.jsonl", "a,y\n"))
    np.savez(tmp_path / "c.npz", z=np.array([1 + 2j, 2, 3]), y=np.arange(3.0))
    with pytest.raises(ValueError, match="column 'z', row 0: '\\(1\\+2j\\)' is complex"):
        read_samples(tmp_path / "c.npz")
    np.savez(tmp_path / "o.npz", z=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="holds Python objects"):
        read_samples(tmp_path / "o.npz")
    with pytest.raises(ValueError, match="the file is damaged"):
        read_samples(written(tmp_path / "d.npz", "damaged"))


def test_two_hundred_columns_are_screened_and_told(tmp_path):
    generator = np.random.default_rng(0)
    table = generator.normal(size=(2000, 200))
    target = table[:, 3] ** 2 + table[:, 50] * table[:, 70]
    names = [f"c{i}" for i in range(200)]
    np.savez(tmp_path / "wide.npz", **dict(zip(names, table.T, strict=True)), y=target)
    samples = read_samples(tmp_path / "wide.npz")
    assert {"c3", "c50", "c70"} <= set(samples.names)
    assert samples.features <= 8
    assert samples.notes[0].startswith("screened out 19")
    assert read_samples(tmp_path / "wide.npz").names == samples.names
    assert read_samples(tmp_path / "wide.npz", features=names[:40]).features == 40


@pytest.mark.slow
def test_a_million_rows_take_little_more_memory_than_their_numbers(tmp_path):
    generator = np.random.default_rng(0)
    with (tmp_path / "long.csv").open("w") as stream:
        stream.write("a,b,c,y\n")
        for _ in range(100):
            np.savetxt(stream, generator.normal(size=(10_000, 4)), delimiter=",", fmt="%.6g")
    tracemalloc.start()
    samples = read_samples(tmp_path / "long.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert samples.X.shape == (1_000_000, 3)
    assert peak < 5 * samples.X.nbytes


def test_without_a_column_y_the_last_column_of_numbers_is_explained(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("t,height,site\n1,5,a\n2,7,b\n3,8,a\n4,8.5,c\n")
    samples = read_samples(path)
    assert samples.target == "height"
    assert samples.notes[0] == "'height', the last column of numbers, is explained by the others"
    path.write_text("t,height,sd\n1,5,.1\n2,7,.2\n3,8,.1\n4,8.5,.2\n")
    assert read_samples(path, error="sd").target == "height"
    path.write_text("y,t\n1,5\n2,7\n3,8\n")
    assert read_samples(path).target == "y"

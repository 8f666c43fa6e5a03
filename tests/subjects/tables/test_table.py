"""One table, written in any dialect, gives the same columns; what cannot be read is told by line and cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.tables.table import WORDS, TextFormat, read_table


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def numbers(table):
    return {name: column.values.tolist() for name, column in table.columns.items()}


@dataclass(frozen=True)
class Dialect:
    """How a program may write a table of numbers."""

    delimiter: str
    decimal: str
    thousands: str
    quote_all: bool
    line_end: str
    encoding: str
    index: bool
    header: bool
    comments: bool

    def number(self, value: float) -> str:
        text = f"{value:,.6f}" if abs(value) >= 1e3 and self.thousands else f"{value:.6f}"
        return text.replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)

    def write(self, names: list[str], rows: list[list[float]]) -> bytes:
        stream = io.StringIO()
        quoting = csv.QUOTE_ALL if self.quote_all else csv.QUOTE_MINIMAL
        writer = csv.writer(stream, delimiter=self.delimiter, quoting=quoting, lineterminator=self.line_end)
        lead: Callable[[object], list] = lambda cell: [cell] if self.index else []  # noqa: E731
        if self.comments:
            stream.write(f"# written by a program, with a comma{self.line_end}")
        if self.header:
            writer.writerow([*lead(""), *names])
        for i, row in enumerate(rows):
            writer.writerow([*lead(i), *map(self.number, row)])
            if self.comments and i == 0:
                stream.write(f"# half; of it\t is here{self.line_end}")
        return stream.getvalue().encode(self.encoding)


@st.composite
def dialects(draw):
    delimiter = draw(st.sampled_from(",;\t| "))
    decimal = draw(st.sampled_from(".,"))
    other = "," if decimal == "." else "."
    thousands = draw(st.sampled_from(["", other, "'", "\u00a0"]))
    index = draw(st.booleans())
    return Dialect(
        delimiter=delimiter,
        decimal=decimal,
        thousands=thousands,
        quote_all=draw(st.booleans()),
        line_end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
        index=index,
        header=index or draw(st.booleans()),
        comments=draw(st.booleans()),
    )


@settings(max_examples=300, deadline=None)
@given(
    dialect=dialects(),
    rows=st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 1e3), min_size=width, max_size=width),
            min_size=2,
            max_size=6,
        )
    ),
)
def test_every_dialect_gives_the_same_numbers(tmp_path_factory, dialect, rows):
    width = len(rows[0])
    names = [f"column {j}" for j in range(width - 1)] + ["y"]
    path = written(tmp_path_factory.mktemp("t") / "t.csv", dialect.write(names, rows))
    found = read_table(path)
    called = names if dialect.header else [*(f"x{j}" for j in range(width - 1)), "y"]
    assert numbers(found) == dict(zip(called, np.array(rows).T.tolist(), strict=True))
    assert found.has_header == dialect.header
    assert any("has no name" in note for note in found.notes) == dialect.index
    assert found.lines([0])[0] == 1 + dialect.header + dialect.comments


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.text("ab#;, \"'\n").filter(str.strip), st.sampled_from(["yes", "no"])),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from("\t;|,"),
)
def test_words_come_back_as_they_were_written(tmp_path_factory, rows, delimiter):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([("text", "label"), *rows])
    table = read_table(written(tmp_path_factory.mktemp("t") / "t.csv", stream.getvalue()), WORDS)
    assert table.columns["text"].texts() == [text.strip() for text, _ in rows]
    assert table.columns["label"].texts() == [label for _, label in rows]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_floats_come_back_bit_by_bit(tmp_path_factory, values):
    path = written(tmp_path_factory.mktemp("t") / "t.csv", "a,y\n" + "".join(f"{x!r},1\n" for x in values))
    assert read_table(path).columns["a"].values.tobytes() == np.array(values).tobytes()


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(0, 29), min_size=1, max_size=12), st.sampled_from(["", "NA", "nan", "NULL", "#N/A", "?"]))
def test_missing_cells_are_counted_and_placed(tmp_path_factory, rows, missing):
    cells = [missing if i in rows else str(i) for i in range(30)]
    path = written(tmp_path_factory.mktemp("t") / "t.csv", "a,y\n" + "".join(f"{cell},1\n" for cell in cells))
    table = read_table(path)
    column = table.columns["a"]
    assert sorted(column.odd) == sorted(rows) == np.flatnonzero(np.isnan(column.values)).tolist()
    assert table.lines(sorted(rows)) == [row + 2 for row in sorted(rows)]
    said = "the value is missing" if len(rows) == 1 else f"{len(rows)} values are missing"
    assert said in table.fault(column)


def test_small_blocks_give_the_same_table(tmp_path):
    text = "# a\n\na;b;c\n" + "".join(f"{i},5;w{i};\n#\n" for i in range(23))
    path = written(tmp_path / "t.csv", text)
    whole, parts = read_table(path), read_table(path, TextFormat(block=4))
    assert numbers(whole) == numbers(parts)
    assert whole.columns["a"].values[22] == 22.5
    assert whole.columns["c"].texts() == [""] * 23
    assert whole.lines([0, 22]) == [4, 48]


@pytest.mark.parametrize(
    ("text", "values", "note"),
    [
        ("t;y\n2024-01-01;1\n2024-01-03;2\n2024-01-04;3\n", [0, 2, 3], "dates, read as days since 2024-01-01"),
        ("t,y\n2024-01-01T00:00,1\n2024-01-01T01:30:00Z,2\n", [0, 90], "read as minutes since"),
        ("t,y\n2024-01-01 02:00:00+01:00,1\n2024-01-01 01:00:05.5Z,2\n", [0, 5.5], "read as seconds since"),
        ("t,y\n09:30,1\n13:00,2\n", [0, 3.5], "times, read as hours since 09:30:00"),
    ],
)
def test_dates_and_times(tmp_path, text, values, note):
    column = read_table(written(tmp_path / "t.csv", text)).columns["t"]
    assert column.values.tolist() == values
    assert note in column.note


def test_first_columns_without_a_name(tmp_path):
    dates = read_table(written(tmp_path / "a.csv", ",y\n2024-01-01,1\n2024-02-01,2\n"))
    assert list(dates.columns) == ["index", "y"]
    assert "called index" in dates.notes[0]
    as_r_writes = read_table(written(tmp_path / "b.txt", 'x y\n"1" 3 4\n"2" 5 6\n'))
    assert numbers(as_r_writes) == {"x": [3, 5], "y": [4, 6]}
    trailing = read_table(written(tmp_path / "c.csv", "x,y,\n3,4,\n5,6,\n"))
    assert numbers(trailing) == {"x": [3, 5], "y": [4, 6]}


def test_what_is_assumed_is_said(tmp_path):
    doubtful = read_table(written(tmp_path / "a.csv", "a;y\n1,234;5\n2,345;6\n"))
    assert doubtful.columns["a"].values.tolist() == [1.234, 2.345]
    assert "'1,234' in column 'a' could mean either" in doubtful.notes[0]
    latin = read_table(written(tmp_path / "b.csv", "größe,y\n1,2\n".encode("latin-1")))
    assert "größe" in latin.columns
    assert "Windows-1252" in latin.notes[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a;y\n1,5;1\n2.5;2\n", "column 'a' holds '1,5' and '2.5': decimal commas and decimal points"),
        ("a,y\n1,2\n3,4,5\n", "line 3: 3 cells, the first row has 2"),
        ("a,y\n1,2\n3,4,5,6\n", "line 3: 4 cells, the first row has 2"),
        ('a,y\n1,2\n"x\ny",3\n4\n', "line 5: 1 cells"),
        ('a,y\n1,2\n"3,4\n', "line 3: 1 cells"),
        ("a,,y\n1,2,3\n", "names a column '' 1 times"),
        ("a,y\n1,2\n\0,4\n", "zero bytes"),
    ],
)
def test_what_is_no_table_is_told(tmp_path, text, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_table(written(tmp_path / "t.csv", text))
    assert "\n" not in str(caught.value)

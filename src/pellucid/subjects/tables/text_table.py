"""Tables in text files: which character separates the cells, where the names stand, and the columns, by pandas.

Rows are read in blocks, so that a million of them take the memory of their numbers and little more (about 2 s).
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from .cells import Kind, cells_to_microseconds, cells_to_numbers, find_decimal_marks, kind_of_cells, says_number
from .columns import Column, Table, dates_as_numbers

BLANKS = " "
SNIFFED = 60
"""So many lines are looked at to see what separates cells; more decide nothing that these leave open."""


@dataclass(frozen=True)
class TextFormat:
    """What a table in a text file may look like. The defaults are those of a table of numbers."""

    delimiters: str = "\t;|, "
    """What may separate cells; the earlier one where two are equally good. A blank stands for any number of them."""
    comments: bool = True
    """Whether a line that starts with # says nothing."""
    is_header: Callable[[Sequence[str]], bool] = lambda cells: not all(map(says_number, cells))
    """Whether the cells of the first row are names; otherwise the columns are called x0, x1, ... and y."""
    is_text: Callable[[str], bool] = lambda name: False
    """Which columns stay text, as they are written."""
    any_encoding: bool = True
    """Whether a file that is no Unicode is read as Windows-1252; with numbers no harm can come of it."""
    block: int = 50_000
    """Rows that are held as text at a time. The first block decides what a column holds."""


NUMBERS = TextFormat()
WORDS = TextFormat(
    delimiters="\t;|,",
    comments=False,
    is_header=lambda cells: True,
    is_text=lambda name: True,
    any_encoding=False,
)
"""Texts: blanks separate no cells, a text may start with #, and a wrong encoding would change it unseen."""


@dataclass(frozen=True)
class Layout:
    """Where the cells of one text file are."""

    path: Path
    encoding: str
    delimiter: str
    comments: bool
    header: tuple[str, ...] = ()
    width: int = 0
    notes: tuple[str, ...] = field(default=())
    commented: bool = False
    """Whether the header stands in a comment, and so in no row."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of each row that holds something, the header among them; only to look something up."""
        with self.path.open(encoding=self.encoding, newline="") as stream:
            yield from _rows(Content(stream, self.comments), self.delimiter)

    def lines(self, rows: Sequence[int]) -> list[int]:
        """The lines on which those rows (counted from 0, without the header) end."""
        wanted, start = set(rows), int(bool(self.header) and not self.commented)
        found = {i - start: line for i, (line, _) in enumerate(self.rows()) if i - start in wanted}
        return [found[row] for row in rows]

    def refuse_ragged(self) -> None:
        """Raises ValueError for the first row with another number of cells than the first one."""
        for line, cells in self.rows():
            if len(cells) != self.width and any(cells[self.width :]) | (len(cells) < self.width):
                raise ValueError(
                    f"line {line}: {len(cells)} cells, the first row has {self.width}; give each row the same"
                )


class Content:
    """The lines of a text file without those that are comments; a file for pandas, too."""

    def __init__(self, stream: TextIO, comments: bool) -> None:
        self.stream, self.comments, self.line, self.quoted = stream, comments, 0, False

    def __iter__(self) -> Content:
        return self

    def __next__(self) -> str:
        while True:
            line = next(self.stream)
            self.line += 1
            if self.comments and not self.quoted and line[0] == "#" and line[:4].lower() != "#n/a":
                continue
            if line.count('"') % 2:
                self.quoted = not self.quoted
            return line

    def read(self, size: int = -1) -> str:
        return "".join(islice(self, 5000 if size > 0 else None))


def read_text_table(path: Path, form: TextFormat) -> Table:
    """The table in a text file. Raises ValueError that names line, cell and remedy.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rows.csv"
    ...     _ = file.write_text("x;y\\n1,5;2\\n2,5;4\\n")
    ...     print(read_text_table(file, NUMBERS).columns["x"].values)
    [1.5 2.5]
    """
    layout = find_layout(path, form)
    names = layout.header or (*(f"x{i}" for i in range(layout.width - 1)), "y")
    columns = _Columns(names, form, layout.delimiter == ",")
    for block in _blocks(layout, form.block):
        columns.add(block)
    notes = (*layout.notes, *columns.notes)
    table = Table(columns.finish(), notes, "line", layout.lines, has_header=bool(layout.header))
    return _without_index(table, layout)


# ------------------------------------------------------------------------------------------------ what it looks like


def find_layout(path: Path, form: TextFormat) -> Layout:
    """Encoding, delimiter and header of the file. Raises ValueError where there is no row.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rows.csv"
    ...     _ = file.write_text("x;y\\n1,5;2\\n2,5;4\\n")
    ...     layout = find_layout(file, NUMBERS)
    >>> layout.delimiter, layout.header
    (';', ('x', 'y'))
    """
    encoding, notes = _encoding(path, form.any_encoding)
    with path.open(encoding=encoding, newline="") as stream:
        lines = [line for line in islice(Content(stream, form.comments), SNIFFED) if line.strip()]
    if not lines:
        raise ValueError("the file holds no rows; give a header and rows")
    layout = Layout(path, encoding, _delimiter(lines, form.delimiters), form.comments, notes=notes)
    rows = _first_rows(layout)
    header, width = rows[0][1], len(rows[0][1])
    if not form.is_header(header):
        return _without_first_header(replace(layout, width=width), form)
    if len(rows) == 2 and len(rows[1][1]) == width + 1 and header[0] and rows[1][1][-1]:
        header, width = ["", *header], width + 1  # as R writes it: the names of the rows have no name
    _refuse_twice(header)
    return replace(layout, header=tuple(header), width=width)


def _without_first_header(layout: Layout, form: TextFormat) -> Layout:
    """For a file whose first row holds no names: those of a comment above it, or none."""
    named = _commented_header(layout) if layout.comments else None
    if named is not None and form.is_header(named):
        note = f"the columns are named by a comment: {', '.join(named)}"
        return replace(layout, header=tuple(named), notes=(*layout.notes, note), commented=True)
    note = "the file has no header; its columns are called x0, x1, ... and the last one y"
    return replace(layout, notes=(*layout.notes, note))


def _commented_header(layout: Layout) -> list[str] | None:
    """The names in the last comment above the first row, as numpy.savetxt writes them; None unless one a column."""
    last = _last_comment(layout)
    for text in (last, last[1:]):  # "#" may itself be the name of a column, which numbers the rows
        cells = next((cells for _, cells in _rows(iter([text]), layout.delimiter)), [])
        whole = len(cells) == layout.width and all(cells) and len(set(cells)) == layout.width
        if whole and (cells[0] == "#" or cells[0][0] != "#"):
            return cells
    return None


def _last_comment(layout: Layout) -> str:
    """The last line above the first row that starts with #; "" where there is none."""
    last = ""
    with layout.path.open(encoding=layout.encoding, newline="") as stream:
        for line in islice(stream, SNIFFED):
            if line.strip() and line[0] != "#":
                break
            last = line if line[:1] == "#" else last
    return last


def _first_rows(layout: Layout) -> list[tuple[int, list[str]]]:
    """(line, cells) of the first two rows. Raises ValueError where there is none."""
    try:
        rows = list(islice(layout.rows(), 2))
    except csv.Error as error:
        raise ValueError(f"{error}; write the file as plain CSV again") from None
    if not rows:
        raise ValueError("the file holds no rows; give a header and rows")
    return rows


def _encoding(path: Path, any_encoding: bool) -> tuple[str, tuple[str, ...]]:
    """The encoding by the file's first bytes, else UTF-8 where all of it is; with a note where it was guessed."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", ()
    bad = _first_bad_byte(path)
    if bad is None:
        return "utf-8-sig", ()
    if any_encoding and not any(byte < 32 and byte not in b"\t\n\r\f" for byte in path.read_bytes()[:4096]):
        return "cp1252", ("the file is no UTF-8 text; it is read as Windows-1252",)
    raise ValueError(f"byte {bad} is no UTF-8 text; save the file as UTF-8 text")


def _first_bad_byte(path: Path) -> int | None:
    """The first byte that is no UTF-8. Raises ValueError for a file with zero bytes, which is no text at all."""
    decoder, done, bad = codecs.getincrementaldecoder("utf-8-sig")(), 0, None
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            if b"\0" in block:
                raise ValueError("the file holds zero bytes, so it is no text; save it as UTF-8 text")
            try:
                if bad is None:
                    decoder.decode(block)
            except UnicodeDecodeError as error:
                bad = done + error.start
            done += len(block)
    return bad


def _delimiter(lines: Sequence[str], allowed: str) -> str:
    """What cuts the first lines into rows of equally many cells, most of them numbers; else what is in the first."""
    scores = {mark: score for mark in allowed if (score := _regularity(lines, mark))}
    if scores:
        return max(scores, key=lambda mark: (scores[mark], -allowed.index(mark)))
    return next((mark for mark in allowed if mark in lines[0]), allowed[0])


def _regularity(lines: Sequence[str], mark: str) -> tuple[bool, float] | None:
    """Whether the header is as wide as the rows, and the share of numbers; None where rows differ in width."""
    try:
        rows = [cells for _, cells in _rows(iter(lines), mark)]
    except csv.Error:
        return None
    body = _body(rows, cut=len(lines) >= SNIFFED)
    width = len(body[0])
    if width < 2 or any(len(cells) != width for cells in body) or len(rows[0]) not in (width, width - 1):
        return None
    cells = [cell for row in body for cell in row]
    return len(rows[0]) == width, sum(map(says_number, cells)) / len(cells)


def _body(rows: list[list[str]], *, cut: bool) -> list[list[str]]:
    """The rows below the header, but for the last of them where it may be `cut`; the header where there is no other."""
    whole = rows[:-1] if cut and len(rows) > 2 else rows
    return whole[1:] or whole


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that holds something."""
    counted = lines if isinstance(lines, Content) else None
    texts = (f"{line.strip()}\n".replace("\t", BLANKS) for line in lines) if delimiter == BLANKS else lines
    reader = csv.reader(texts, delimiter=delimiter, skipinitialspace=True)
    for cells in reader:
        cells = [cell.strip() for cell in cells]
        if any(cells):
            yield counted.line if counted else reader.line_num, cells


def _refuse_twice(header: Sequence[str]) -> None:
    for name, times in Counter(header).items():
        inner = name == "" and times == 1 and header[0] and header[-1]
        if times > 1 or inner:
            raise ValueError(f"the header names a column {name!r} {times} times; give each its own name")


# ------------------------------------------------------------------------------------------------------- the columns


def _blocks(layout: Layout, rows: int) -> Iterator[list[NDArray[np.object_]]]:
    """The cells (rows,) of each column, some rows at a time."""
    import pandas

    with layout.path.open(encoding=layout.encoding, newline="") as stream:
        content = Content(stream, layout.comments)
        if layout.header and not layout.commented:
            next(_rows(content, layout.delimiter))
        blanks = layout.delimiter == BLANKS
        try:
            frames = pandas.read_csv(
                content,  # type: ignore[arg-type]
                sep=r"\s+" if blanks else layout.delimiter,
                header=None,
                names=range(layout.width + 1),  # one more, to see cells that are too many
                index_col=False,
                dtype=object,
                keep_default_na=False,
                skipinitialspace=True,
                chunksize=rows,
            )
            for frame in frames:
                yield _cells(frame, layout)
        except pandas.errors.EmptyDataError:
            return
        except pandas.errors.ParserError as error:
            layout.refuse_ragged()
            raise ValueError(f"{str(error).splitlines()[0]}; close every quote, and write plain CSV again") from None


def _cells(frame: Any, layout: Layout) -> list[NDArray[np.object_]]:
    columns = [frame[j].to_numpy(dtype=object) for j in range(layout.width + 1)]
    if (columns[-1] != "").any() or (layout.width > 1 and (columns[-2] == "").any()):
        layout.refuse_ragged()
    empty = columns[0] == ""
    if empty.any():
        for column in columns[1:]:
            empty &= np.array([not cell.strip() for cell in column]) if empty.any() else False
        columns = [column[~empty] for column in columns]
    return columns[:-1]


class _Columns:
    """Columns from blocks of cells. The first block decides what each holds."""

    def __init__(self, names: Sequence[str], form: TextFormat, commas_separate_cells: bool) -> None:
        self.names, self.form, self.commas_separate_cells = tuple(names), form, commas_separate_cells
        self.kinds: tuple[Kind, ...] = ()
        self.decimal: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.parts: list[list[NDArray]] = [[] for _ in names]
        self.odd: list[dict[int, str]] = [{} for _ in names]
        self.rows = 0

    def add(self, block: Sequence[NDArray[np.object_]]) -> None:
        if not self.kinds and len(block[0]):
            self._decide(block)
        for j, (cells, kind) in enumerate(zip(block, self.kinds, strict=False)):
            if kind == "word":
                self.parts[j].append(np.array([cell.strip() for cell in cells], dtype=object))
                continue
            values = cells_to_numbers(cells, self.decimal[j]) if kind == "number" else cells_to_microseconds(cells)
            for i in np.flatnonzero(~np.isfinite(values)):
                self.odd[j][self.rows + int(i)] = cells[i].strip()
            self.parts[j].append(values)
        self.rows += len(block[0])

    def _decide(self, block: Sequence[NDArray[np.object_]]) -> None:
        text = [self.form.is_text(name) for name in self.names]
        numbers = {name: block[j] for j, name in enumerate(self.names) if not text[j]}
        marks = find_decimal_marks(numbers, commas_separate_cells=self.commas_separate_cells)
        decimal = dict(zip(numbers, marks.decimal, strict=True))
        self.decimal = tuple(decimal.get(name, "") for name in self.names)
        self.notes = marks.notes
        self.kinds = tuple(
            "word" if kept else kind_of_cells(cells, mark)
            for kept, cells, mark in zip(text, block, self.decimal, strict=True)
        )

    def finish(self) -> dict[str, Column]:
        found = {}
        for j, name in enumerate(self.names):
            values = np.concatenate(self.parts[j]) if self.parts[j] else np.empty(0, dtype=object)
            self.parts[j].clear()
            column = Column(name, values, self.odd[j])
            found[name] = dates_as_numbers(column) if self.kinds and self.kinds[j] == "date" else column
        return found


def _without_index(table: Table, layout: Layout) -> Table:
    """Without a first column that has no name and only counts the rows, and an empty last one."""
    columns, notes = dict(table.columns), list(table.notes)
    first = columns.pop("", None)
    if first is None or not layout.header:
        return table
    if layout.header[-1] == "" and len(layout.header) > 1:
        if any(first.texts()):
            raise ValueError("the last column has no name; give each column its own name")
    elif _counts(first):
        notes.append("left out the first column, which has no name and counts the rows")
    else:
        columns = {"index": Column("index", first.values, first.odd, first.note), **columns}
        notes.append("the first column has no name; it is called index")
    return replace(table, columns=columns, notes=tuple(notes))


def _counts(column: Column) -> bool:
    """Whether the column holds n, n+1, ... or is empty."""
    texts = column.texts()
    if not any(texts):
        return True
    try:
        return bool((np.diff(np.array(texts, dtype=float)) == 1).all())
    except ValueError:
        return False

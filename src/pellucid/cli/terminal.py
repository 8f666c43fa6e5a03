"""Lines and tables on the terminal: aligned, coloured where someone looks, plain text where another program reads.

What is to be printed comes as blocks (plain data); only this file knows how a terminal shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Block", "Code", "Lines", "Pairs", "Rows", "Terminal", "shortened", "without_middle"]


@dataclass(frozen=True)
class Lines:
    """Sentences below each other; a long one wraps where a terminal shows it."""

    lines: Sequence[str]
    style: str = ""

    def __bool__(self) -> bool:
        return bool(self.lines)


@dataclass(frozen=True)
class Pairs:
    """Names, each with its one line."""

    pairs: Sequence[tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.pairs)


@dataclass(frozen=True)
class Rows:
    """A table with a line of headings; the row `chosen` is set off."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    chosen: int | None = None

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True)
class Code:
    """Python source."""

    source: str


@dataclass(frozen=True)
class Verdicts:
    """What is stated, each with a word before it that says how it stands, in its style."""

    rows: Sequence[tuple[str, str, Sequence[str]]]
    """Word, style, and what stands beside it: a statement first."""

    def __bool__(self) -> bool:
        return bool(self.rows)


Block = Lines | Pairs | Rows | Code | Verdicts


def shortened(text: str, longest: int = 70) -> str:
    """The beginning of a long text.

    >>> shortened("a" * 80, longest=6)
    'aaa...'
    """
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def without_middle(text: str, longest: int = 150) -> str:
    """A statement without its middle, where that is very long; the report and finding.json hold all of it.

    >>> without_middle("one two three four five six seven eight", longest=24)
    'one two ... eight'
    """
    if len(text) <= longest:
        return text
    first, last = text[: longest // 2], text[-longest // 3 :]
    return f"{first.rpartition(' ')[0] or first} ... {last.partition(' ')[2] or last}"


class Terminal:
    """Standard output; lines are not broken where no terminal shows them."""

    @cached_property
    def console(self) -> Console:
        """Where it is printed."""
        from rich.console import Console

        console = Console(highlight=False, markup=False, emoji=False)
        if not console.is_terminal:
            console.width = 2000
        return console

    @property
    def is_plain(self) -> bool:
        """Whether only letters that any terminal has are to be written."""
        return not self.console.is_terminal or self.console.encoding.lower() not in ("utf-8", "utf8")

    def print(self, *blocks: Block) -> None:
        """The blocks with an empty line between them; what is empty leaves no trace."""
        for number, block in enumerate(block for block in blocks if block):
            if number:
                self.console.print()
            self._print_block(block)

    def _print_block(self, block: Block) -> None:
        if isinstance(block, Lines):
            for line in block.lines:
                self.console.print(_text(line, block.style, wrap=True), soft_wrap=True)
        elif isinstance(block, Code):
            self.console.print(self._highlighted(block.source.rstrip()), soft_wrap=True)
        elif isinstance(block, Pairs):
            self._print_table((_text(name, "bold"), line) for name, line in block.pairs)
        elif isinstance(block, Verdicts):
            self._print_table(_fitting(block.rows, self.console.width))
        else:
            self._print_table(_styled(_within(block, self.console.width)))

    def _print_table(self, rows: Iterable[Sequence[Any]]) -> None:
        """A table; where no terminal shows it, without the spaces that fill its lines."""
        from rich.table import Table

        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for row in rows:
            table.add_row(*row)
        with nullcontext() if self.console.is_terminal else self.console.capture() as captured:
            self.console.print(table)
        if captured is not None:
            self.console.print("\n".join(line.rstrip() for line in captured.get().splitlines()), soft_wrap=True)

    def _highlighted(self, code: str) -> Any:
        if not self.console.is_terminal:
            return code
        from rich.syntax import Syntax

        text = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(code)
        text.rstrip()  # the highlighter ends with a line of its own
        return text


def _within(block: Rows, width: int, least: int = 16) -> Rows:
    """The table, its widest column shortened where a line would be wider than the terminal.

    >>> _within(Rows(("n", "text"), [("1", "one two three four five six")]), 22).rows
    [('1', 'one two three fo...')]
    """
    widths = [max(map(len, column)) for column in zip(block.headings, *block.rows, strict=True)]
    widest = max(range(len(widths)), key=widths.__getitem__)
    room = max(least, width - sum(each + 2 for k, each in enumerate(widths) if k != widest))
    rows = [tuple(shortened(cell, room) if k == widest else cell for k, cell in enumerate(row)) for row in block.rows]
    return Rows(block.headings, rows, block.chosen)


def _styled(block: Rows) -> Iterator[tuple[Any, ...]]:
    yield tuple(_text(word, "dim") for word in block.headings)
    for number, row in enumerate(block.rows):
        yield tuple(_text(cell, "bold green" if number == block.chosen else "") for cell in row)


def _fitting(verdicts: Sequence[tuple[str, str, Sequence[str]]], width: int) -> list[tuple[Any, ...]]:
    """Rows; where they are wider than the terminal, all but the first column below each other."""
    from rich.text import Text

    cells = [(word, *beside) for word, _, beside in verdicts]
    columns = zip(*([len(cell) for cell in row] for row in cells), strict=True)
    if sum(max(column) + 2 for column in columns) <= width + 2:
        return [(_text(word, style), *beside) for word, style, beside in verdicts]
    return [(_text(word, style), Text("\n").join(_below_each_other(beside))) for word, style, beside in verdicts]


def _below_each_other(cells: Sequence[str]) -> list[Any]:
    """What is not empty, all but the first line dim."""
    return [_text(cell, "dim" if i else "", wrap=True) for i, cell in enumerate(cell for cell in cells if cell)]


def _text(text: str, style: str, *, wrap: bool = False) -> Any:
    from rich.text import Text

    return Text(text, style=style, no_wrap=not wrap)

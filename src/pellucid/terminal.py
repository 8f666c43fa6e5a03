"""A finding on the terminal: aligned, coloured where someone looks, plain text where another program reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from .core import Claim, Finding

COLOURS = {"Proved": "green", "Exhausted": "blue", "Tested": "magenta", "Refuted": "bold red", "Undecided": "yellow"}


def show_finding(finding: Finding[Any], folder: Path) -> None:
    """The network, the automaton, the program, the claims, and the files that hold them."""
    console = _console()
    facts = [(part.kind, part.describe()) for part in finding.parts.values() if part.kind in ("network", "automaton")]
    facts += _words(finding.artifact)
    if facts:
        _print(console, _table((_text(name, "bold"), line) for name, line in facts))
        console.print()
    if finding.artifact.kind == "program":
        console.print(_highlighted(finding.artifact.to_python().rstrip(), console), soft_wrap=True)
        console.print()
    _print(console, _claims_table(finding.claims, console.width))
    console.print()
    _print(console, _files_table(folder))


def show_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Names, each with its one line."""
    _print(_console(), _table((_text(name, "bold"), line) for name, line in pairs))


def show_checked(checked: Iterable[Any]) -> None:
    """What became of each file (`path`, `statement`, `status`, `detail`)."""
    marks = {"holds": ("holds", "green"), "unchecked": ("unchecked", "yellow"), "fails": ("FAILS", "bold red")}
    console = _console()
    rows = [(_text(*marks[one.status]), one.path, one.statement, one.detail) for one in checked]
    _print(console, _fitting(rows, console.width))


def _words(artifact: Any) -> list[tuple[str, str]]:
    """What the numbers of a program stand for, where the data had words."""
    named = [(given.name, given.low, given.symbols) for given in getattr(artifact, "inputs", ())]
    named.append(("output", 0, getattr(artifact, "output_symbols", ())))
    return [
        (name, ", ".join(f"{low + i} is {word}" for i, word in enumerate(words))) for name, low, words in named if words
    ]


def _claims_table(claims: Sequence[Claim], width: int) -> Any:
    """Strength, statement and evidence; the domain of each claim is in the report and in finding.json."""
    styles = [COLOURS.get(claim.strength, "bold") for claim in claims]
    rows = [(_text(c.strength, style), c.statement, c.evidence) for c, style in zip(claims, styles, strict=True)]
    return _fitting(rows, width)


def _fitting(rows: Sequence[tuple[Any, ...]], width: int) -> Any:
    """A table; where it is wider than the terminal, all but the first column below each other."""
    from rich.text import Text

    columns = zip(*([len(cell) for cell in row] for row in rows), strict=True)
    if sum(max(column) + 2 for column in columns) <= width + 2:
        return _table(rows)
    return _table((row[0], Text("\n").join(_lines(row[1:]))) for row in rows)


def _lines(cells: Sequence[str]) -> list[Any]:
    """What is not empty, all but the first line dim."""
    return [_text(cell, "dim" if i else "", wrap=True) for i, cell in enumerate(cell for cell in cells if cell)]


def _files_table(folder: Path) -> Any:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    first = [name for name in ("program.py", "report.html") if name in names]
    rest = [name for name in names if name not in first]
    return _table([(_text(f"{folder}/", "bold"), "  ".join([*first, *rest]))])


def _highlighted(code: str, console: Console) -> Any:
    if not console.is_terminal:
        return code
    from rich.syntax import Syntax

    text = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(code)
    text.rstrip()  # the highlighter ends with a line of its own
    return text


def _console() -> Console:
    """Standard output; lines are not broken where no terminal shows them."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 2000
    return console


def _print(console: Console, table: Any) -> None:
    """A table; where no terminal shows it, without the spaces that fill its lines."""
    with nullcontext() if console.is_terminal else console.capture() as captured:
        console.print(table)
    if captured is not None:
        console.print("\n".join(line.rstrip() for line in captured.get().splitlines()), soft_wrap=True)


def _table(rows: Iterable[Sequence[Any]]) -> Any:
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row)
    return table


def _text(text: str, style: str, *, wrap: bool = False) -> Any:
    from rich.text import Text

    return Text(text, style=style, no_wrap=not wrap)

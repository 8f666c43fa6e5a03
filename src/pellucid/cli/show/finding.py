"""A finding on the terminal: what was found, the claims, and the files that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.dispatch import by_type
from ..terminal import Block, Lines, Pairs, Terminal, Verdicts, without_middle

if TYPE_CHECKING:
    from ...core import Artifact, Claim, Finding

__all__ = ["blocks_of", "first_files", "show_checked", "show_finding"]


@by_type("pellucid.cli.show")
def blocks_of(found: Artifact, finding: Finding[Any], plain: bool) -> Iterable[Block]:
    """What is printed of an artifact; with `plain`, in letters that any terminal has."""
    return [Lines([found.describe()], "bold green")]


@by_type("pellucid.cli.show")
def first_files(found: Artifact) -> tuple[str, ...]:
    """The names of the files that people read first."""
    return (f"{found.kind}.py",)


def show_finding(finding: Finding[Any], folder: Path) -> None:
    """Prints what was found, the claims about it, and the files in `folder`."""
    terminal = Terminal()
    found = finding.artifact
    claims = Verdicts([_verdict(claim) for claim in finding.claims])
    files = Pairs([(f"{folder}/", "  ".join(files_in_order(folder, first_files(found))))])
    terminal.print(*blocks_of(found, finding, terminal.is_plain), claims, files)


def show_checked(checked: Iterable[Any], resting_on_trust: Iterable[str] = ()) -> None:
    """Prints what became of each certificate and measurement (`Checked`), and what was not checked."""
    marks = {"holds": ("holds", "green"), "unchecked": ("unchecked", "yellow"), "fails": ("FAILS", "bold red")}
    marks["measured"] = ("measured", "green")
    rows = []
    for one in checked:
        mark, colour = marks["measured" if getattr(one, "measured", False) else one.status]
        rows.append((mark, colour, (one.path, without_middle(one.statement), one.detail)))
    trusted = [f"taken on trust: {words}" for words in resting_on_trust]
    Terminal().print(Verdicts(rows), *([Lines(trusted)] if trusted else []))


def files_in_order(folder: Path, first: Iterable[str]) -> Iterator[str]:
    """The files in the folder: those that people read `first`, then pages, then the others by name.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     for name in ("a.json", "law.py", "page.html"):
    ...         _ = (Path(place) / name).write_text("")
    ...     list(files_in_order(Path(place), ["law.py"]))
    ['law.py', 'page.html', 'a.json']
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    ahead = [*first, *(name for name in names if name.endswith(".html"))]
    yield from (name for name in ahead if name in names)
    yield from (name for name in names if name not in ahead)


def _verdict(claim: Claim) -> tuple[str, str, tuple[str, str]]:
    """Strength, statement and evidence; the domain of each claim is in the report and in finding.json."""
    colours = {
        "Proved": "green",
        "Exhausted": "blue",
        "Tested": "magenta",
        "Refuted": "bold red",
        "Undecided": "yellow",
    }
    return claim.strength, colours.get(claim.strength, "bold"), (without_middle(claim.statement), claim.evidence)

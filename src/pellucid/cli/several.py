"""Several things opened by one command: a folder for each, one table of all, and a page that leads to theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import typer

from .errors import fail_as_interrupted, say
from .running import Extra, Run, open_in_browser, refuse_foreign, was_interrupted
from .terminal import Lines, Rows, Terminal

if TYPE_CHECKING:
    from ..core import Finding

__all__ = ["Several"]

PAGE = "index.html"


@dataclass(frozen=True)
class Several:
    """One run of a command on several things of a `kind` ("layer", "target"), whose results stand in `folder`.

    What fails costs nothing but itself: it is told, the others go on, and the exit code is 1. Raises ValueError, before
    anything is opened, where a folder is not ours to write to.
    """

    folder: Path
    kind: str
    names: tuple[str, ...]
    open_page: bool | None
    quiet: bool
    resume: bool
    notes: Callable[[Sequence[Finding[Any]]], Sequence[str]] = lambda findings: ()
    """Sentences about all that was found, below the table."""

    source: Callable[[str], Mapping[str, Any]] = lambda name: {}
    """How each was opened, for the provenance."""

    def __post_init__(self) -> None:
        for name in self.names:
            refuse_foreign(self.folder / _folder_name(self.kind, name))

    def finish(
        self,
        open_one: Callable[..., Finding[Any]],
        figures: Callable[[Finding[Any]], Mapping[str, str]],
        extra: Extra = lambda finding: {},
        page: str = "report.html",
    ) -> None:
        """Opens each (its name is the first argument), writes it, and shows the `figures` of all beside each other."""
        found: dict[str, Finding[Any] | str] = {}
        interrupted = False
        for number, name in enumerate(self.names, 1):
            if not self.quiet:
                typer.echo(f"{self.kind} {name}, {number} of {len(self.names)}", err=True)
            found[name] = one = self._one(name, partial(open_one, name), extra)
            self._write(found, figures, page)  # after each, so that what is done can be looked at
            interrupted = not isinstance(one, str) and was_interrupted(one)
            if interrupted:
                break
        self._show(found, figures)
        open_in_browser(self.folder / PAGE, self.open_page)
        if interrupted:
            fail_as_interrupted()
        if any(isinstance(finding, str) for finding in found.values()):
            raise typer.Exit(1)

    def _one(self, name: str, opener: Callable[..., Finding[Any]], extra: Extra) -> Finding[Any] | str:
        """What was found, or why nothing was."""
        run = Run(self.folder / _folder_name(self.kind, name), False, self.quiet, self.resume, self.source(name))
        try:
            return run.write(opener, extra)
        except ValueError as error:
            say(str(error))
            return " ".join(str(error).split())
        except (ArithmeticError, LookupError, MemoryError, RuntimeError, TypeError) as error:  # a defect costs one, too
            told = f"{type(error).__name__}: {error}".removesuffix(": ")
            say(f"{self.kind} {name}: {told}")
            return " ".join(told.split())

    def _notes(self, found: Mapping[str, Finding[Any] | str]) -> Sequence[str]:
        return self.notes([one for one in found.values() if not isinstance(one, str)])

    def _write(
        self, found: Mapping[str, Finding[Any] | str], figures: Callable[[Finding[Any]], Mapping[str, str]], page: str
    ) -> None:
        from ..report.listing import listing_html

        headings, rows = self._table(found, figures)
        addresses = [
            "" if isinstance(one, str) else f"{_folder_name(self.kind, name)}/{page}" for name, one in found.items()
        ]
        self.folder.mkdir(parents=True, exist_ok=True)
        text = listing_html(
            f"{self.kind.capitalize()}s side by side",
            headings,
            list(zip(addresses, rows, strict=True)),
            self._notes(found),
        )
        (self.folder / PAGE).write_text(text, encoding="utf-8")

    def _show(
        self, found: Mapping[str, Finding[Any] | str], figures: Callable[[Finding[Any]], Mapping[str, str]]
    ) -> None:
        if self.quiet:
            typer.echo(str(self.folder))
            return
        headings, rows = self._table(found, figures)
        Terminal().print(Rows(headings, rows), Lines(self._notes(found)))
        done = [_folder_name(self.kind, name) for name, one in found.items() if not isinstance(one, str)]
        typer.echo(f"\n{self.folder}/  {PAGE}  " + "  ".join(f"{name}/" for name in done))

    def _table(
        self, found: Mapping[str, Finding[Any] | str], figures: Callable[[Finding[Any]], Mapping[str, str]]
    ) -> tuple[Sequence[str], list[list[str]]]:
        """A line of headings, and a row for each; of what failed, the reason in place of the first figure."""
        cells = {name: None if isinstance(one, str) else figures(one) for name, one in found.items()}
        columns = list(dict.fromkeys(key for row in cells.values() for key in row or ()))
        rows = []
        for name, row in cells.items():
            failed = [str(found[name]), *[""] * (len(columns) - 1)][: max(1, len(columns))]
            rows.append([name, *(failed if row is None else [row.get(key, "") for key in columns])])
        return [self.kind, *(columns or ["result"])], rows


def _folder_name(kind: str, name: str) -> str:
    """A folder's name: letters, digits and what harms no system; two names never become one.

    >>> _folder_name("layer", "3"), _folder_name("target", "a/b"), _folder_name("target", "a b")
    ('layer_3', 'target_a%2Fb', 'target_a%20b')
    """
    return f"{kind}_{quote(name, safe='')}"

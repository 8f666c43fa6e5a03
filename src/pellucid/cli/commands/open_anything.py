"""`pellucid open`: what kind of thing it is, and which command opens it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Annotated

import typer

from ..app import NETWORKS, app
from ..errors import one_line_errors
from ..terminal import Lines, Pairs, Terminal


@app.command("open", rich_help_panel=NETWORKS)
def open_anything(
    anything: Annotated[
        str,
        typer.Argument(
            metavar="ANYTHING",
            help="A table, weights, a model's folder, a log, equations, a finding.",
            show_default=False,
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Run the likeliest command.")] = False,
) -> None:
    """Say what kind of thing it is, and which commands open it; with --yes run the likeliest."""
    with one_line_errors():
        from ...jobs.recognition import recognise

        found = recognise(anything)
        shown = [(f"pellucid {_typed(words)}", what) for words, what in found.commands if _exists(words[0])]
        if not shown:
            raise ValueError(f"{anything!r} is {found.kind}, which no command here opens")
        Terminal().print(Lines([found.kind]), Pairs(shown))
    if yes:
        words = next(words for words, _ in found.commands if _exists(words[0]))
        app(list(words), prog_name="pellucid")


def _exists(command: str) -> bool:
    return command in {each.name or getattr(each.callback, "__name__", "") for each in app.registered_commands}


def _typed(words: Sequence[str]) -> str:
    """
    >>> print(_typed(("laws", "x' = -x")), _typed(("formula", "a b.csv")))
    laws "x' = -x" formula 'a b.csv'
    """
    return " ".join(f'"{word}"' if _is_plain(word) else shlex.quote(word) for word in words)


def _is_plain(word: str) -> bool:
    """Whether a shell leaves it as it is between double quotes, where single ones would have to be taken apart."""
    return "'" in word and not any(letter in word for letter in '"$`!\\')

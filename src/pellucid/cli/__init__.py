"""The command line. Everything heavy is imported inside the commands, so that help answers at once.

Each file is a command; what they share is in `commands` (running) and `terminal` (printing).

Results go to standard output, progress and messages to standard error. Exit codes: 0 done; 1 a check failed, a
specification was refuted, or the program is wrong on held-out sequences; 2 bad input or no room to write; 130
interrupted.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Annotated

import typer

from . import check, features, formula, laws, layers, listing, probe, program, symmetries
from .commands import exit_code, say, told

__all__ = ["app", "main"]

app = typer.Typer(
    name="pellucid",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """The `pellucid` command; what is still to be written is flushed here, so that a full disk is told, too."""
    code = exit_code(app)
    try:
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):  # what is left in the buffer goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not code and not isinstance(error, BrokenPipeError):
            say(told(error))
        code = code or 2
    sys.exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        typer.echo(f"pellucid {__version__}")
        raise typer.Exit


@app.callback()
def _pellucid(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Opens black boxes: networks become programs, tables formulas, equations laws; claims say how well it is known."""


app.command()(program.program)
app.command()(formula.formula)
app.command()(laws.laws)
app.command()(symmetries.symmetries)
app.command()(symmetries.families)
app.command()(features.features)
app.command()(layers.layers)
app.command()(probe.probe)
app.command()(check.check)
app.command("list")(listing.list_methods)

"""The application that every command adds itself to."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

__all__ = ["app"]

NETWORKS, TABLES, EQUATIONS = "Networks", "Tables", "Equations and trajectories"
LANGUAGE_MODELS, TRAINING, GUARANTEES = "Language models", "Training runs", "Guarantees and oversight"
FINDINGS = "Findings, and Pellucid itself"
GROUPS = (NETWORKS, TABLES, EQUATIONS, LANGUAGE_MODELS, TRAINING, GUARANTEES, FINDINGS)
"""What a person has, in the order in which help lists the commands for it; a command names its own."""


class GroupedByWhatOneHas(TyperGroup):
    """Lists the commands by their group, each with its whole first sentence, which wraps."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes a section for each group."""
        names = self.list_commands(ctx)
        known = {name: command for name in names if (command := self.get_command(ctx, name)) and not command.hidden}
        for group in GROUPS:
            rows = [
                (name, command.get_short_help_str(limit=200))
                for name, command in known.items()
                if (getattr(command, "rich_help_panel", None) or FINDINGS) == group
            ]
            if rows:
                with formatter.section(group):
                    formatter.write_dl(rows, col_max=12)


app = typer.Typer(
    name="pellucid",
    cls=GroupedByWhatOneHas,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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

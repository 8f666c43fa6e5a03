"""`pellucid check`: every certificate of a finding is run again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..app import app
from ..errors import one_line_errors
from ..show.finding import show_checked


@app.command()
def check(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder that a command wrote.", show_default=False)
    ],
    measure: Annotated[
        bool, typer.Option("--measure", help="Measure again what can be: from the folder, or from --data as well.")
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What the finding was made from, for --measure.", show_default=False),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="The model that the finding is about, for --measure.", show_default=False),
    ] = None,
) -> None:
    """Run every certificate of a finding again, and with --measure every measurement.

    Nothing in the folder is executed. Says which claims were proved again, which were measured again, and which are
    taken on trust.
    """
    with one_line_errors():
        if not folder.is_dir():
            raise ValueError(f"{str(folder)!r} is no folder; name one that a command wrote")
        from ...prove.check import check_folder, resting_on_trust

        checked, measured = check_folder(folder), measure or data is not None or model is not None
        if measured:
            from ...jobs.sources import measure_folder

            checked += measure_folder(folder, data, model)
        show_checked(checked, resting_on_trust(folder, measured=measured))
        if not all(entry.ok for entry in checked):
            raise typer.Exit(1)

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
) -> None:
    """Run every certificate of a finding again, from its files alone."""
    with one_line_errors():
        if not folder.is_dir():
            raise ValueError(f"{str(folder)!r} is no folder; name one that a command wrote")
        from ...prove.check import check_folder, resting_on_trust

        checked = check_folder(folder)
        show_checked(checked, resting_on_trust(folder))
        if not all(entry.ok for entry in checked):
            raise typer.Exit(1)

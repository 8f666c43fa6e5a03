"""Options that several commands have, each with its one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Seed = Annotated[int, typer.Option(min=0, help="Every random draw comes from it.")]
Output = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Where results go; by default a folder named like what is opened.")
]
Open = Annotated[
    bool | None, typer.Option("--open/--no-open", help="Open the report in a browser (the default on a desktop).")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the name of the folder.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")]

"""`pellucid export`: the features of a folder as the files of another tool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors
from ..terminal import Pairs, Terminal

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A folder that `pellucid features` wrote.", show_default=False)
]
To = Annotated[
    str,
    typer.Option("--to", metavar="FORMAT", help="neuronpedia, sae-lens, sparsify, parquet, csv.", show_default=False),
]
Labels = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="A folder that `pellucid label` wrote, whose labels go along.",
                 show_default=False),
]  # fmt: skip
Output = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Where the files go: a new folder (FOLDER_FORMAT).", show_default=False),
]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def export(folder: Folder, to: To, labels: Labels = None, output: Output = None) -> None:
    """Write the features of a folder as another tool reads them.

    Neuronpedia's JSON has where each feature fires, what it promotes and its direction; sae-lens and sparsify get the
    dictionary; parquet and csv get a row for each feature, and one for each firing. Nothing is sent anywhere.
    """
    with one_line_errors():
        from ...jobs.audits.export import Exported
        from ...jobs.audits.export import export as job

        place = output or folder.with_name(f"{folder.name}_{to}")
        files = job(Exported.of(folder, labels), to, place)
        Terminal().print(Pairs([(f"{place}/", "  ".join(files))]))

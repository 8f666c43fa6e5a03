"""`pellucid wiring`: a table with several targets in, the parts of one network for them out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import TABLES, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed, split_list
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Data = Annotated[
    Path, typer.Argument(metavar="TABLE", help="A table of numbers with the columns to explain.", show_default=False)
]
Targets = Annotated[
    str, typer.Option(metavar="A,B", help="The columns to explain, by commas; all others explain.", show_default=False)
]
Formulas = Annotated[
    bool, typer.Option("--formulas/--no-formulas", help="Put each target into a formula of the columns it depends on.")
]


@app.command(rich_help_panel=TABLES)
def wiring(
    data: Data,
    targets: Targets,
    formulas: Formulas = True,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Say which targets of a table depend on which columns, by the parts that one network for all of them falls into.

    Wires cost by their length, and what is not needed is cut; that a part does not depend on a column is proved. Writes
    network, formulas and report into a folder.
    """
    with one_line_errors():
        from ...jobs.sources import source
        from ...jobs.wiring import find_wiring, open_responses

        options: dict[str, Any] = {"targets": ",".join(split_list(targets, ","))}
        run = Run(
            output or Path(f"{data.stem}_wiring"), open_report, quiet, resume, source("wiring", str(data), **options)
        )
        responses = open_responses(data, seed, **options)

        def open_subject(**given: Any) -> Finding[Any]:
            return find_wiring(responses, seed=seed, formulas=formulas, **given)

        run.finish(open_subject)

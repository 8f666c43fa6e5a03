"""`pellucid importance`: a table and a model in, what each column is to the target out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import TABLES, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Data = Annotated[Path, typer.Argument(metavar="TABLE", help="A table with a column to explain.", show_default=False)]
Target = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="The column that is predicted; by default y or the last of numbers.", show_default=False
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="TorchScript (.pt), or FILE.py:NAME of a function of rows; it is run. By default one is fitted: linear, "
        "or boosted trees where they do better.",
        show_default=False,
    ),
]
Classes = Annotated[
    bool | None,
    typer.Option("--classes/--numbers", help="What the target is; by default classes, if up to 10 whole numbers."),
]
Missing = Annotated[str, typer.Option(help="refuse, drop, or numbers that stand for a missing value.")]


@app.command(rich_help_panel=TABLES)
def importance(
    data: Data,
    target: Target = "",
    model: Model = None,
    classes: Classes = None,
    missing: Missing = "refuse",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Say of each column whether it tells of the target, or is only used to cancel noise.

    Roles (informative, redundant, interacting, suppressor, unused) stand beside the credit that permutation, gradients,
    Shapley values and the pattern give. Writes roles and report into a folder.
    """
    with one_line_errors():
        from ...jobs.importance import find_roles, open_importance
        from ...jobs.sources import source

        told = source("importance", str(data), target=target, model=model, classes=classes, missing=missing)
        run = Run(output or Path(f"{data.stem}_importance"), open_report, quiet, resume, told)
        subject = open_importance(data, seed, target=target, model=model, classes=classes, missing=missing)

        def open_subject(**given: Any) -> Finding[Any]:
            return find_roles(subject, seed=seed, **given)

        run.finish(open_subject)

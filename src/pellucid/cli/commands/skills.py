"""`pellucid skills`: the log of a run's tasks in; by which law they are learnt, and when the rest will be, out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import TRAINING, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Log = Annotated[
    Path,
    typer.Argument(
        metavar="LOG", help="A log with one metric for each task (.csv, .jsonl, tfevents, ...).", show_default=False
    ),
]
Columns = Annotated[
    str | None, typer.Option(metavar="PATTERN", help="The metrics of the tasks, such as 'task/*' or a,b,c.")
]
Frequencies = Annotated[
    str | None,
    typer.Option(metavar="LIST", help="How often each task is trained on: 9,3,1, or a file of names and numbers."),
]
Metric = Annotated[str, typer.Option(metavar="KIND", help="What the metrics are: loss, or accuracy.")]
Chance = Annotated[
    float | None, typer.Option(metavar="P", help="The loss or accuracy before training; the first value else.")
]
Step = Annotated[str | None, typer.Option(metavar="COLUMN", help="What counts the steps.")]
Law = Annotated[str, typer.Option(metavar="NAME", help="independent, resource, geometry, domino, powers, or auto.")]


@app.command(rich_help_panel=TRAINING)
def skills(
    log: Log,
    columns: Columns = None,
    frequencies: Frequencies = None,
    metric: Metric = "loss",
    chance: Chance = None,
    step: Step = None,
    law: Law = "auto",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Say by which law the tasks of a training run are learnt, and when the rest will be.

    Skills that compete for each step, one after another, each at its own rate, or in sudden drops: which of these
    forecasts best is decided on a later part of the log, and tested on the last.
    """
    with one_line_errors():
        from ...jobs import skills as job
        from ...learn import SkillForecast

        if metric not in ("loss", "accuracy"):
            raise ValueError(f"--metric {metric!r} is unknown; give loss or accuracy")
        curves = job.find_skills(
            log, columns=columns, frequencies=frequencies, accuracy=metric == "accuracy", chance=chance, step=step
        )
        method = SkillForecast(law)
        name = log.resolve().name if log.is_dir() else log.stem
        run = Run(output or Path(f"skills-{name}"), open_report, quiet, resume)

        def open_curves(**given: Any) -> Finding[Any]:
            return job.open_skills(curves, method, name=name, seed=seed, **given)

        run.finish(open_curves)

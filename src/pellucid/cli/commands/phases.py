"""`pellucid phases`: a folder of training runs in; which phase each is in, by its settings, out."""

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

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="One folder a run, with its log and a config.json or the like.", show_default=False
    ),
]
By = Annotated[str | None, typer.Option(metavar="SETTINGS", help="One or two settings that vary, such as lr,wd.")]
Train = Annotated[str | None, typer.Option(metavar="COLUMN", help="The metric on the training data.")]
Test = Annotated[str | None, typer.Option(metavar="COLUMN", help="The same metric on held-out data.")]
Metric = Annotated[str | None, typer.Option(metavar="KIND", help="accuracy or loss, where the logs have both.")]
Step = Annotated[str | None, typer.Option(metavar="COLUMN", help="What counts the steps.")]
Chance = Annotated[
    float | None, typer.Option(metavar="P", help="The accuracy of guessing, such as 0.1 of ten classes.")
]
Ceiling = Annotated[float, typer.Option(metavar="P", help="The best accuracy that noisy labels allow.")]


@app.command(rich_help_panel=TRAINING)
def phases(
    folder: Folder,
    by: By = None,
    train: Train = None,
    test: Test = None,
    metric: Metric = None,
    step: Step = None,
    chance: Chance = None,
    ceiling: Ceiling = 1.0,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Draw which phase training runs are in, by their settings.

    Comprehension, grokking, memorisation, overfitting or confusion of each run of a folder, over one or two settings
    such as learning rate and weight decay; runs of the same settings share a cell.
    """
    with one_line_errors():
        from ...jobs import phases as job
        from ...learn import PhaseSurvey

        said = {"train": train, "test": test, "metric": metric, "step": step, "chance": chance}
        runs = job.find_runs(folder, by, **said)
        run = Run(output or Path(f"phases-{folder.resolve().name}"), open_report, quiet, resume)

        def open_runs(**given: Any) -> Finding[Any]:
            return job.open_phases(runs, PhaseSurvey(ceiling), seed=seed, **given)

        run.finish(open_runs)

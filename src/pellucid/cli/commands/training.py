"""`pellucid training`: the log of a run in; its phase, times, oddities and a forecast out."""

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
        metavar="RUN",
        help="A log (.csv, .jsonl, tfevents, trainer_state.json, .wandb), a folder with one, or a folder of runs.",
        show_default=False,
    ),
]
Train = Annotated[str | None, typer.Option(metavar="COLUMN", help="The metric on the training data.")]
Test = Annotated[str | None, typer.Option(metavar="COLUMN", help="The same metric on held-out data.")]
Metric = Annotated[str | None, typer.Option(metavar="KIND", help="accuracy or loss, where the log has both.")]
Step = Annotated[str | None, typer.Option(metavar="COLUMN", help="What counts the steps.")]
Norm = Annotated[str | None, typer.Option(metavar="COLUMN", help="The norm of all weights, for a forecast.")]
Chance = Annotated[
    float | None, typer.Option(metavar="P", help="The accuracy of guessing, such as 0.1 of ten classes.")
]
Ceiling = Annotated[float, typer.Option(metavar="P", help="The best accuracy that noisy labels allow.")]
Critical = Annotated[
    float | None,
    typer.Option("--critical-norm", metavar="W", help="The norm at which other runs learnt held-out data."),
]


@app.command(rich_help_panel=TRAINING)
def training(
    log: Log,
    train: Train = None,
    test: Test = None,
    metric: Metric = None,
    step: Step = None,
    norm: Norm = None,
    chance: Chance = None,
    ceiling: Ceiling = 1.0,
    critical_norm: Critical = None,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Say what a training run is doing, from its log.

    Comprehension, grokking, memorisation, overfitting or confusion, by a vote over thresholds; when the training data
    and held-out data were learnt, or, where the norm of the weights is logged, when they will be; and what is odd about
    the log. Of a folder of runs, each, and the norm at which they learn tells when the others will.
    """
    with one_line_errors():
        from ...jobs import training as job
        from ...learn import RunDiagnosis

        said = {"train": train, "test": test, "metric": metric, "step": step, "norm": norm, "chance": chance}
        method = RunDiagnosis(critical_norm, ceiling=ceiling)
        folders = job.folders_of_runs(log)
        runs = [job.find_training(folder, **said) for folder in folders] or [job.find_training(log, **said)]
        name = log.resolve().name if log.is_dir() else log.stem
        for place, opened in enumerate(runs):
            others = [one for other, one in enumerate(runs) if other != place]
            chosen = job.with_norm_of_others(method, others)
            folder = output or Path(f"training-{name}")
            folder = folder / folders[place].relative_to(log) if folders else folder

            def open_run(run: Any = opened, chosen: Any = chosen, **given: Any) -> Finding[Any]:
                return job.open_training(run, chosen, seed=seed, **given)

            Run(folder, open_report if not folders else False, quiet, resume).finish(open_run)

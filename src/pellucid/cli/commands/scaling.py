"""`pellucid scaling`: a table of final losses in, a scaling law with honest intervals and an allocation out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import TRAINING, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run
from ..terminal import Pairs, Terminal

if TYPE_CHECKING:
    from ...core import Finding

Table = Annotated[
    str | None,
    typer.Argument(metavar="TABLE", help="One run a row (.csv, .jsonl, ...), or built-in runs.", show_default=False),
]
ListRuns = Annotated[bool, typer.Option("--list", help="Show all built-in runs and exit.")]
Loss = Annotated[str | None, typer.Option(metavar="COLUMN", help="The final loss, in nats a token or the like.")]
Parameters = Annotated[str | None, typer.Option(metavar="COLUMN", help="The size of the model, N.")]
Tokens = Annotated[str | None, typer.Option(metavar="COLUMN", help="The size of the data, D.")]
Compute = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="The compute C; 6 N D where there is none, D = C / (6 N) likewise.")
]
Only = Annotated[str | None, typer.Option(metavar="COLUMN", help="A law of this size alone: E + A x^-alpha.")]
Group = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Rows of one training have the same value: resampled together.")
]
MissingCells = Annotated[
    str | None, typer.Option("--missing", metavar="WHAT", help="Of runs with a missing value: drop, or refuse.")
]
Budget = Annotated[float | None, typer.Option(metavar="C", help="Compute to be spent: the best N and D, the loss.")]
FamilyName = Annotated[
    str, typer.Option("--family", metavar="NAME", help="free, equal, resource, quanta, ...; auto: backtests choose.")
]
HoldOut = Annotated[float, typer.Option(metavar="SHARE", help="Of the runs, those of largest compute, kept to test.")]
Bootstraps = Annotated[int, typer.Option(min=2, help="How often the runs are resampled.")]
Delta = Annotated[float, typer.Option(help="Errors of ln L beyond it count linearly (Huber).")]


@app.command(rich_help_panel=TRAINING)
def scaling(
    table: Table = None,
    list_runs: ListRuns = False,
    loss: Loss = None,
    parameters: Parameters = None,
    tokens: Tokens = None,
    compute: Compute = None,
    only: Only = None,
    group: Group = None,
    missing: MissingCells = None,
    budget: Budget = None,
    family: FamilyName = "auto",
    hold_out: HoldOut = 0.1,
    bootstraps: Bootstraps = 1000,
    delta: Delta = 1e-3,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Fit scaling laws to final losses, and say how far they can be trusted.

    L = E + A N^-alpha + B D^-beta and its relatives; which of them forecasts larger runs is decided by backtests, which
    also widen the intervals. With --budget, how each family that is left would spend that compute.
    """
    with one_line_errors():
        from ...jobs import scaling as job
        from ...learn import ScalingFit

        if list_runs:
            Terminal().print(Pairs(job.list_runs()))
            return
        if table is None:
            raise ValueError("give a TABLE of runs: pellucid scaling losses.csv, or chinchilla (see --list)")
        columns = {"loss": loss, "parameters": parameters, "tokens": tokens, "compute": compute}
        runs = job.find_runs(table, **columns, only=only, group=group, missing=missing)
        method = ScalingFit(family, delta, bootstraps=bootstraps, hold_out=hold_out, budget=budget)
        name = Path(table).stem
        run = Run(output or Path(f"scaling-{name}"), open_report, quiet, resume)

        def open_runs(**given: Any) -> Finding[Any]:
            return job.open_scaling(runs, method, name=name, seed=seed, **given)

        run.finish(open_runs)

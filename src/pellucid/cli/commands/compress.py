"""`pellucid compress`: the values of a column merged, so that little is lost of what they say about another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import TABLES, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run, fail_if_refuted

if TYPE_CHECKING:
    from ...core import Finding

Table = Annotated[
    Path,
    typer.Argument(
        metavar="TABLE",
        help="Observations (.csv, .tsv, .jsonl, .npz, .parquet) with --rows and --by; or a table of counts or "
        "probabilities, whose first column names its rows.",
        show_default=False,
    ),
]
Rows = Annotated[str, typer.Option("--rows", metavar="COLUMN", help="The column whose values are to be merged.")]
By = Annotated[str, typer.Option("--by", metavar="COLUMN", help="The column that they are to say something about.")]
Count = Annotated[str, typer.Option("--count", metavar="COLUMN", help="How often each row of the file was seen.")]
Normalise = Annotated[bool, typer.Option("--normalise", help="Divide probabilities by their sum where it is not 1.")]
Exact = Annotated[
    int, typer.Option(min=1, max=22, metavar="N", help="Go through all clusterings of up to so many values.")
]

Bins = Annotated[
    int | None,
    typer.Option(min=0, max=40, metavar="N", help="Cut a score into so many grades; 0: as many as are worth having."),
]


@app.command(rich_help_panel=TABLES)
def compress(
    table: Table,
    rows: Rows = "",
    by: By = "",
    count: Count = "",
    normalise: Normalise = False,
    bins: Bins = None,
    exact_up_to: Exact = 18,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Merge the values of a column, losing as little as possible.

    Every best trade-off between how much is told apart and what it says about another column: all clusterings are gone
    through where the values are few, with a proof; where they are many, with a proved bound on what was missed. Of
    observations, some are held out to say how many clusters are worth having. With --bins a score becomes grades.
    """
    with one_line_errors():
        from ...jobs import compress as job
        from ...jobs.sources import source
        from ...subjects.tables.joint_files import read_joint
        from ...subjects.tables.samples import Samples
        from ...subjects.tables.score_files import read_score

        options: dict[str, Any] = {"rows": rows, "by": by, "count": count, "normalise": normalise}
        told = source("compress", str(table), **options, bins=bins)
        subject = read_joint(table, **options) if bins is None else read_score(table, rows=rows, by=by)
        run = Run(output or Path(f"compress-{table.stem}"), open_report, quiet, resume, told)

        def open_subject(**given: Any) -> Finding[Any]:
            if isinstance(subject, Samples):
                return job.open_score(subject, bins=bins or 0, seed=seed, **given)
            return job.open_compress(subject, exact_up_to=exact_up_to, seed=seed, **given)

        fail_if_refuted(run.finish(open_subject))

"""`pellucid generate`: a table in, new rows like its own out, and how close they come."""

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

Table = Annotated[
    Path,
    typer.Argument(
        metavar="TABLE",
        help="Rows of numbers, categories, dates and empty cells (.csv, .tsv, .jsonl, .npz, .parquet); images "
        "(count, height, width) in an .npz; 'digits'; or a folder that this command wrote, to draw more.",
        show_default=False,
    ),
]
Rows = Annotated[int, typer.Option("--rows", min=1, metavar="N", help="How many rows to draw.")]
Extra = Annotated[
    float,
    typer.Option(
        "--extra-dimensions", min=1.0, metavar="D", help="1: Poisson's field, PFGM; more: PFGM++; inf: diffusion."
    ),
]
Image = Annotated[
    str | None, typer.Option("--image", metavar="HxW", help="The columns are pixels of images of this size.")
]
Budget = Annotated[
    str | None, typer.Option(metavar="TIME", help="CPU time that training may take: 60s, 5m; else what it needs.")
]


@app.command(rich_help_panel=TABLES)
def generate(
    table: Table,
    rows: Rows = 1000,
    extra_dimensions: Extra = float("inf"),
    image: Image = None,
    budget: Budget = None,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Draw new rows like those of a table, and say how close they come and whether they are copies.

    Learns from a part of the rows (diffusion, or Poisson flow) and measures on the others: a two-sample test, an energy
    distance and how near the learnt rows are, beside simpler ways. Writes generated.csv, generator and report.
    """
    with one_line_errors():
        from ...jobs import generate as job
        from ...jobs.sources import source
        from .formula import parse_seconds

        if (table / "finding.json").is_file():
            path = (output or table) / "generated.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(job.drawn_text(job.saved_generator(table), rows, seed), encoding="utf-8")
            typer.echo(str(path))
            return
        seconds = None if budget is None else parse_seconds(budget)
        subject = job.open_generate(table, image=image)
        told = source("generate", str(table), image=image)
        run = Run(output or Path(f"{table.stem}_generated"), open_report, quiet, resume, told)

        def open_subject(**given: Any) -> Finding[Any]:
            return job.learn_rows(
                subject, extra_dimensions=extra_dimensions, budget_seconds=seconds, seed=seed, **given
            )

        def drawn(finding: Finding[Any]) -> dict[str, bytes]:
            return {"generated.csv": job.drawn_text(finding.artifact, rows, seed).encode()}

        run.finish(open_subject, drawn)

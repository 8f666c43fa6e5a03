"""`pellucid formula`: a table of numbers becomes an exact formula."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import terminal
from .commands import fail_if_interrupted, one_line_errors, refuse_foreign, run_job, show
from .options import Open, Output, Quiet, Resume, Seed

if TYPE_CHECKING:
    from ..core import Finding


def formula(
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help="A table of numbers (.csv, .tsv, .jsonl, .npz, .parquet), or a built-in one (see --list): kepler, or "
            "an equation such as I.12.2.",
            show_default=False,
        ),
    ] = None,
    list_tables: Annotated[bool, typer.Option("--list", help="Show every built-in table and exit.")] = False,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column to be explained; y where none is named.")
    ] = None,
    features: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="The columns to explain it by; all others by default.")
    ] = None,
    units: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="The columns' units: a table [units] of column = 'kg*m/s^2'."),
    ] = None,
    rows: Annotated[
        int | None, typer.Option(min=4, help="How many rows a built-in equation is drawn (1000 by default).")
    ] = None,
    noise: Annotated[
        float | None, typer.Option(min=0, help="Noise on a built-in equation, as a fraction of the target's size.")
    ] = None,
    seed: Seed = 0,
    budget: Annotated[
        str | None, typer.Option(metavar="TIME", help="CPU time that the search may take: 60s, 5m, 1h.")
    ] = None,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Turn a table of numbers into an exact formula.

    Tries algebra first, then a spline network read symbol by symbol, then search; keeps the formula with the shortest
    description; writes formula, LaTeX, Python, network and report into a folder.
    """
    with one_line_errors():
        from ..jobs import formula as job

        if list_tables:
            terminal.show_pairs(job.list_tables())
            return
        if table is None:
            raise ValueError("no TABLE given; name a file of numbers, or a built-in table (see --list)")
        seconds = None if budget is None else parse_seconds(budget)
        chosen = None if features is None else tuple(name.strip() for name in features.split(","))
        given = {"target": target, "features": chosen, "units": units, "rows": rows, "noise": noise}
        given = {name: value for name, value in given.items() if value is not None}
        samples, name, reference = job.find_samples(table, seed=seed, **given)
        folder = output or Path(name)
        refuse_foreign(folder)

        def open_subject(**options: Any) -> Finding[Any]:
            return job.open_formula(
                samples, name=name, reference=reference, seed=seed, budget_seconds=seconds, **options
            )

        finding = run_job(open_subject, folder, quiet=quiet, resume=resume, extra=_latex_file)
        show(finding, folder, quiet, open_report)
        fail_if_interrupted(finding)


def parse_seconds(text: str) -> float:
    """A time in words, in seconds. Raises ValueError.

    >>> [parse_seconds(text) for text in ("60", "60s", "1.5m", "2h")]
    [60.0, 60.0, 90.0, 7200.0]
    """
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*(s|m|min|h)?", text.strip())
    if match is None or float(match[1]) == 0:
        raise ValueError(f"budget={text!r} is no time; give seconds, or 60s, 5m, 1h")
    return float(match[1]) * {"m": 60, "min": 60, "h": 3600}.get(match[2] or "s", 1)


def _latex_file(finding: Finding[Any]) -> dict[str, bytes]:
    """The formula alone, for a paper."""
    return {"formula.tex": f"{finding.artifact.latex()}\n".encode()}

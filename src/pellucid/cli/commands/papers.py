"""`pellucid papers`: what the papers behind it claim, what is measured here, and how it is measured again."""

from __future__ import annotations

from typing import Annotated

import typer

from ..app import app
from ..errors import one_line_errors
from ..terminal import Lines, Rows, Terminal, shortened


@app.command()
def papers(
    paper: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="One of them, by its id or its number at arXiv.", show_default=False),
    ] = None,
    run: Annotated[bool, typer.Option("--run", help="Measure it again, by the benchmark of a clone.")] = False,
) -> None:
    """List the papers behind Pellucid; of one, show its claims beside our figures, or measure these again."""
    with one_line_errors():
        from ...jobs import papers as job

        if paper is None:
            if run:
                raise ValueError("no ID given; name the paper to be measured again (pellucid papers lists them)")
            rows = [(each.id, shortened(each.source, 30), each.title) for each in job.papers()]
            Terminal().print(Rows(("id", "from", "title"), rows), Lines(["pellucid papers ID shows one of them"]))
            return
        found = job.find_paper(paper)
        cost = "" if found.cpu_seconds is None else f" (about {found.cpu_seconds:,.0f} CPU seconds)"
        heads = [found.title, found.source, f"made by: {found.command}{cost}"]
        heads += [f"last run: {found.when}"] if found.when else []
        Terminal().print(Lines(heads))
        if run:
            raise typer.Exit(job.run_paper(found))
        rows = found.beside()
        Terminal().print(Rows(("figure", "paper", "ours"), rows) if rows else Lines(["its rows stand in its file"]))

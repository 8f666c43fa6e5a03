"""`pellucid compare`: two findings side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..app import app
from ..errors import one_line_errors
from ..terminal import Lines, Rows, Terminal

_FOLDER = typer.Argument(metavar="FOLDER", help="A folder that a command wrote.", show_default=False)


@app.command()
def compare(
    first: Annotated[Path, _FOLDER],
    second: Annotated[Path, _FOLDER],
    every: Annotated[bool, typer.Option("--all", help="Show the claims that are the same in both, too.")] = False,
) -> None:
    """Show where two findings differ: what was found, and each claim that only one makes or that has other evidence.

    Ends with exit code 1 where they differ.
    """
    with one_line_errors():
        from ...core.comparison import compare as compared
        from ...core.finding import load_finding

        findings = [load_finding(folder) for folder in (first, second)]
        pairs = compared(*findings)
        shown = [pair for pair in pairs if every or not pair.is_same]
        told = [finding.artifact.describe() for finding in findings]
        heads = [f"{folder}: {text}" for folder, text in zip((first, second), told, strict=True)]
        rows = [(pair.statement, _said(pair.first), _said(pair.second)) for pair in shown]
        same = sum(pair.is_same for pair in pairs)
        grid = [Rows(("claim", str(first), str(second)), rows)] if rows else []
        Terminal().print(Lines(heads), *grid, Lines([f"{same} of {len(pairs)} claims are the same in both"]))
        if same < len(pairs) or told[0] != told[1]:
            raise typer.Exit(1)


def _said(claim: object) -> str:
    return "-" if claim is None else f"{claim.strength}: {claim.evidence}"  # pyright: ignore[reportAttributeAccessIssue]

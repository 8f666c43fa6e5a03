"""`pellucid verify`: a Dafny file is proved, with hints found for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..app import app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run

File = Annotated[Path, typer.Argument(metavar="FILE.dfy", help="A Dafny file.", show_default=False)]
Budget = Annotated[
    float, typer.Option("--effort", metavar="SECONDS", min=0.1, help="Effort for one method in one call of Dafny.")
]


@app.command()
def verify(
    file: File,
    effort: Budget = 10.0,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Prove a Dafny file, finding the hints it lacks.

    Asks Dafny; where it fails, proposes loop invariants, measures and assertions without a language model, lets Dafny
    weed them out, and writes the annotated file, compared word by word with yours, with its certificate into a folder.
    """
    with one_line_errors():
        from ...jobs import verify as job
        from ...prove.hints.dafny_hints import DafnyHints
        from ...subjects.dafny.dafny_program import read_dafny

        subject = read_dafny(file)
        run = Run(output or Path(f"{subject.name}_verified"), open_report, quiet, resume)
        method = DafnyHints(effort_seconds=effort)
        run.finish(lambda **given: job.open_dafny(subject, seed=seed, method=method, **given))

"""`pellucid stego`: messages in, what they carry for their receiver that nobody else can read out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ..app import GUARANTEES, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run

Messages = Annotated[
    Path, typer.Argument(metavar="MESSAGES", help="A table with a row for each message.", show_default=False)
]
Signal = Annotated[str, typer.Option(metavar="COLUMN", help="What was written.")]
State = Annotated[str, typer.Option(metavar="COLUMN", help="The answer that it should help to find.")]
Key = Annotated[str, typer.Option(metavar="COLUMN", help="What only the receiver has; without it no gap can be seen.")]


@app.command(rich_help_panel=GUARANTEES)
def stego(
    messages: Messages,
    signal: Signal = "signal",
    state: State = "state",
    key: Key = "",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Measure what messages carry for a receiver with a key that a sentinel without it cannot use.

    Usable information is how much more often the right answer is found than by the best constant one. Policies are
    learned on one half of the rows and valued on the other. A gap is one to these sentinels; a stronger one may close
    it.
    """
    with one_line_errors("give fewer rows"):
        from ...jobs.stego import open_signals
        from ...subjects.tables.signals import read_signals

        subject = read_signals(messages, signal=signal, state=state, key=key)
        run = Run(output or Path(f"{messages.stem}_stego"), open_report, quiet, resume)
        run.finish(partial(open_signals, subject, seed=seed))

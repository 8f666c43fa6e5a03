"""`pellucid complexity`: the checkpoints of a network in; how complex its function is at each, out."""

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
        metavar="CHECKPOINTS",
        help="A folder of weights (.safetensors, .pt of a state_dict) with the step in their names.",
        show_default=False,
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(metavar="TABLE", help="Rows of the training data, or .npz with inputs, targets.", show_default=False),
]
Test = Annotated[Path | None, typer.Option(metavar="TABLE", help="Held-out rows of the same kind.")]
Target = Annotated[str, typer.Option(metavar="COLUMN", help="What is predicted; whole numbers are classes.")]
Model = Annotated[
    str | None,
    typer.Option(metavar="FILE.py:NAME", help="A function that makes the network (it is run); else linear layers."),
]
Activation = Annotated[str, typer.Option(metavar="NAME", help="Between linear layers: relu, tanh, gelu, silu.")]
Loss = Annotated[str | None, typer.Option(metavar="NAME", help="cross_entropy or squares.")]
Rows = Annotated[int, typer.Option(min=0, help="Rows that learning coefficients are made on; 0: none are made.")]
Localization = Annotated[
    float | None, typer.Option(help="Pull of the draws back to a checkpoint; by default one that keeps them near it.")
]


@app.command(rich_help_panel=TRAINING)
def complexity(
    checkpoints: Folder,
    data: Data = None,
    test: Test = None,
    target: Target = "",
    model: Model = None,
    activation: Activation = "relu",
    loss: Loss = None,
    rows: Rows = 500,
    localization: Localization = None,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Measure how complex a network's function is, checkpoint by checkpoint.

    Linear mapping numbers (how many linear maps it is worth) and local learning coefficients (how many directions of
    its weights matter), with their errors, beside losses and the norm of the weights.
    """
    with one_line_errors():
        from ...jobs import complexity as job
        from ...learn import CheckpointComplexity

        subject = job.find_checkpoints(
            checkpoints, data, test, target=target, model=model, activation=activation, loss=loss
        )
        method = CheckpointComplexity(rows=rows, localization=localization)
        run = Run(output or Path(f"complexity-{subject.name}"), open_report, quiet, resume)

        def open_folder(**given: Any) -> Finding[Any]:
            return job.open_complexity(subject, method, seed=seed, **given)

        run.finish(open_folder)

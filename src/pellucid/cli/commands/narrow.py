"""`pellucid narrow`: a network and a table of its skills in, a smaller network with one of them out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import NETWORKS, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Network = Annotated[
    Path,
    typer.Argument(metavar="NETWORK", help="Weights (.safetensors, .pt of a state_dict) of linear layers, or of what "
                   "--code names.", show_default=False),
]  # fmt: skip
Data = Annotated[
    Path,
    typer.Argument(metavar="TABLE", help="Rows of its inputs, with the class wanted for each.", show_default=False),
]
Keep = Annotated[str, typer.Option(metavar="A", help="The skill, or classes by commas, to keep.", show_default=False)]
Forget = Annotated[
    str | None,
    typer.Option(metavar="B", help="Skills, or classes, by commas, to forget; by default all others.",
                 show_default=False),
]  # fmt: skip
SkillColumn = Annotated[
    str | None,
    typer.Option("--skill", metavar="NAME", help="The column that says of which skill a row is; by default the target: "
                 "a skill is to tell some classes apart.", show_default=False),
]  # fmt: skip
Target = Annotated[
    str, typer.Option(metavar="NAME", help="The column of classes 0, 1, ...; by default y, or the last.")
]
Code = Annotated[
    str | None,
    typer.Option(metavar="FILE.py:NAME", help="Your own module, or what makes one, for the weights; it is run."),
]
Activation = Annotated[
    str | None, typer.Option(metavar="NAME", help="relu, gelu, silu or tanh; by default the one that does best.")
]
Whole = Annotated[
    bool, typer.Option("--whole", help="The rows are all inputs that there are: what holds for each holds for all.")
]


@app.command(rich_help_panel=NETWORKS)
def narrow(
    network: Network,
    data: Data,
    keep: Keep,
    forget: Forget = None,
    skill: SkillColumn = None,
    target: Target = "",
    code: Code = None,
    activation: Activation = None,
    whole: Whole = False,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Cut a network down to the neurons that one skill needs, and say what is left of its other skills.

    A group lasso finds the neurons. Beside the smaller network stand others of its size (neurons by scores, at random,
    new weights), and each forgotten skill is trained again to see whether it was gone or only hidden. Writes weights
    and report into a folder.
    """
    with one_line_errors():
        from ...jobs.narrow import find_narrow, open_skills
        from ...jobs.sources import source

        model = f"{network},{code}" if code else str(network)
        options = {"model": model, "keep": keep, "forget": forget, "skill": skill, "target": target or None,
                   "activation": activation, "whole": whole or None}  # fmt: skip
        told = source("narrow", str(data), **options)
        run = Run(output or Path(f"{network.stem}_narrow"), open_report, quiet, resume, told)
        given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        subject = open_skills(data, seed, **given)

        def open_subject(**told: Any) -> Finding[Any]:
            return find_narrow(subject, seed=seed, **told)

        run.finish(open_subject)

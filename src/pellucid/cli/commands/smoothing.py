"""`pellucid smoothing`: whether a field equation can carry a generative model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import EQUATIONS, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Equation = Annotated[
    str,
    typer.Argument(
        metavar="EQUATION", help='One linear equation of one field: "u_tt + u_xx + u_yy = u".', show_default=False
    ),
]


@app.command(rich_help_panel=EQUATIONS)
def smoothing(
    equation: Equation,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Say whether a field equation smooths ripples away and keeps densities, as generative models need.

    From its dispersion relation, proved of all wave numbers, or refuted with one. Writes verdict, proofs and report.
    """
    with one_line_errors():
        from ...jobs.smoothing import open_smoothing
        from ...subjects.equations.field_equations import FieldEquations

        subject = FieldEquations.parse(equation)
        run = Run(output or Path("smoothing"), open_report, quiet, resume)

        def open_subject(**given: Any) -> Finding[Any]:
            return open_smoothing(subject, **given)

        run.finish(open_subject)

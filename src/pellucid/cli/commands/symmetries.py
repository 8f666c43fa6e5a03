"""`pellucid symmetries`: equations in, what maps their solutions to solutions out, each proved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import EQUATIONS, app
from ..errors import one_line_errors
from ..options import (
    Assume,
    ListSystems,
    Open,
    Output,
    Parameters,
    Positive,
    Quiet,
    Resume,
    Seed,
    Special,
    named,
    split_list,
)
from ..running import Run, fail_if_refuted

if TYPE_CHECKING:
    from ...core import Finding

System = Annotated[
    str | None,
    typer.Argument(
        metavar="SYSTEM",
        help="A built-in system (see --list), a TOML file with a table [equations], or equations: \"x' = v; v' = "
        '-k*x" for motion, "u_t = 6*u*u_x - u_xxx" for a field.',
        show_default=False,
    ),
]
Degree = Annotated[int, typer.Option(min=0, help="Highest degree of the generators' components.")]
FirstOrder = Annotated[bool, typer.Option("--first-order", help="Do not read x' = v, v' = F as one equation for x.")]


@app.command(rich_help_panel=EQUATIONS)
def symmetries(
    system: System = None,
    list_systems: ListSystems = False,
    parameters: Parameters = None,
    degree: Degree = 2,
    first_order: FirstOrder = False,
    assume: Assume = None,
    positive: Positive = False,
    special: Special = None,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Find and prove every Lie point symmetry of equations.

    Vector fields with polynomial components that move solutions to solutions, all there are up to a degree, with
    their commutators; and values of symbolic parameters at which there are more. Writes them, their proofs and a
    report into a folder.
    """
    with one_line_errors():
        from ...jobs import symmetries as job
        from ...jobs.subjects.equations import find_system

        subject = find_system(named(system), parameters=split_list(parameters, ",;"))
        folder = output or Path(f"{'' if subject.name == 'laws' else f'{subject.name}_'}symmetries")
        run = Run(folder, open_report, quiet, resume)
        options = {"degree": degree, "first_order": first_order, "seed": seed, "positive": positive}
        options |= {"assume": split_list(assume, ",;"), "special": 2 if special is None else special}

        def open_subject(**given: Any) -> Finding[Any]:
            return job.open_symmetries(subject, **options, **given)

        fail_if_refuted(run.finish(open_subject))

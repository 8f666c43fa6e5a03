"""`pellucid laws`: equations in, conserved quantities out, each proved."""

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
    from ...jobs.subjects.equations import NamedEquations

System = Annotated[
    str | None,
    typer.Argument(
        metavar="SYSTEM",
        help="A built-in system (see --list), a TOML file with a table [equations], trajectories (.csv with "
        "columns t, the variables, and trajectory where there are several; or .npz), or equations: \"x' = v; v' = "
        '-k*x" for motion, "u_t = 6*u*u_x - u_xxx" for a field; or reactions: "E + S <-> C; C -> E + P", a text '
        "file of such lines, or SBML (.xml).",
        show_default=False,
    ),
]
Constraints = Annotated[
    str | None, typer.Option(metavar="EXPRESSIONS", help="What is 0 on the orbits, separated by semicolons.")
]
Degree = Annotated[
    int | None, typer.Option(min=1, help="Highest degree of the polynomials (4, or what suits a built-in system).")
]
Order = Annotated[int | None, typer.Option(min=0, help="Highest derivative in the densities of a field equation (2).")]
Basis = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,...",
        help='What the polynomials are in: "x, y, 1/sqrt(x**2 + y**2)"; by default the variables and every root, '
        "sine, exponential and logarithm in the equations.",
    ),
]

Explicit = Annotated[
    bool, typer.Option("--explicit", help="Densities of a field equation may hold t and x themselves, such as x*u.")
]
Inputs = Annotated[
    str | None,
    typer.Option(
        "--input",
        metavar="COLUMNS",
        help="Columns of a table, separated by commas, that drive the system and are not explained.",
    ),
]
Columns = Annotated[
    str | None, typer.Option("--variables", metavar="COLUMNS", help="The columns of a table that are its variables.")
]
Time = Annotated[str | None, typer.Option("--time", metavar="COLUMN", help="The column of times (t or time).")]
Label = Annotated[
    str | None, typer.Option("--trajectory", metavar="COLUMN", help="The column that tells trajectories apart.")
]
MissingRows = Annotated[
    str | None,
    typer.Option(
        "--missing",
        metavar="drop|refuse|NUMBER",
        help="What becomes of rows in which a value is missing: left out where they are few (by default), drop, or "
        "refuse. Numbers such as -999, separated by commas, stand for missing values.",
    ),
]
Terms = Annotated[
    str | None,
    typer.Option("--term", metavar="A;B;...", help='What equations of trajectories may hold as well: "v*abs(v)".'),
]
Known = Annotated[
    str | None,
    typer.Option(
        "--known",
        metavar="EQUATIONS",
        help="What is known of the equations of trajectories: \"x' = v; v' = -9.81*sin(x) + ...\", three dots for what "
        "is to be found.",
    ),
]
Signs = Annotated[
    str | None,
    typer.Option(
        "--sign",
        metavar="A;B;...",
        help="Signs that coefficients in the equations of trajectories have, such as \"v': v <= 0; N': N**2 <= 0\" for "
        "friction and crowding.",
    ),
]
Ensembles = Annotated[
    int,
    typer.Option(
        "--ensemble", metavar="N", min=0, help="Draw the samples N times again, and say how often each term is chosen."
    ),
]
Sort = Annotated[bool, typer.Option("--sort", help="Rows without a trajectory are one, whatever their order.")]


@app.command(rich_help_panel=EQUATIONS)
def laws(
    system: System = None,
    list_systems: ListSystems = False,
    parameters: Parameters = None,
    constraints: Constraints = None,
    degree: Degree = None,
    order: Order = None,
    basis: Basis = None,
    explicit: Explicit = False,
    assume: Assume = None,
    positive: Positive = False,
    special: Special = None,
    variables: Columns = None,
    inputs: Inputs = None,
    time: Time = None,
    trajectory: Label = None,
    missing: MissingRows = None,
    sort: Sort = False,
    terms: Terms = None,
    known: Known = None,
    signs: Signs = None,
    ensembles: Ensembles = 0,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Find and prove every conserved quantity of equations.

    Polynomial invariants of equations of motion, conserved densities with their fluxes of field equations: all there
    are up to a degree, exactly. Trajectories are turned into equations first, with their uncertainties, and what is
    found is tested on trajectories that were kept aside. Writes formulas, Python, LaTeX, orbits, proofs and report
    into a folder.
    """
    with one_line_errors():
        from ...jobs import laws as job

        table = {"variables": variables, "inputs": inputs, "time": time, "trajectory": trajectory, "missing": missing}
        subject, told = _found(named(system), parameters, constraints, {**table, "sort": sort})
        run = Run(output or Path(subject.name), open_report, quiet, resume, told)
        lists = {"basis": split_list(basis, ",;"), "assume": split_list(assume, ",;")}
        lists |= {"terms": split_list(terms, ";"), "known": split_list(known, ";"), "signs": split_list(signs, ";")}
        numbers = {"degree": degree, "order": order, "ensembles": ensembles, "special": special, "seed": seed}

        def open_subject(**given: Any) -> Finding[Any]:
            return job.open_laws(subject, explicit=explicit, positive=positive, **numbers, **lists, **given)

        fail_if_refuted(run.finish(open_subject, job.latex_files))


def _found(
    system: str, parameters: str | None, constraints: str | None, table: dict[str, Any]
) -> tuple[NamedEquations, dict[str, Any]]:
    """What SYSTEM stands for; and what the provenance says of it, with how a table is read."""
    from ...jobs.sources import source
    from ...jobs.subjects.equations import find_system
    from ...subjects.equations.trajectory_files import TableReading

    subject = find_system(
        system,
        parameters=split_list(parameters, ",;"),
        constraints=split_list(constraints, ";"),
        reading=TableReading.of_words(**table),
    )
    return subject, source("laws", system, **{**table, "sort": table["sort"] or None})

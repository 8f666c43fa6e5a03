"""The command `laws`: equations in, conserved quantities out, each proved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import terminal
from .commands import fail_if_refuted, one_line_errors, refuse_foreign, run_job, show
from .options import Open, Output, Quiet, Resume, Seed

if TYPE_CHECKING:
    from ..core import Finding


def laws(
    system: Annotated[
        str | None,
        typer.Argument(
            metavar="SYSTEM",
            help="A built-in system (see --list), a TOML file with a table [equations], trajectories (.csv with "
            "columns t, the variables, and trajectory where there are several; or .npz), or equations: \"x' = v; v' = "
            '-k*x" for motion, "u_t = 6*u*u_x - u_xxx" for a field.',
            show_default=False,
        ),
    ] = None,
    list_systems: Annotated[bool, typer.Option("--list", help="Show every built-in system and exit.")] = False,
    parameters: Annotated[
        str | None, typer.Option(metavar="K,M,...", help="Constants in written equations; they stay symbols.")
    ] = None,
    constraints: Annotated[
        str | None, typer.Option(metavar="EXPRESSIONS", help="What is 0 on the orbits, separated by semicolons.")
    ] = None,
    degree: Annotated[
        int | None, typer.Option(min=1, help="Highest degree of the polynomials (4, or what suits a built-in system).")
    ] = None,
    order: Annotated[
        int | None, typer.Option(min=0, help="Highest derivative in the densities of a field equation (2).")
    ] = None,
    basis: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help='What the polynomials are in: "x, y, 1/sqrt(x**2 + y**2)"; by default the variables and every root, '
            "sine, exponential and logarithm in the equations.",
        ),
    ] = None,
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
        from ..jobs import laws as job
        from ..jobs.equations import find_system
        from ..jobs.equations import list_systems as built_in

        if list_systems:
            terminal.show_pairs(built_in())
            return
        if system is None:
            raise ValueError("no SYSTEM given; name a built-in system (see --list) or a file, or write equations")
        subject = find_system(system, parameters=split(parameters, ",;"), constraints=split(constraints, ";"))
        folder = output or Path(subject.name)
        refuse_foreign(folder)
        options = {"degree": degree, "order": order, "basis": split(basis, ",;"), "seed": seed}

        def open_subject(**given: Any) -> Finding[Any]:
            return job.open_laws(subject, **options, **given)

        finding = run_job(open_subject, folder, quiet=quiet, resume=resume, extra=job.latex_files)
        show(finding, folder, quiet, open_report)
        fail_if_refuted(finding)


def split(text: str | None, marks: str) -> tuple[str, ...]:
    """The parts of a list, where a comma within brackets parts nothing.

    >>> split("x, atan2(y, x); 1/x", ",;")
    ('x', 'atan2(y, x)', '1/x')
    """
    parts, depth = [""], 0
    for letter in text or "":
        depth += (letter in "([") - (letter in ")]")
        if letter in marks and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return tuple(part.strip() for part in parts if part.strip())

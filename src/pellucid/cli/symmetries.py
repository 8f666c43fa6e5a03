"""The commands `symmetries` and `families`: what maps solutions to solutions, and which equations conserve much."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import terminal
from .commands import fail_if_refuted, one_line_errors, refuse_foreign, run_job, show
from .laws import split
from .options import Open, Output, Quiet, Resume, Seed

if TYPE_CHECKING:
    from ..core import Finding


def symmetries(
    system: Annotated[
        str | None,
        typer.Argument(
            metavar="SYSTEM",
            help="A built-in system (see --list), a TOML file with a table [equations], or equations: \"x' = v; v' = "
            '-k*x" for motion, "u_t = 6*u*u_x - u_xxx" for a field.',
            show_default=False,
        ),
    ] = None,
    list_systems: Annotated[bool, typer.Option("--list", help="Show every built-in system and exit.")] = False,
    parameters: Annotated[
        str | None, typer.Option(metavar="K,M,...", help="Constants in written equations; they stay symbols.")
    ] = None,
    degree: Annotated[int, typer.Option(min=0, help="Highest degree of the generators' components.")] = 2,
    first_order: Annotated[
        bool, typer.Option("--first-order", help="Do not read x' = v, v' = F as one equation for x.")
    ] = False,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Find and prove every Lie point symmetry of equations.

    Vector fields with polynomial components that move solutions to solutions, all there are up to a degree, with
    their commutators. Writes them, their proofs and a report into a folder.
    """
    with one_line_errors():
        from ..jobs import equations as systems
        from ..jobs import symmetries as job

        if list_systems:
            terminal.show_pairs(systems.list_systems())
            return
        if system is None:
            raise ValueError("no SYSTEM given; name a built-in system (see --list) or a file, or write equations")
        subject = systems.find_system(system, parameters=split(parameters, ",;"))
        folder = output or Path(f"{'' if subject.name == 'laws' else f'{subject.name}_'}symmetries")
        options = {"degree": degree, "first_order": first_order, "seed": seed}

        def open_subject(**given: Any) -> Finding[Any]:
            return job.open_symmetries(subject, **options, **given)

        _finish(open_subject, folder, open_report, quiet, resume)


def families(
    monomials: Annotated[
        str | None,
        typer.Argument(
            metavar="MONOMIALS",
            help='What the equations u_t = c1*m1 + c2*m2 + ... are made of: "u*u_x, u_xx, u_xxx, u_x**3"; by default '
            "all monomials in u, ..., u_xxx up to degree 3 but u_x, which takes minutes.",
            show_default=False,
        ),
    ] = None,
    order: Annotated[int, typer.Option(min=0, help="Highest derivative in the densities.")] = 3,
    degree: Annotated[int, typer.Option(min=1, help="Highest degree of the densities.")] = 4,
    minimum: Annotated[int, typer.Option(min=1, help="Families with fewer densities are left out.")] = 2,
    starts: Annotated[int, typer.Option(min=0, help="Ascents of the soft count; 0: only the exact search.")] = 128,
    terms: Annotated[int, typer.Option(min=0, help="Terms of equations that are counted exactly; 0: none.")] = 3,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Find equations that conserve much: integrable families, each proved.

    Coefficients are found by ascending the number of conserved densities, and exactly. Writes the families, their
    densities with fluxes, the proofs and a report into a folder.
    """
    with one_line_errors():
        from ..discover import OptPDE
        from ..jobs.families import open_families
        from ..subjects.equations.pde_family import PdeFamily

        family = PdeFamily.all() if monomials is None else PdeFamily.parse(monomials)
        method = OptPDE(order=order, degree=degree, minimum=minimum, starts=starts, terms=terms)

        def open_subject(**given: Any) -> Finding[Any]:
            return open_families(family, method=method, seed=seed, **given)

        _finish(open_subject, output or Path("families"), open_report, quiet, resume)


def _finish(open_subject: Any, folder: Path, open_report: bool | None, quiet: bool, resume: bool) -> None:
    refuse_foreign(folder)
    finding = run_job(open_subject, folder, quiet=quiet, resume=resume)
    show(finding, folder, quiet, open_report)
    fail_if_refuted(finding)

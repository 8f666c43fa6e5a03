"""`pellucid families`: which equations made of some monomials conserve much, each proved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import EQUATIONS, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run, fail_if_refuted

if TYPE_CHECKING:
    from ...core import Finding

Monomials = Annotated[
    str | None,
    typer.Argument(
        metavar="MONOMIALS",
        help='What the equations u_t = c1*m1 + c2*m2 + ... are made of: "u*u_x, u_xx, u_xxx, u_x**3"; by default '
        "all monomials in u, ..., u_xxx up to degree 3 but u_x, which takes minutes.",
        show_default=False,
    ),
]
Order = Annotated[int, typer.Option(min=0, help="Highest derivative in the densities.")]
Degree = Annotated[int, typer.Option(min=1, help="Highest degree of the densities.")]
Minimum = Annotated[int, typer.Option(min=1, help="Families with fewer densities are left out.")]
Starts = Annotated[int, typer.Option(min=0, help="Ascents of the soft count; 0: only the exact search.")]
Terms = Annotated[int, typer.Option(min=0, help="Terms of equations that are counted exactly; 0: none.")]


@app.command(rich_help_panel=EQUATIONS)
def families(
    monomials: Monomials = None,
    order: Order = 3,
    degree: Degree = 4,
    minimum: Minimum = 2,
    starts: Starts = 128,
    terms: Terms = 3,
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
        from ...discover import OptPDE
        from ...jobs.families import open_families
        from ...subjects.equations.pde_family import PdeFamily

        family = PdeFamily.all() if monomials is None else PdeFamily.parse(monomials)
        method = OptPDE(order=order, degree=degree, minimum=minimum, starts=starts, terms=terms)
        run = Run(output or Path("families"), open_report, quiet, resume)

        def open_subject(**given: Any) -> Finding[Any]:
            return open_families(family, method=method, seed=seed, **given)

        fail_if_refuted(run.finish(open_subject))

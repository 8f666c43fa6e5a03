"""`pellucid oversee`: games between weak overseers and strong systems in, how likely oversight holds out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import GUARANTEES, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run, fail_if_refuted

if TYPE_CHECKING:
    from ...core import Finding

Table = Annotated[
    Path,
    typer.Argument(
        metavar="GAMES",
        help="A table with columns guard, houdini, wins (of the guard), played, guard_elo, houdini_elo.",
        show_default=False,
    ),
]
From = Annotated[
    float | None,
    typer.Option("--from", metavar="ELO", help="The overseer's general rating; the weakest guard's if none."),
]
Gap = Annotated[float, typer.Option(metavar="ELO", help="How much stronger the system is that is to be overseen.")]
Levels = Annotated[int, typer.Option(min=1, max=100, help="The most levels between the two.")]
Shape = Annotated[str, typer.Option(metavar="FORM", help="auto, line, 'cut above', 'cut below' or 'double ReLU'.")]
Draws = Annotated[int, typer.Option(min=2, help="How often games are drawn again, for the intervals.")]


@app.command(rich_help_panel=GUARANTEES)
def oversee(
    games: Table,
    start: From = None,
    gap: Gap = 400.0,
    levels: Levels = 20,
    curve: Shape = "auto",
    draws: Draws = 200,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """How likely weak overseers hold a stronger system, from games.

    Ratings of each player in both roles, a curve of each over general ability, and the best levels between overseer and
    system; with intervals for other games, other players and other forms of the curves, and a word where the curves are
    drawn out beyond all players.
    """
    with one_line_errors():
        from ...jobs import oversee as job
        from ...subjects.tables.games import read_games

        subject = read_games(games)
        run = Run(output or Path(f"oversee-{games.stem}"), open_report, quiet, resume)
        settings = {"start": start, "gap": gap, "max_levels": levels, "curve": curve, "draws": draws}

        def open_subject(**given: Any) -> Finding[Any]:
            return job.open_games(subject, seed=seed, **settings, **given)

        fail_if_refuted(run.finish(open_subject))

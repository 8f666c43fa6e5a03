"""`pellucid guarantee`: bounds on what a policy does in a known world, each with a certificate."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ..app import GUARANTEES, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run, fail_if_refuted

World = Annotated[
    Path,
    typer.Argument(
        metavar="WORLD",
        help='A world: .json, {"start": s, "transitions": {s: {action: {t: 0.9, u: 0.1}}}, "labels": {"lava": [u]}}; '
        "or .tra with .lab, .sta and .srew beside it, as PRISM exports them; or logs, a table with a row for each "
        "step: state, action (where there is a choice), next, run.",
        show_default=False,
    ),
]
Reach = Annotated[str, typer.Option(metavar="NAMES", help="Labels or states that are to be reached.")]
Avoid = Annotated[str, typer.Option(metavar="NAMES", help="Labels or states that are to be avoided.")]
AtMost = Annotated[str, typer.Option("--at-most", metavar="P", help="The bound that is asked for: 0.03 or 3/100.")]
AtLeast = Annotated[str, typer.Option("--at-least", metavar="P", help="The same, from below.")]
Within = Annotated[int | None, typer.Option(metavar="STEPS", help="Only so many steps count.", show_default=False)]
Cost = Annotated[bool, typer.Option("--cost", help="The expected cost until what is reached, instead of how likely.")]
Best = Annotated[bool, typer.Option("--best", help="Some policy is enough: the best one is found and written.")]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="The policy: .json {state: action}, a program.py that reads numbers and yields actions, or the folder of "
        "a finding with a program. By default, every policy.",
        show_default=False,
    ),
]
Confidence = Annotated[str, typer.Option(metavar="P", help="Of logs: how sure the bound is to hold.")]
KnownMoves = Annotated[
    bool, typer.Option("--known-moves", help="Of logs: nothing can happen but what was logged. Else that is bounded.")
]
Start = Annotated[str, typer.Option(metavar="STATE", help="Of logs: where it begins; by default as the first row.")]
Normalise = Annotated[bool, typer.Option("--normalise", help="Divide probabilities by their sum where it is not 1.")]


@app.command(rich_help_panel=GUARANTEES)
def guarantee(
    world: World,
    avoid: Avoid = "",
    reach: Reach = "",
    at_most: AtMost = "",
    at_least: AtLeast = "",
    within: Within = None,
    cost: Cost = False,
    policy: PolicyFile = None,
    best: Best = False,
    normalise: Normalise = False,
    confidence: Confidence = "0.95",
    known_moves: KnownMoves = False,
    start: Start = "",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Bound how likely a rule is broken in a known world.

    The world is a Markov chain, a decision process, or one with intervals for probabilities. The bound holds for every
    policy, or for the one that is given; it comes with a vector of fractions, and a checker of a hundred lines that
    needs nothing but Python. From logs, it holds with a confidence for the world that was logged. A rule that does not
    hold is refuted with the likeliest path on which it is broken.
    """
    with one_line_errors("give a smaller world"):
        from ...algebra.markov.rule import rule_of
        from ...jobs.guarantee import open_logs, open_world
        from ...jobs.sources import source
        from ...jobs.subjects.worlds import LogOptions, find_world, is_logs
        from ...subjects.worlds.world_logs import read_logs

        rule = rule_of(
            reach=reach, avoid=avoid, at_most=at_most, at_least=at_least, within=within, cost=cost, best=best
        )
        asked = at_most or at_least
        told = source("guarantee", str(world), policy=str(policy or ""), normalise=normalise)
        if is_logs(world):
            logs, options = read_logs(world), LogOptions(confidence, known_moves, start)
            opened = partial(open_logs, logs, rule, policy=policy, options=options)
        else:
            opened = partial(open_world, find_world(world, policy, normalise=normalise), rule)
        run = Run(output or Path(f"{world.stem}_guarantee"), open_report, quiet, resume, told)
        fail_if_refuted(run.finish(partial(opened, asked=asked, seed=seed)))

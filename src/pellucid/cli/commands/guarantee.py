"""`pellucid guarantee`: bounds on what a policy does in a known world, each with a certificate."""

from __future__ import annotations

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
        "or .tra with .lab, .sta and .srew beside it, as PRISM exports them.",
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
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Bound how likely a rule is broken in a known world.

    The world is a Markov chain, a decision process, or one with intervals for probabilities. The bound holds for every
    policy, or for the one that is given; it comes with a vector of fractions, and a checker of a hundred lines that
    needs nothing but Python. A rule that does not hold is refuted with the likeliest path on which it is broken.
    """
    with one_line_errors("give a smaller world"):
        from ...algebra.markov.rule import rule_of
        from ...jobs.guarantee import open_world
        from ...jobs.sources import source
        from ...jobs.subjects.worlds import find_world

        rule = rule_of(
            reach=reach, avoid=avoid, at_most=at_most, at_least=at_least, within=within, cost=cost, best=best
        )
        subject = find_world(world, policy, normalise=normalise)
        told = source("guarantee", str(world), policy=str(policy or ""), normalise=normalise)
        run = Run(output or Path(f"{world.stem}_guarantee"), open_report, quiet, resume, told)
        asked = at_most or at_least
        fail_if_refuted(run.finish(lambda **given: open_world(subject, rule, asked=asked, seed=seed, **given)))

"""`pellucid algorithm`: a network on pairs of symbols in, the algorithm that it runs out."""

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
    typer.Argument(
        metavar="NETWORK",
        help="Weights (.safetensors, .pt of a state_dict), TorchScript, or logits: .npy (n, n, n), or .csv with a, b "
        "and a logit of each answer in a row.",
        show_default=False,
    ),
]
Size = Annotated[int | None, typer.Option(help="How many symbols there are; by default as many as answers.")]
Target = Annotated[
    str | None,
    typer.Option(metavar="ANSWERS", help="What it should answer: 'a*b + 1' (modulo n), or a table (.csv, .npy)."),
]
Code = Annotated[
    str | None,
    typer.Option(metavar="FILE.py:NAME", help="Your own module, or what makes one, for the weights; it is run."),
]
Activation = Annotated[
    str | None, typer.Option(metavar="NAME", help="relu, gelu, silu or tanh; by default the one that makes sense.")
]
Rate = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="Attention is rate * softmax + (1 - rate); by default, 1 or else 0 is tried."),
]
Embedding = Annotated[
    str | None, typer.Option(metavar="PATH", help="The module in --code that embeds symbols, or both: 'left,right'.")
]


@app.command(rich_help_panel=NETWORKS)
def algorithm(
    network: Network,
    size: Size = None,
    target: Target = None,
    code: Code = None,
    activation: Activation = None,
    attention_rate: Rate = None,
    embedding: Embedding = None,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Say which algorithm a network on two symbols has learnt: clock, pizza, characters, or none of these.

    Runs it on every pair, finds the group behind its answers, tries each circle of its embeddings by itself, and puts
    its logits into a formula that is proved to give the answers. Writes mechanism and report into a folder.
    """
    with one_line_errors():
        from ...jobs.algorithm import find_algorithm, open_operation
        from ...jobs.sources import source

        options = {"size": size, "code": code, "activation": activation, "embedding": embedding, "target": target,
                   "attention_rate": attention_rate}  # fmt: skip
        told = source("algorithm", str(network), **options)
        run = Run(output or Path(f"{network.stem}_algorithm"), open_report, quiet, resume, told)
        given = {name: value for name, value in options.items() if value is not None}
        operation = open_operation(network, seed, **given)

        def open_subject(**told: Any) -> Finding[Any]:
            return find_algorithm(operation, seed=seed, **told)

        run.finish(open_subject)

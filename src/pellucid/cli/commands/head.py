"""`pellucid head`: a family of prompts in, the program that a head or the whole model computes on them out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors
from ..options import Device, Dtype, ModelName, Open, Output, Quiet, Resume, Seed
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Prompt = Annotated[
    str, typer.Option(metavar="TEXT", help='With slots for words, such as "{a} {b} {a}"; all combinations are run.')
]
Words = Annotated[str, typer.Option(metavar="A,B,...", help="What goes into the slots: words, 0..9, or a..z.")]
Answers = Annotated[
    str | None,
    typer.Option(metavar="A,B,...", help="The likeliest of these is taken; the words by default.", show_default=False),
]  # fmt: skip
Heads = Annotated[
    str,
    typer.Option(
        metavar="LAYER.HEAD,...",
        help="Whose answers: one head, several together, or model for all of it; by default the head with the shortest "
        "program.",
        show_default=False,
    ),
]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def head(
    model: ModelName,
    prompt: Prompt = "{a}",
    words: Words = "a..z",
    answers: Answers = None,
    heads: Heads = "",
    dtype: Dtype = "float32",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Write what an attention head computes as a program.

    Runs every prompt, takes what the head says by itself (or heads together, or the whole model), and looks for the
    shortest program of it, beside random orders of the answers and the model's other heads.
    """
    with one_line_errors():
        from ...jobs import head as job

        given = job.read_words(words)
        wanted = job.read_words(answers) if answers else ()
        if heads and heads != job.WHOLE:
            job.read_heads(heads)
        run = Run(output or Path(f"head-{heads or 'best'}"), open_report, quiet, resume)

        def open_subject(**kept: Any) -> Finding[Any]:
            from ...look.layers.prompt_functions import prompt_functions
            from ...subjects.models.loading.load_model import load_model

            opened = load_model(model, dtype=dtype, device=device)
            asked = prompt_functions(opened, prompt, given, wanted)
            return job.open_head(asked, heads, model=Path(model).name, prompt=prompt, seed=seed, **kept)

        run.finish(open_subject)

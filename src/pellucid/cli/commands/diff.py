"""`pellucid diff`: what a tuned model has that its base has not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors
from ..options import Device, Dtype, Length, Open, Output, Quiet, Resume, Seed, Text, TextColumn
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Base = Annotated[str, typer.Argument(metavar="BASE", help="The model before: a folder or a name.", show_default=False)]
Tuned = Annotated[
    str, typer.Argument(metavar="TUNED", help="The model that was made of it, with its tokens.", show_default=False)
]
Layer = Annotated[
    str | None, typer.Option(metavar="NUMBER", help="Which layer of both (the middle one).", show_default=False)
]
Width = Annotated[int, typer.Option(min=1, help="How many latents the crosscoder has.")]
K = Annotated[int, typer.Option("--k", min=1, help="How many of them fire at a token, on average.")]
Tokens = Annotated[int, typer.Option(min=1, help="How much text is run through both.")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def diff(
    base: Base,
    tuned: Tuned,
    text: Text = None,
    column: TextColumn = "text",
    layer: Layer = None,
    width: Width = 2048,
    k: K = 32,
    tokens: Tokens = 100_000,
    length: Length = 128,
    dtype: Dtype = "fastest",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Find what a tuned model has that its base has not: one crosscoder of a layer of both.

    A latent of one model alone is tested on held-out text: does the other hold it all the same? Beside the counts
    stands what is found where there is nothing to find. Writes the comparison and a report into a folder.
    """
    with one_line_errors("lower --width, --length or --tokens, or give --dtype bfloat16"):
        from ...jobs.audits.diff import diff_models
        from ...jobs.dictionary_choice import refuse_settings
        from ...jobs.subjects.corpus import find_corpus
        from ...look.diffing.model_diffing import ModelDiffing
        from ...subjects.models.loading.load_model import load_model

        refuse_settings(width, k, 1, tokens, length)
        run = Run(output or Path(f"{Path(base).name}_{Path(tuned).name}_diff"), open_report, quiet, resume)
        corpus = find_corpus(text, tokens=tokens, seed=seed, column=column)
        first, second = (load_model(name, dtype=dtype, device=device) for name in (base, tuned))

        def open_subject(**given: Any) -> Finding[Any]:
            method = ModelDiffing(width=width, k=k)
            where: dict[str, Any] = {"layer": layer, "method": method, "tokens": tokens, "length": length, "seed": seed}
            return diff_models(first, second, corpus, **where, **given)

        run.finish(open_subject)

"""`pellucid transcoders`: a transcoder for each layer of a language model, which `pellucid graph` draws with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors
from ..options import Device, Dtype, Length, ModelName, Open, Output, Quiet, Resume, Seed, Text, TextColumn
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Width = Annotated[int, typer.Option(min=1, help="How many features each layer's transcoder has.")]
K = Annotated[int, typer.Option("--k", min=1, help="How many of them fire at a token.")]
Tokens = Annotated[int, typer.Option(min=1, help="How much text is run through the model.")]
Steps = Annotated[int, typer.Option(min=1, help="Steps of training, of 1,024 tokens each, for each layer.")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def transcoders(
    model: ModelName,
    text: Text = None,
    column: TextColumn = "text",
    width: Width = 4096,
    k: K = 32,
    tokens: Tokens = 60_000,
    length: Length = 128,
    steps: Steps = 400,
    dtype: Dtype = "fastest",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Train a transcoder for every layer of a language model, for `pellucid graph`.

    Each stands for a layer's feed-forward part by sparse features; says what the model loses with all of them in place.
    An interrupted run goes on with --resume.
    """
    with one_line_errors("lower --width or --tokens, or give --dtype bfloat16"):
        from ...jobs.subjects.corpus import find_corpus
        from ...jobs.transcoders import train_transcoders
        from ...subjects.models.loading.load_model import load_model

        run = Run(output or Path(f"{Path(model).name}_transcoders"), open_report, quiet, resume)
        corpus = find_corpus(text, tokens=tokens, seed=seed, column=column)
        opened = load_model(model, dtype=dtype, device=device)

        def open_subject(**given: Any) -> Finding[Any]:
            return train_transcoders(opened, corpus, width=width, k=k, tokens=tokens, length=length, steps=steps,
                                     seed=seed, **given)  # fmt: skip

        run.finish(open_subject)

"""`pellucid layers`: what each layer of a language model is there for."""

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

RowCount = Annotated[int, typer.Option(min=1, help="How many rows of tokens are run.")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def layers(
    model: ModelName,
    text: Text = None,
    rows: RowCount = 8,
    length: Length = 128,
    column: TextColumn = "text",
    dtype: Dtype = "float32",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Delete and swap every layer of a language model.

    Says what each layer is at (logit lens, entropy, attention) and what is lost when it is left out or changes places
    with the next, with intervals. Writes effects and report into a folder.
    """
    with one_line_errors("lower --length, or give --dtype bfloat16"):
        from ...jobs.layers import DRAWN_FROM, OWN_TEXT, open_layers
        from ...jobs.sources import source
        from ...jobs.subjects.corpus import find_corpus
        from ...subjects.models.loading.load_model import load_model

        corpus = find_corpus(text, tokens=DRAWN_FROM * rows * length, seed=seed, column=column)
        told = source("layers", str(text or OWN_TEXT), rows=rows, length=length, column=column,
                      model=Path(model).name, dtype=dtype, device=device)  # fmt: skip
        run = Run(output or Path(f"{Path(model).name}_layers"), open_report, quiet, resume, told)
        opened = load_model(model, dtype=dtype, device=device)

        def open_subject(**given: Any) -> Finding[Any]:
            return open_layers(opened, corpus, rows=rows, length=length, seed=seed, **given)

        run.finish(open_subject)

"""`pellucid features`: a model and text in, a dictionary of features and a page to look at them out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors
from ..options import Device, Dtype, Length, ModelName, Open, Output, Quiet, Resume, Seed, Text, TextColumn, split_list
from ..running import Run
from ..several import Several

if TYPE_CHECKING:
    from ...core import Finding

Layer = Annotated[
    str | None,
    typer.Option(
        metavar="NUMBER,...",
        help="Which layer, from 0, or a module's path (the middle layer); with commas several, a dictionary for each, "
        "or one crosscoder of all.",
        show_default=False,
    ),
]
Kind = Annotated[
    str | None,
    typer.Option(
        metavar="KIND",
        help="switch, top-k, batch-top-k, jump-relu, gated, matryoshka, crosscoder, transcoder (switch, or what "
        "--target says).",
        show_default=False,
    ),
]
Target = Annotated[
    str | None,
    typer.Option(metavar="PATH", help="What a transcoder writes; --layer is what it reads.", show_default=False),
]
Known = Annotated[
    Path | None,
    typer.Option(
        "--dictionary",
        metavar="FOLDER",
        help="Judge this one and train none: a finding, or of sae-lens, sparsify, Gemma Scope, dictionary_learning.",
        show_default=False,
    ),
]
Exclude = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,...",
        help="Tokens neither trained nor judged on: as written, by number, or bos, eos, pad, special.",
        show_default=False,
    ),
]
Width = Annotated[int, typer.Option(min=1, help="How many features the dictionary has.")]
K = Annotated[int, typer.Option("--k", min=1, help="How many of them fire at a token.")]
Experts = Annotated[
    int, typer.Option(min=1, help="Parts of the dictionary, one of which a token goes to; 1: a plain one.")
]
Tokens = Annotated[int, typer.Option(min=1, help="How much text is run through the model.")]
Steps = Annotated[int | None, typer.Option(min=1, help="Steps of training (eight passes over the tokens).")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def features(
    model: ModelName,
    layer: Layer = None,
    text: Text = None,
    column: TextColumn = "text",
    kind: Kind = None,
    target: Target = None,
    dictionary: Known = None,
    exclude_tokens: Exclude = None,
    width: Width = 8192,
    k: K = 32,
    experts: Experts = 8,
    tokens: Tokens = 200_000,
    length: Length = 128,
    steps: Steps = None,
    dtype: Dtype = "fastest",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_page: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Find the features that a layer of a language model holds, and measure what they are worth.

    Trains a sparse dictionary of the layer's activations, measures what it is worth on text held out, and writes the
    dictionary, a report, and a searchable page of its features into a folder.
    """
    with one_line_errors("lower --width, --length or --tokens, or give --dtype bfloat16"):
        from ...artifacts import read_dictionary
        from ...jobs import features as job
        from ...jobs.dictionary_choice import refuse_settings
        from ...jobs.subjects.corpus import find_corpus
        from ...report import dashboard_files
        from ...subjects.models.loading.load_model import load_model
        from ..show.features import dictionary_figures

        layers = split_list(layer, ",")
        given = None if dictionary is None else read_dictionary(dictionary)
        joined = kind == "crosscoder" or (given is not None and len(given.sites) > 1)
        folder = output or Path(f"features_{Path(model).name}_{layer or 'middle'}".replace("/", "_"))
        run = (
            Several(folder, "layer", tuple(dict.fromkeys(layers)), open_page, quiet, resume)
            if len(layers) > 1 and not joined
            else Run(folder, open_page, quiet, resume)
        )
        if dictionary is None:
            refuse_settings(
                width, k, experts if kind in (None, "switch") and target is None else 1, tokens, length, steps
            )
        corpus = find_corpus(text, tokens=tokens, seed=seed, column=column)
        opened = load_model(model, dtype=dtype, device=device)
        options = {"width": width, "k": k, "experts": experts, "tokens": tokens, "length": length, "steps": steps}
        options |= {"kind": kind, "target": target, "dictionary": given, "seed": seed}
        options |= {"exclude_tokens": tuple(exclude_tokens.split(",")) if exclude_tokens else ()}

        def open_subject(chosen: str | tuple[str, ...] | None, **where: Any) -> Finding[Any]:
            return job.open_features(opened, corpus, layer=chosen, **options, **where)  # type: ignore[arg-type]

        page = "features.html"  # of all that `dashboard_files` writes, the one to open
        if isinstance(run, Several):
            run.finish(open_subject, dictionary_figures, dashboard_files, page)
        else:
            run.finish(partial(open_subject, tuple(layers) if len(layers) > 1 else layer), dashboard_files, page)

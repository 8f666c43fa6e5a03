"""`pellucid graph`: which features of a prompt lead to what a language model says next, as a graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors
from ..options import Device, ModelName, Open, Output, Quiet, Resume, Seed
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Transcoders = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="What `pellucid transcoders` wrote.", show_default=False)
]
Prompt = Annotated[
    str, typer.Option(metavar="TEXT", help="A text that the model is to go on with.", show_default=False)
]
Expanded = Annotated[int, typer.Option(min=1, help="Features of which it is asked what gives to them.")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def graph(
    model: ModelName,
    transcoders: Transcoders,
    prompt: Prompt,
    expanded: Expanded = 1024,
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Draw which features of a prompt lead to what a language model says next.

    Says how much the transcoders' errors hide, and takes features out of the model: does what the graph predicts
    happen?
    """
    with one_line_errors("give a shorter prompt"):
        from ...jobs.graph import read_transcoders, trace_prompt
        from ...look.attribution.prompt_attribution import PromptAttribution
        from ...subjects.models.loading.load_model import load_model

        run = Run(output or Path(f"{Path(model).name}_graph"), open_report, quiet, resume)
        found, opened = read_transcoders(transcoders), load_model(model, device=device)
        method = PromptAttribution(expanded=expanded)

        def open_subject(**given: Any) -> Finding[Any]:
            return trace_prompt(opened, found, prompt, method=method, seed=seed, **given)

        run.finish(open_subject)

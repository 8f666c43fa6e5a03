"""`pellucid steer`: what a model writes while features of a dictionary are added, set or taken out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors
from ..options import Device, Dtype, ModelName, Open, Output, Quiet, Resume, Seed, Text, TextColumn
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Dictionary = Annotated[
    Path,
    typer.Option(
        "--dictionary", metavar="FOLDER", help="What `pellucid features` wrote, or another library's dictionary.",
        show_default=False,
    ),
]  # fmt: skip
Features = Annotated[
    list[str],
    typer.Option(
        "--feature", metavar="NUMBER=AMOUNT", show_default=False,
        help="1792=+8 adds 8 to the feature at every token, 1792=8 sets it, 1792=0 takes it out; may be given again.",
    ),
]  # fmt: skip
Prompts = Annotated[
    list[str], typer.Option("--prompt", metavar="TEXT", help="What the model goes on with; may be given again.",
                            show_default=False)
]  # fmt: skip
Top = Annotated[
    int, typer.Option("--top", min=0, metavar="COUNT", help="Instead, try this many features on text, one by one.",
                      show_default=False)
]  # fmt: skip
Layer = Annotated[
    str | None,
    typer.Option(metavar="NUMBER", help="The layer or module of the dictionary (as the folder says).",
                 show_default=False),
]  # fmt: skip
Tokens = Annotated[int, typer.Option(min=1, help="How many tokens are written at most.")]
Temperature = Annotated[float, typer.Option(min=0, help="0: the likeliest word each time.")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def steer(
    model: ModelName,
    dictionary: Dictionary,
    feature: Features = [],  # noqa: B006
    prompt: Prompts = [],  # noqa: B006
    top: Top = 0,
    text: Text = None,
    column: TextColumn = "text",
    layer: Layer = None,
    tokens: Tokens = 30,
    temperature: Temperature = 0.0,
    dtype: Dtype = "fastest",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Steer a model with features: what it writes with and without, side by side, and how far that moves it.

    Beside every figure stands that of directions drawn at random, as long. With --top many features are tried on text:
    do the words that each is said to promote become likelier?
    """
    with one_line_errors("give shorter prompts, or --dtype bfloat16"):
        from ...jobs.audits import steer as job
        from ...jobs.subjects.corpus import find_corpus
        from ...look.steering.feature_steps import FeatureStep
        from ...look.steering.steering import Steering
        from ...subjects.models.loading.load_model import load_model

        steps = [FeatureStep.parse(one) for one in feature]
        if not top and not (steps and prompt):
            raise ValueError("nothing to steer: give --feature NUMBER=+AMOUNT and --prompt TEXT, or --top COUNT")
        if top and (steps or prompt):
            raise ValueError("--top tries features on text by itself; leave --feature and --prompt out")
        place = job.Place.of(dictionary)
        run = Run(output or Path(f"{Path(model).name}_steered"), open_report, quiet, resume)
        corpus = find_corpus(text, tokens=64 * 64, seed=seed, column=column) if top else None
        opened = load_model(model, dtype=dtype, device=device)

        def open_subject(**given: Any) -> Finding[Any]:
            if corpus is not None:
                return job.try_features(opened, place, corpus, features=top, layer=layer, seed=seed, **given)
            method = Steering(tokens=tokens, temperature=temperature)
            return job.steer(opened, place, steps, prompt, layer=layer, method=method, seed=seed, **given)

        run.finish(open_subject)

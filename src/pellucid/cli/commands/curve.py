"""`pellucid curve`: a model and texts with a number in, the curve that the numbers lie on out, as formulas."""

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

Texts = Annotated[
    str | None,
    typer.Argument(metavar="TEXTS", help="A table with texts and a number; by default the numbers 0 to 99 themselves.",
                   show_default=False),
]  # fmt: skip
Target = Annotated[str | None, typer.Option(metavar="COLUMN", help="The column of numbers.", show_default=False)]
Column = Annotated[
    str | None, typer.Option("--text", metavar="COLUMN", help="The column of texts; text, statement, ... if any.")
]
Layer = Annotated[int | None, typer.Option(min=0, help="Which layer to read; the best of four by default.")]
Circles = Annotated[int, typer.Option(min=0, help="At most so many circles are looked for.")]
Budget = Annotated[float, typer.Option(min=1, metavar="SECONDS", help="CPU time for each formula.")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def curve(
    model: ModelName,
    texts: Texts = None,
    target: Target = None,
    column: Column = None,
    layer: Layer = None,
    circles: Circles = 2,
    budget: Budget = 10,
    dtype: Dtype = "float32",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Write the curve that numbers lie on in a layer as formulas.

    Looks for a line and for circles of any period among the activations of the numbers, beside random orders of them,
    turns each coordinate into a formula, and judges it on numbers that were held out.
    """
    with one_line_errors():
        from ...jobs import curve as job
        from ...jobs import probe
        from ...jobs.subjects.probe_texts import find_texts

        found = (
            job.number_texts()
            if texts is None
            else find_texts(texts, target=(target,) if target else (), column=column)
        )
        job.refuse_few_numbers(found)
        name = "numbers" if texts is None else Path(texts).stem
        run = Run(output or Path(f"curve-{name}"), open_report, quiet, resume)

        def open_subject(**given: Any) -> Finding[Any]:
            from ...subjects.models.loading.load_model import load_model

            opened = load_model(model, dtype=dtype, device=device)
            probed = probe.activations(opened, found, layer=layer, seed=seed, **given)
            return job.find_curve(probed, circles=circles, budget_seconds=budget, seed=seed, **given)

        run.finish(open_subject)

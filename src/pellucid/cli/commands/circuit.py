"""`pellucid circuit`: which heads and edges of a language model answer pairs of texts, and a model of these alone."""

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

Pairs = Annotated[
    str,
    typer.Argument(
        metavar="PAIRS",
        help="A .csv with the columns clean, corrupted, answer, wrong; or greater-than, indirect-object, induction.",
        show_default=False,
    ),
]
What = Annotated[str, typer.Option("--of", metavar="WHAT", help="nodes (heads and feed-forward parts), or edges.")]
By = Annotated[str, typer.Option(metavar="HOW", help="eap-ig, eap, exact (nodes), or acdc.")]
Ablation = Annotated[
    str,
    typer.Option(metavar="KIND", help="What stands in for the rest: corrupt (the corrupted texts'), mean, or zero."),
]
Faithful = Annotated[float, typer.Option(metavar="SHARE", help="How much of the answer the circuit is to carry.")]
Count = Annotated[int, typer.Option("--pairs", min=4, help="How many pairs of a built-in task are drawn.")]
Export = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", show_default=False,
        help="Write the model with nothing but the circuit, for transformers (--of nodes, --ablation mean or zero).",
    ),
]  # fmt: skip


@app.command(rich_help_panel=LANGUAGE_MODELS)
def circuit(
    model: ModelName,
    pairs: Pairs,
    of: What = "edges",
    by: By = "eap-ig",
    ablation: Ablation = "corrupt",
    faithful: Faithful = 0.85,
    count: Count = 32,
    export: Export = None,
    dtype: Dtype = "float32",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Find the circuit by which a language model answers: its heads, feed-forward parts and the edges between.

    Half of the pairs find it; the others say what it carries alone, what is left without it, and whether it needs all
    of its parts, beside circuits drawn at random.
    """
    with one_line_errors("give fewer or shorter pairs, or --dtype bfloat16"):
        from ...jobs.circuit import export_circuit, find_circuit, pairs_of, refuse_export
        from ...look.layers.circuit_discovery import CircuitDiscovery
        from ...subjects.models.loading.load_model import load_model

        method = CircuitDiscovery(of=of, by=by, ablation=ablation, faithful=faithful)
        texts = pairs_of(pairs, count, seed)
        if export is not None:
            refuse_export(export, method)
        name = Path(pairs).stem
        run = Run(output or Path(f"{Path(model).name}_{name}_circuit"), open_report, quiet, resume)
        opened = load_model(model, dtype=dtype, device=device)

        def open_subject(**given: Any) -> Finding[Any]:
            found = find_circuit(opened, texts, method=method, name=name, seed=seed, **given)
            return found if export is None else export_circuit(opened, texts, found, export)

        run.finish(open_subject)

"""`pellucid probe`: a model and labelled texts in, a direction or a readout out, with its controls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors, say
from ..options import Device, Dtype, Open, Output, Quiet, Resume, Seed, split_list
from ..running import Run
from ..terminal import Pairs, Terminal

if TYPE_CHECKING:
    from ...core import Finding

Model = Annotated[
    str | None, typer.Argument(metavar="MODEL", help="A folder, smollm2, or a hub name.", show_default=False)
]
Texts = Annotated[
    str | None,
    typer.Argument(
        metavar="TEXTS", help="A .csv with a column of texts, or a built-in set (see --list).", show_default=False
    ),
]
ListTexts = Annotated[bool, typer.Option("--list", help="Show every built-in set of texts and exit.")]
Label = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="The column of classes, such as true and false, or country.")
]
Target = Annotated[
    str | None, typer.Option(metavar="A,B,...", help="Columns of numbers instead, such as latitude,longitude.")
]
Column = Annotated[
    str | None, typer.Option("--text", metavar="COLUMN", help="The column of texts; text, statement, ... if any.")
]
Group = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Rows with the same value are never on both sides of a split.")
]
Classes = Annotated[int | None, typer.Option(min=2, metavar="N", help="Only the N most frequent classes of the label.")]
Layer = Annotated[int | None, typer.Option(min=0, help="Which layer to read; the best of four by default.")]
Read = Annotated[
    str | None,
    typer.Option(metavar="WHERE", help="last (token), first (an encoder's), or mean: the default of encoders."),
]
HowToProbe = Annotated[str, typer.Option(help="For classes: means (of the classes) or logistic.")]
Answers = Annotated[
    str | None, typer.Option(metavar="A,B", help="Two next words: does the direction move the model from A to B?")
]
Count = Annotated[int, typer.Option(min=20, help="How many texts of a built-in set.")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def probe(
    model: Model = None,
    texts: Texts = None,
    list_texts: ListTexts = False,
    label: Label = None,
    target: Target = None,
    column: Column = None,
    group: Group = None,
    classes: Classes = None,
    layer: Layer = None,
    read: Read = None,
    method: HowToProbe = "means",
    answers: Answers = None,
    count: Count = 400,
    dtype: Dtype = "float32",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Read a label or a number out of a model, beside every control.

    A direction between two classes, or a linear readout of more classes or of numbers, on held-out groups; beside it
    the words alone, the words in random order, random labels, and, with --answers, whether the model uses the
    direction.
    """
    with one_line_errors():
        from ...jobs import probe as job
        from ...jobs.sources import source
        from ...jobs.subjects import probe_texts

        if list_texts:
            Terminal().print(Pairs(probe_texts.list_texts()))
            return
        if model is None or texts is None:
            raise ValueError("give a MODEL and TEXTS: pellucid probe smollm2 cities.csv --label true")
        columns = {"label": label, "target": split_list(target, ","), "column": column, "group": group}
        found = probe_texts.find_texts(texts, **columns, classes=classes, count=count, seed=seed)
        words = tuple(f" {word.strip()}" for word in (answers or "").split(",") if word)
        job.refuse_method(method)
        job.refuse_reading(read)
        probe_texts.refuse_answers(found, words)
        told = source("probe", texts, **columns, classes=classes, count=count, layer=layer, read=read, answers=words,
                      model=Path(model).name, dtype=dtype, device=device)  # fmt: skip
        run = Run(output or Path(f"probe-{Path(texts).stem}"), open_report, quiet, resume, told)
        if warning := probe_texts.group_warning(found):
            say(f"warning: {warning}")

        def open_subject(**given: Any) -> Finding[Any]:
            from ...subjects.models.loading.load_model import load_model

            opened = load_model(model, dtype=dtype, device=device)
            probed = job.activations(opened, found, layer=layer, answers=words, read=read, seed=seed, **given)
            return job.open_probe(probed, method=method, seed=seed, **given)

        run.finish(open_subject)

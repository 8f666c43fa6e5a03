"""The command `probe`: a model and labelled texts in, a direction or a readout out, with its controls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import terminal
from .commands import one_line_errors, refuse_foreign, run_job, say, show
from .options import Open, Output, Quiet, Resume, Seed

if TYPE_CHECKING:
    from ..core import Finding


def probe(
    model: Annotated[
        str | None,
        typer.Argument(metavar="MODEL", help="A folder, smollm2, or a hub name.", show_default=False),
    ] = None,
    texts: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXTS", help="A .csv with a column of texts, or a built-in set (see --list).", show_default=False
        ),
    ] = None,
    list_texts: Annotated[bool, typer.Option("--list", help="Show every built-in set of texts and exit.")] = False,
    label: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column of classes, such as true and false, or country.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="Columns of numbers instead, such as latitude,longitude.")
    ] = None,
    column: Annotated[
        str | None, typer.Option("--text", metavar="COLUMN", help="The column of texts; text, statement, ... if any.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Rows with the same value are never on both sides of a split.")
    ] = None,
    classes: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="Only the N most frequent classes of the label.")
    ] = None,
    layer: Annotated[int | None, typer.Option(min=0, help="Which layer to read; the best of four by default.")] = None,
    read: Annotated[
        str | None,
        typer.Option(metavar="WHERE", help="last (token), first (an encoder's), or mean: the default of encoders."),
    ] = None,
    method: Annotated[str, typer.Option(help="For classes: means (of the classes) or logistic.")] = "means",
    answers: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Two next words: does the direction move the model from A to B?"),
    ] = None,
    count: Annotated[int, typer.Option(min=20, help="How many texts of a built-in set.")] = 400,
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
        from ..jobs import probe as job

        if list_texts:
            terminal.show_pairs(job.list_texts())
            return
        if model is None or texts is None:
            raise ValueError("give a MODEL and TEXTS: pellucid probe smollm2 cities.csv --label true")
        targets = tuple(name.strip() for name in (target or "").split(",") if name.strip())
        found = job.find_texts(
            texts, label=label, target=targets, column=column, group=group, classes=classes, count=count, seed=seed
        )
        job.refuse_method(method)
        job.refuse_reading(read)
        words = tuple(f" {word.strip()}" for word in (answers or "").split(",") if word)
        job.refuse_answers(found, words)
        folder = output or Path(f"probe-{Path(texts).stem}")
        refuse_foreign(folder)
        if warning := job.group_warning(found):
            say(f"warning: {warning}")

        def open_subject(**given: Any) -> Finding[Any]:
            from ..subjects.models.language_model import load_model

            probed = job.activations(
                load_model(model), found, layer=layer, answers=words, read=read, seed=seed, **given
            )
            return job.open_probe(probed, method=method, seed=seed, **given)

        finding = run_job(open_subject, folder, quiet=quiet, resume=resume)
        show(finding, folder, quiet, open_report)

"""`pellucid bias`: documents of several sources in, a map of the sources by their phrases out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ..app import GUARANTEES, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run

Documents = Annotated[
    Path,
    typer.Argument(metavar="CORPUS", help="A table (.csv, .jsonl) with a row for each document.", show_default=False),
]
Source = Annotated[str, typer.Option(metavar="COLUMN", help="Who wrote it: an outlet, a speaker, a language model.")]
Text = Annotated[str, typer.Option(metavar="COLUMN", help="The document.")]
Resamples = Annotated[int, typer.Option(min=2, help="How often documents are drawn again, and sources shuffled.")]


@app.command(rich_help_panel=GUARANTEES)
def bias(
    documents: Documents,
    source: Source = "source",
    text: Text = "text",
    resamples: Resamples = 200,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Map outlets, speakers or language models by the phrases that they use.

    Places with ellipses, the phrases at the ends of each axis, how many held-out documents are put to their source, and
    what chance gives where sources are shuffled among documents.
    """
    with one_line_errors("give fewer documents"):
        from ...compress.bias_map import BiasMap
        from ...jobs.bias import open_corpus
        from ...subjects.tables.corpus import read_corpus

        corpus = read_corpus(documents, text=text, source=source)
        run = Run(output or Path(f"{documents.stem}_bias"), open_report, quiet, resume)
        run.finish(partial(open_corpus, corpus, seed=seed, method=BiasMap(resamples=resamples)))

"""`pellucid label`: the features of a folder get labels, and the labels scores."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors, say
from ..options import AskedModel, BaseUrl, Open, Output, Quiet, Resume, Seed, split_list
from ..running import Run

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A folder that `pellucid features` wrote.", show_default=False)
]
Local = Annotated[
    str, typer.Option(metavar="MODEL", help="A chat model on this machine instead, such as 'smollm2'; nothing is sent.")
]
Features = Annotated[int, typer.Option(min=1, help="How many features a model labels: those of the largest effect.")]
Only = Annotated[str | None, typer.Option(metavar="N,N,...", help="These features instead.", show_default=False)]
Judged = Annotated[int, typer.Option(min=1, help="Passages in which a feature fires that each label is judged on.")]
Batch = Annotated[int, typer.Option(min=1, help="Passages in one question.")]
Costs = Annotated[bool, typer.Option("--costs", help="Say how much would be asked, and ask nothing.")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def label(
    folder: Folder,
    model: AskedModel = "",
    base_url: BaseUrl = "http://localhost:8000/v1",
    local: Local = "",
    features: Features = 64,
    only: Only = None,
    judged: Judged = 10,
    batch: Batch = 5,
    costs: Costs = False,
    seed: Seed = 0,
    output: Output = None,
    open_page: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Label the features of a folder, and measure what the labels are worth.

    Without a model every feature is told by a table of its tokens. With one, its labels are judged on passages that it
    has not seen (detection and fuzzing), beside the token table and beside labels of other features. How much is asked
    is told before. Writes labels.csv, a report and the page of the features with their labels into a folder.
    """
    with one_line_errors():
        from ...jobs.audits.label import label_features, seen_features
        from ...look.labels.feature_labels import FeatureLabels
        from ...report import dashboard_files

        subject, finding = seen_features(folder)
        method = FeatureLabels(
            model, base_url, local, features, _numbers(only), judged=judged, batch=1 if local else batch
        )
        run = Run(output or folder.with_name(f"{folder.name}_labels"), open_page, quiet, resume)
        if model or local:
            needed = method.costs(subject)
            cost = f"{needed.questions:,} questions at most, about {needed.tokens:,} tokens in all"
            say(f"{model or local} is asked {cost}")
        if costs:
            return
        table = str(finding.provenance.settings.get("table", ""))
        run.finish(
            lambda **given: label_features(subject, method, seed=seed, table=table, **given),
            lambda found: {"labels.csv": found.artifact.to_csv().encode(), **dashboard_files(found)},
            "features.html",
        )


def _numbers(only: str | None) -> tuple[int, ...]:
    """Raises ValueError for what is no number."""
    found = split_list(only, ",")
    for entry in found:
        if not entry.isdecimal():
            raise ValueError(f"only={entry!r} is no number of a feature; give numbers with commas between them")
    return tuple(int(entry) for entry in found)

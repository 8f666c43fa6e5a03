"""`pellucid monitor` and `pellucid watch`: features as an alarm, and texts scored by it as they come."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors, say
from ..options import Device, Dtype, ModelName, Open, Output, Quiet, Resume, Seed, split_list
from ..running import Run

if TYPE_CHECKING:
    from ...core import Finding

Dictionary = Annotated[
    Path,
    typer.Option("--dictionary", metavar="FOLDER", help="What `pellucid features` wrote, or another library's.",
                 show_default=False),
]  # fmt: skip
Texts = Annotated[
    str,
    typer.Option("--texts", metavar="FILE", help="Labelled texts: .csv, .tsv, .jsonl, .parquet.", show_default=False),
]
Label = Annotated[str, typer.Option(metavar="NAME", help="The column of two classes, of which the second is alarming.")]
Column = Annotated[str | None, typer.Option(metavar="NAME", help="The column of text (text, prompt, ...).")]
Group = Annotated[
    str | None, typer.Option(metavar="NAME", help="A column: texts that share it are never on both sides of a split.")
]
Only = Annotated[
    str | None, typer.Option("--feature", metavar="N,N,...", help="These features (the one that tells best).")
]
Allowed = Annotated[float, typer.Option(min=0, max=1, help="The share of usual texts that may raise an alarm.")]
Layer = Annotated[
    str | None,
    typer.Option(metavar="NUMBER", help="The layer of the dictionary (as the folder says).", show_default=False),
]
Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A folder that `pellucid monitor` wrote.", show_default=False)
]
Model = Annotated[str | None, typer.Option(metavar="MODEL", help="The model (as the folder says).", show_default=False)]
Input = Annotated[
    Path | None, typer.Option("--input", metavar="FILE", help="Texts as .jsonl (standard input).", show_default=False)
]
Key = Annotated[str, typer.Option(metavar="NAME", help="The text's name in each line.")]
Window = Annotated[int, typer.Option(min=20, help="After so many texts it is told whether they have drifted.")]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def monitor(
    model: ModelName,
    dictionary: Dictionary,
    texts: Texts,
    label: Label = "label",
    column: Column = None,
    group: Group = None,
    feature: Only = None,
    false_alarms: Allowed = 0.05,
    layer: Layer = None,
    dtype: Dtype = "fastest",
    device: Device = "cpu",
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Make an alarm of features: from labelled texts, with a threshold that keeps false alarms rare.

    The feature is chosen on a third of the texts, the threshold set on a second, the ROC curve and its interval are of
    the last. `pellucid watch` then scores texts as they come.
    """
    with one_line_errors("give shorter texts, or --dtype bfloat16"):
        from ...jobs.audits.monitor import find_monitor
        from ...jobs.audits.steer import Place
        from ...look.monitoring.feature_monitor import FeatureMonitor
        from ...subjects.models.labelled.labelled_text_files import read_labelled_texts
        from ...subjects.models.loading.load_model import load_model

        chosen = split_list(feature, ",")
        if not all(entry.isdecimal() for entry in chosen):
            raise ValueError(f"feature={feature!r} are no numbers of features; give numbers with commas between them")
        method = FeatureMonitor(tuple(map(int, chosen)), false_alarms)
        known = read_labelled_texts(texts, text=column, label=label, group=group)
        place = Place.of(dictionary)
        run = Run(output or Path(f"{Path(texts).stem}_monitor"), open_report, quiet, resume)
        opened = load_model(model, dtype=dtype, device=device)

        def open_subject(**given: Any) -> Finding[Any]:
            return find_monitor(opened, place, known, layer=layer, method=method, seed=seed, **given)

        run.finish(open_subject)


@app.command(rich_help_panel=LANGUAGE_MODELS)
def watch(
    folder: Folder,
    model: Model = None,
    input_file: Input = None,
    key: Key = "text",
    window: Window = 200,
    dtype: Dtype = "fastest",
    device: Device = "cpu",
) -> None:
    """Score texts by a monitor as they come: a line of JSON in, a line of JSON with score and alarm out.

    After each window of texts it says whether the scores have drifted from what was usual. Ends with exit code 1 where
    there was an alarm.
    """
    with one_line_errors():
        from ...jobs.audits.monitor import read_monitor, watch_lines
        from ...look.monitoring.watching import Watcher
        from ...subjects.models.loading.load_model import load_model

        found, dictionary = read_monitor(folder)
        name = model or found.model
        stream = sys.stdin if input_file is None else input_file.open(encoding="utf-8")
        opened = load_model(name, dtype=dtype, device=device)
        alarms = 0
        for line in watch_lines(Watcher(found, opened, dictionary, window), _texts(stream, key)):
            typer.echo(json.dumps(line))
            alarms += line["alarm"]
            if line.get("drift", {}).get("drifted"):
                say(f"the last {line['drift']['texts']} texts have drifted: their scores are no longer the usual ones")
        if alarms:
            raise typer.Exit(1)


def _texts(stream: Any, key: str) -> Iterator[str]:
    """The text of each line. Raises ValueError that names the line."""
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except ValueError:
            raise ValueError(f'line {number} is no JSON; give lines such as {{"{key}": "..."}}') from None
        text = given.get(key) if isinstance(given, dict) else given
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"line {number} has no text in {key!r}; give one, or name it with --key")
        yield text

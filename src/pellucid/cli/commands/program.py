"""`pellucid program`: a recurrent network becomes a proved program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import NETWORKS, app
from ..errors import one_line_errors, say
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run, refuted
from ..terminal import Pairs, Terminal

if TYPE_CHECKING:
    from ...core import Finding
    from ...subjects import Alphabet

Subject = Annotated[
    str | None,
    typer.Argument(
        metavar="SUBJECT",
        help="A task name (see --list), labelled sequences (.csv, .jsonl, .npz), or the weights of a torch RNN, "
        "GRU or LSTM with a linear head (.safetensors, .pt).",
        show_default=False,
    ),
]
ListTasks = Annotated[bool, typer.Option("--list", help="Show every built-in task and exit.")]
Spec = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.py",
        help="What the program must satisfy: a reference function or a predicate. Where it is no plain loop, its code "
        "is run, in a process of its own with limits on time, memory and files; that is no sandbox.",
    ),
]
Steps = Annotated[
    str | None, typer.Option(help="What a step may be: 0..1, or 0..1,0..9 for two inputs, or words: a,b,c.")
]
Encoding = Annotated[
    str | None, typer.Option(help="How weights read a step: numbers, one-hot, one-hot-each or embedding.")
]
Decoding = Annotated[str | None, typer.Option(help="What the outputs of weights mean: round, argmax or threshold.")]
Activation = Annotated[
    str | None, typer.Option(help="Activation of a plain RNN's weights: tanh (the default) or relu.")
]
Horizon = Annotated[int | None, typer.Option(min=1, help="Length of the sequences that the weights were trained on.")]
Budget = Annotated[float | None, typer.Option(metavar="SECONDS", min=0, help="Stop training after so long.")]


@app.command(rich_help_panel=NETWORKS)
def program(
    subject: Subject = None,
    list_tasks: ListTasks = False,
    spec: Spec = None,
    alphabet: Steps = None,
    encoding: Encoding = None,
    decoding: Decoding = None,
    activation: Activation = None,
    horizon: Horizon = None,
    seed: Seed = 0,
    budget: Budget = None,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Turn a recurrent network into a proved program.

    Trains a network on a task or on your sequences, or takes the weights you have; distills it into a short Python
    program; proves what can be proved; writes program, proofs, network and report into a folder.
    """
    with one_line_errors():
        from ...jobs import program as job
        from ...jobs.sources import source

        if list_tasks:
            Terminal().print(Pairs(job.list_tasks()))
            return
        if subject is None:
            raise ValueError("no SUBJECT given; name a task (see --list), a data file or a weights file")
        steps = None if alphabet is None else parse_alphabet(alphabet)
        given = {"alphabet": steps, "encoding": encoding, "decoding": decoding, "activation": activation}
        options = {name: value for name, value in {**given, "horizon": horizon}.items() if value is not None}
        _refuse_missing(spec)
        found, name, task = job.find_subject(subject, seed=seed, **options)
        specification = None if spec is None else _specification(spec, found.alphabet)
        known = {**options, "alphabet": None if steps is None else asdict(steps)}
        run = Run(output or Path(name), open_report, quiet, resume, source("program", subject, **known))

        def open_subject(**given: Any) -> Finding[Any]:
            return job.open_program(
                found, name=name, spec=specification, task=task, seed=seed, budget_seconds=budget, **given
            )

        _end(run.finish(open_subject))


def parse_alphabet(text: str) -> Alphabet:
    """What a step may be: "0..1" (a range), "0..1,0..9" (two inputs), or "a,b,c" (words). Raises ValueError.

    >>> str(parse_alphabet("0..1,-2..9"))
    '0..1 x -2..9'
    >>> str(parse_alphabet("0,1,2,5"))
    '{0..2, 5}'
    >>> parse_alphabet("a,b").symbols
    (('a', 'b'),)
    """
    from ...subjects import Alphabet

    entries = [entry.strip() for entry in text.split(",")]
    ranges = [_ends(entry) for entry in entries]
    if None not in ranges:
        low, high = zip(*ranges, strict=True)  # type: ignore[arg-type]
        return Alphabet(low, high)
    if ".." in text or not all(entries) or len(set(entries)) < len(entries):
        raise ValueError(f"alphabet={text!r} is none; give a range 0..1, one for each input 0..1,0..9, or words a,b,c")
    if all(re.fullmatch(r"-?\d+", entry) for entry in entries):
        low, high, gone = _range_around(entries)
        return Alphabet((low,), (high,), missing=(gone,) if gone else ())
    return Alphabet((0,), (len(entries) - 1,), (tuple(entries),))


def _range_around(entries: Sequence[str]) -> tuple[int, int, tuple[int, ...]]:
    """The least and the greatest of whole numbers, and which between them are not there."""
    numbers = [int(entry) for entry in entries]
    low, high = min(numbers), max(numbers)
    return low, high, tuple(n for n in range(low, high) if n not in numbers)


def _ends(entry: str) -> tuple[int, int] | None:
    """The ends of a range as it is written; None for anything else."""
    match = re.fullmatch(r"(-?\d+)\.\.(-?\d+)", entry)
    return (int(match[1]), int(match[2])) if match else None


def _end(finding: Finding[Any]) -> None:
    """Exit code 1 where the program is wrong on held-out sequences, or a claim is refuted."""
    missed = _missed(finding)
    if missed:
        remedy = "give more sequences or a larger --budget, and check that labels follow from the inputs so far"
        say(f"not exact: {missed}; {remedy}")
    if false := refuted(finding):
        say(f"refuted: {false[0]}")
    if missed or false:
        raise typer.Exit(1)


def _missed(finding: Finding[Any]) -> str:
    """The claim that says how often the program is wrong on sequences it was not made from; empty where it never is."""
    for claim in finding.claims:
        if claim.key == "program_held_out" and getattr(claim, "failures", 0):
            return f"{claim.statement}: {claim.evidence}"
    return ""


def _refuse_missing(spec: Path | None) -> None:
    if spec is not None and not spec.is_file():
        text = "is no file; give a Python file with a reference function or a predicate"
        raise ValueError(f"spec {str(spec)!r} {text}")


def _specification(path: Path, alphabet: Alphabet) -> Any:
    from ...artifacts import Input
    from ...prove.programs.specification import load_specification

    bounds = zip(alphabet.low, alphabet.high, alphabet.gaps, strict=True)
    inputs = [Input(f"x{i}", low, high, missing=gone) for i, (low, high, gone) in enumerate(bounds)]
    return load_specification(path, inputs)

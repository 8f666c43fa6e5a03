"""`pellucid program`: a recurrent network becomes a proved program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import terminal
from .commands import one_line_errors, refuse_foreign, run_job, say, show
from .options import Open, Output, Quiet, Resume, Seed

if TYPE_CHECKING:
    from ..core import Finding
    from ..subjects import Alphabet


def program(
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="SUBJECT",
            help="A task name (see --list), labelled sequences (.csv, .jsonl, .npz), or the weights of a torch RNN, "
            "GRU or LSTM with a linear head (.safetensors, .pt).",
            show_default=False,
        ),
    ] = None,
    list_tasks: Annotated[bool, typer.Option("--list", help="Show every built-in task and exit.")] = False,
    spec: Annotated[
        Path | None,
        typer.Option(metavar="FILE.py", help="What the program must satisfy: a reference function or a predicate."),
    ] = None,
    alphabet: Annotated[
        str | None, typer.Option(help="What a step may be: 0..1, or 0..1,0..9 for two inputs, or words: a,b,c.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="How weights read a step: numbers, one-hot, one-hot-each or embedding.")
    ] = None,
    decoding: Annotated[
        str | None, typer.Option(help="What the outputs of weights mean: round, argmax or threshold.")
    ] = None,
    activation: Annotated[
        str | None, typer.Option(help="Activation of a plain RNN's weights: tanh (the default) or relu.")
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(min=1, help="Length of the sequences that the weights were trained on.")
    ] = None,
    seed: Seed = 0,
    budget: Annotated[float | None, typer.Option(metavar="SECONDS", min=0, help="Stop training after so long.")] = None,
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
        if list_tasks:
            from ..jobs import program as job

            terminal.show_pairs(job.list_tasks())
            return
        if subject is None:
            raise ValueError("no SUBJECT given; name a task (see --list), a data file or a weights file")
        given = {"encoding": encoding, "decoding": decoding, "activation": activation, "horizon": horizon}
        options = {name: value for name, value in given.items() if value is not None}
        if alphabet is not None:
            options["alphabet"] = parse_alphabet(alphabet)
        finding, folder = _run_program(subject, options, spec, seed, budget, output, quiet, resume)
        show(finding, folder, quiet, open_report)
        missed = _missed(finding)
        if missed:
            remedy = "give more sequences or a larger --budget, and check that labels follow from the inputs so far"
            say(f"not exact: {missed}; {remedy}")
        if missed or (spec is not None and any(claim.strength == "Refuted" for claim in finding.claims)):
            raise typer.Exit(1)


def parse_alphabet(text: str) -> Alphabet:
    """What a step may be: "0..1" (a range), "0..1,0..9" (two inputs), or "a,b,c" (words). Raises ValueError.

    >>> str(parse_alphabet("0..1,-2..9"))
    '0..1 x -2..9'
    >>> parse_alphabet("a,b").symbols
    (('a', 'b'),)
    """
    from ..subjects import Alphabet

    parts = [part.strip() for part in text.split(",")]
    ranges = [re.fullmatch(r"(-?\d+)\.\.(-?\d+)", part) for part in parts]
    if all(ranges):
        low, high = zip(*((int(match[1]), int(match[2])) for match in ranges if match), strict=True)
        return Alphabet(low, high)
    if ".." in text or not all(parts) or len(set(parts)) < len(parts):
        raise ValueError(f"alphabet={text!r} is none; give a range 0..1, one for each input 0..1,0..9, or words a,b,c")
    if all(re.fullmatch(r"-?\d+", part) for part in parts):
        numbers = [int(part) for part in parts]
        if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            raise ValueError(f"alphabet={text!r} has gaps; give a range {min(numbers)}..{max(numbers)}, or words")
        return Alphabet((numbers[0],), (numbers[-1],))
    return Alphabet((0,), (len(parts) - 1,), (tuple(parts),))


def _run_program(
    subject: str,
    options: dict[str, Any],
    spec: Path | None,
    seed: int,
    budget: float | None,
    output: Path | None,
    quiet: bool,
    resume: bool,
) -> tuple[Finding[Any], Path]:
    """Open the subject and write what was found; returns the finding and its folder."""
    from ..jobs import program as job

    if spec is not None and not spec.is_file():
        raise ValueError(f"spec {str(spec)!r} is no file; give a Python file with a reference function or a predicate")
    found, name, task = job.find_subject(subject, seed=seed, **options)
    specification = None if spec is None else _specification(spec, found.alphabet)
    folder = output or Path(name)
    refuse_foreign(folder)

    def open_subject(**given: Any) -> Finding[Any]:
        return job.open_program(
            found, name=name, spec=specification, task=task, seed=seed, budget_seconds=budget, **given
        )

    return run_job(open_subject, folder, quiet=quiet, resume=resume), folder


def _missed(finding: Finding[Any]) -> str:
    """The claim that says how often the program is wrong on sequences it was not made from; empty where it never is."""
    for claim in finding.claims:
        if claim.statement.startswith("program = ") and getattr(claim, "failures", 0):
            return f"{claim.statement}: {claim.evidence}"
    return ""


def _specification(path: Path, alphabet: Alphabet) -> Any:
    from ..artifacts import Input
    from ..prove.programs.specification import load_specification

    bounds = zip(alphabet.low, alphabet.high, strict=True)
    return load_specification(path, [Input(f"x{i}", low, high) for i, (low, high) in enumerate(bounds)])

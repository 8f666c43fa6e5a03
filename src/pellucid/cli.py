"""The command line. Everything heavy is imported inside the commands, so that help answers at once.

Results go to standard output, progress and messages to standard error. Exit codes: 0 done; 1 a check failed, a
specification was refuted, or the program is wrong on held-out sequences; 2 bad input or no room to write; 130
interrupted.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import terminal
from .cli_features import features
from .cli_laws import laws
from .cli_look import layers
from .cli_probe import probe
from .cli_symmetries import families, symmetries
from .commands import exit_code, one_line_errors, open_in_browser, refuse_foreign, run_job, say, told

if TYPE_CHECKING:
    from .core import Finding
    from .subjects import Alphabet

FAMILIES = ("distill", "discover", "look", "learn", "generate", "oversee")

app = typer.Typer(
    name="pellucid",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """The `pellucid` command; what is still to be written is flushed here, so that a full disk is told, too."""
    code = exit_code(app)
    try:
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):  # what is left in the buffer goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not code and not isinstance(error, BrokenPipeError):
            say(told(error))
        code = code or 2
    sys.exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        from . import __version__

        typer.echo(f"pellucid {__version__}")
        raise typer.Exit


@app.callback()
def _pellucid(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Opens black boxes: networks become programs, tables formulas, equations laws; claims say how well it is known."""


@app.command()
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
    seed: Annotated[int, typer.Option(min=0, help="Every random draw comes from it.")] = 0,
    budget: Annotated[float | None, typer.Option(metavar="SECONDS", min=0, help="Stop training after so long.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where results go; by default a folder named like the subject."),
    ] = None,
    open_report: Annotated[
        bool | None, typer.Option("--open/--no-open", help="Open the report in a browser (the default on a desktop).")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the name of the folder.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")] = False,
) -> None:
    """Turn a recurrent network into a proved program.

    Trains a network on a task or on your sequences, or takes the weights you have; distills it into a short Python
    program; proves what can be proved; writes program, proofs, network and report into a folder.
    """
    with one_line_errors():
        if list_tasks:
            from .jobs import program as job

            terminal.show_pairs(job.list_tasks())
            return
        if subject is None:
            raise ValueError("no SUBJECT given; name a task (see --list), a data file or a weights file")
        given = {"encoding": encoding, "decoding": decoding, "activation": activation, "horizon": horizon}
        options = {name: value for name, value in given.items() if value is not None}
        if alphabet is not None:
            options["alphabet"] = parse_alphabet(alphabet)
        finding, folder = _run_program(subject, options, spec, seed, budget, output, quiet, resume)
        if quiet:
            typer.echo(str(folder))
        else:
            typer.echo(err=True)
            terminal.show_finding(finding, folder)
        open_in_browser(folder / "report.html", open_report)
        missed = _missed(finding)
        if missed:
            remedy = "give more sequences or a larger --budget, and check that labels follow from the inputs so far"
            say(f"not exact: {missed}; {remedy}")
        if missed or (spec is not None and any(claim.strength == "Refuted" for claim in finding.claims)):
            raise typer.Exit(1)


@app.command()
def formula(
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help="A table of numbers (.csv, .tsv, .jsonl, .npz, .parquet), or a built-in one (see --list): kepler, or "
            "an equation such as I.12.2.",
            show_default=False,
        ),
    ] = None,
    list_tables: Annotated[bool, typer.Option("--list", help="Show every built-in table and exit.")] = False,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column to be explained; y where none is named.")
    ] = None,
    features: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="The columns to explain it by; all others by default.")
    ] = None,
    units: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="The columns' units: a table [units] of column = 'kg*m/s^2'."),
    ] = None,
    rows: Annotated[
        int | None, typer.Option(min=4, help="How many rows a built-in equation is drawn (1000 by default).")
    ] = None,
    noise: Annotated[
        float | None, typer.Option(min=0, help="Noise on a built-in equation, as a fraction of the target's size.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Every random draw comes from it.")] = 0,
    budget: Annotated[
        str | None, typer.Option(metavar="TIME", help="CPU time that the search may take: 60s, 5m, 1h.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where results go; by default a folder named like the table."),
    ] = None,
    open_report: Annotated[
        bool | None, typer.Option("--open/--no-open", help="Open the report in a browser (the default on a desktop).")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the name of the folder.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")] = False,
) -> None:
    """Turn a table of numbers into an exact formula.

    Tries algebra first, then a spline network read symbol by symbol, then search; keeps the formula with the shortest
    description; writes formula, LaTeX, Python, network and report into a folder.
    """
    with one_line_errors():
        from .jobs import formula as job

        if list_tables:
            terminal.show_pairs(job.list_tables())
            return
        if table is None:
            raise ValueError("no TABLE given; name a file of numbers, or a built-in table (see --list)")
        seconds = None if budget is None else parse_seconds(budget)
        chosen = None if features is None else tuple(name.strip() for name in features.split(","))
        given = {"target": target, "features": chosen, "units": units, "rows": rows, "noise": noise}
        given = {name: value for name, value in given.items() if value is not None}
        samples, name, reference = job.find_samples(table, seed=seed, **given)
        folder = output or Path(name)
        refuse_foreign(folder)

        def open_subject(**options: Any) -> Finding[Any]:
            return job.open_formula(
                samples, name=name, reference=reference, seed=seed, budget_seconds=seconds, **options
            )

        finding = run_job(open_subject, folder, quiet=quiet, resume=resume, extra=_latex_file)
        if quiet:
            typer.echo(str(folder))
        else:
            typer.echo(err=True)
            terminal.show_finding(finding, folder)
        open_in_browser(folder / "report.html", open_report)


app.command()(laws)
app.command()(layers)
app.command()(features)
app.command()(probe)
app.command()(symmetries)
app.command()(families)


@app.command()
def check(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder that a command wrote.", show_default=False)
    ],
) -> None:
    """Run every certificate of a finding again, from its files alone."""
    with one_line_errors():
        if not folder.is_dir():
            raise ValueError(f"{str(folder)!r} is no folder; name one that a command wrote")
        from .prove.check import check_folder

        checked = check_folder(folder)
        if not checked:
            raise ValueError(f"{str(folder)!r} holds no certificate; name a folder whose claims are proved")
        terminal.show_checked(checked)
        if not all(entry.ok for entry in checked):
            raise typer.Exit(1)


@app.command("list")
def list_methods() -> None:
    """Show every method, by family."""
    with one_line_errors():
        terminal.show_pairs(methods())


def methods() -> list[tuple[str, str]]:
    """(family.Method, its one line) for every method of every family that is installed."""
    from importlib import import_module
    from importlib.util import find_spec

    from .core import Method

    found = []
    for family in FAMILIES:
        if find_spec(f"pellucid.{family}") is None:
            continue
        module = import_module(f"pellucid.{family}")
        for name in sorted(getattr(module, "__all__", ())):
            kind = getattr(module, name)
            if isinstance(kind, type) and issubclass(kind, Method) and kind is not Method:
                found.append((f"{family}.{name}", (kind.__doc__ or "").strip().split("\n")[0]))
    return found


def parse_alphabet(text: str) -> Alphabet:
    """What a step may be: "0..1" (a range), "0..1,0..9" (two inputs), or "a,b,c" (words). Raises ValueError.

    >>> str(parse_alphabet("0..1,-2..9"))
    '0..1 x -2..9'
    >>> parse_alphabet("a,b").symbols
    (('a', 'b'),)
    """
    from .subjects import Alphabet

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


def parse_seconds(text: str) -> float:
    """A time in words, in seconds. Raises ValueError.

    >>> [parse_seconds(text) for text in ("60", "60s", "1.5m", "2h")]
    [60.0, 60.0, 90.0, 7200.0]
    """
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*(s|m|min|h)?", text.strip())
    if match is None or float(match[1]) == 0:
        raise ValueError(f"budget={text!r} is no time; give seconds, or 60s, 5m, 1h")
    return float(match[1]) * {"m": 60, "min": 60, "h": 3600}.get(match[2] or "s", 1)


# ------------------------------------------------------------------------------------------------------- the work


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
    from .jobs import program as job

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


def _latex_file(finding: Finding[Any]) -> dict[str, bytes]:
    """The formula alone, for a paper."""
    return {"formula.tex": f"{finding.artifact.latex()}\n".encode()}


def _missed(finding: Finding[Any]) -> str:
    """The claim that says how often the program is wrong on sequences it was not made from; empty where it never is."""
    for claim in finding.claims:
        if claim.statement.startswith("program = ") and getattr(claim, "failures", 0):
            return f"{claim.statement}: {claim.evidence}"
    return ""


def _specification(path: Path, alphabet: Alphabet) -> Any:
    from .artifacts import Input
    from .prove.specification import load_specification

    bounds = zip(alphabet.low, alphabet.high, strict=True)
    return load_specification(path, [Input(f"x{i}", low, high) for i, (low, high) in enumerate(bounds)])


if __name__ == "__main__":
    main()

"""The command line. Everything heavy is imported inside the commands, so that help answers at once.

Results go to standard output, progress and messages to standard error. Exit codes: 0 done; 1 a check failed, a
specification was refuted, or the program is wrong on held-out sequences; 2 bad input or no room to write; 130
interrupted.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from . import terminal

if TYPE_CHECKING:
    from .core import Finding
    from .subjects import Alphabet

FAMILIES = ("distill", "discover", "look", "learn", "generate", "oversee")
RESUME = "interrupted; run the same command with --resume to go on"

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
    code = _exit_code(app)
    try:
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):  # what is left in the buffer goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not code and not isinstance(error, BrokenPipeError):
            _say(_told(error))
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
    """Opens black boxes: trained networks become programs, and every claim says how well it is known."""


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
    with _one_line_errors():
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
        _open_in_browser(folder / "report.html", open_report)
        missed = _missed(finding)
        if missed:
            remedy = "give more sequences or a larger --budget, and check that labels follow from the inputs so far"
            _say(f"not exact: {missed}; {remedy}")
        if missed or (spec is not None and any(claim.strength == "Refuted" for claim in finding.claims)):
            raise typer.Exit(1)


@app.command()
def check(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder that a command wrote.", show_default=False)
    ],
) -> None:
    """Run every certificate of a finding again, from its files alone."""
    with _one_line_errors():
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
    with _one_line_errors():
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
    from .core import SILENT
    from .jobs import program as job
    from .report import report_html
    from .run import ProgressBars

    if spec is not None and not spec.is_file():
        raise ValueError(f"spec {str(spec)!r} is no file; give a Python file with a reference function or a predicate")
    found, name, task = job.find_subject(subject, seed=seed, **options)
    specification = None if spec is None else _specification(spec, found.alphabet)
    folder = output or Path(name)
    _refuse_foreign(folder)
    checkpoint = folder.parent / f".{folder.name}.checkpoint"
    if resume and not checkpoint.is_dir():
        _say("nothing to resume; starting afresh")
    elif not resume:
        shutil.rmtree(checkpoint, ignore_errors=True)
    with nullcontext(SILENT) if quiet else ProgressBars() as reporter:
        finding = job.open_program(
            found,
            name=name,
            spec=specification,
            task=task,
            seed=seed,
            budget_seconds=budget,
            reporter=reporter,
            checkpoint=checkpoint,
        )
    finding.save(folder, {"report.html": report_html(finding).encode()})
    shutil.rmtree(checkpoint, ignore_errors=True)
    return finding, folder


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


def _refuse_foreign(folder: Path) -> None:
    """Only a folder that is new, empty or ours is written to; found out before the work, not after."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if place.is_dir() and not os.access(place, os.W_OK):
        raise ValueError(f"output {str(folder)!r} cannot be written; choose another --output")
    if not place.is_dir():
        raise ValueError(f"output {str(folder)!r}: {str(place)!r} is a file; choose another --output")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "finding.json").exists():
        raise ValueError(f"output {str(folder)!r} holds other files; choose another --output, or empty it")


def _open_in_browser(report: Path, wanted: bool | None) -> None:
    """Show the report, if that is wanted or there is someone at a desktop to see it."""
    if wanted is None:
        desktop = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
        wanted = desktop and sys.stdout.isatty()
    if wanted:
        import webbrowser

        if not webbrowser.open(report.resolve().as_uri()):
            _say(f"no browser found; the report is {report}")


# ------------------------------------------------------------------------------------------------------ the errors


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """What goes wrong is told in one line, on standard error, with an exit code; defects keep their traceback."""
    try:
        yield
    except KeyboardInterrupt:
        _fail(RESUME, 130)
    except BrokenPipeError:  # the reader of our output has seen enough (`pellucid list | head`)
        raise typer.Exit(1) from None
    except OSError as error:
        _fail(_told(error), 2)
    except ValueError as error:
        _fail(str(error), 2)
    except MemoryError:
        _fail("out of memory; give fewer or shorter sequences, or a smaller alphabet", 2)


def _exit_code(action: Callable[[], Any]) -> int:
    try:
        with _one_line_errors():
            action()
    except typer.Exit as stop:
        return stop.exit_code
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def _told(error: OSError) -> str:
    import errno

    remedies = {
        errno.ENOSPC: "free some space, or choose another --output; then run again with --resume",
        errno.EDQUOT: "free some space, or choose another --output; then run again with --resume",
        errno.EACCES: "choose a place that you may read and write",
        errno.EROFS: "choose a place that you may write",
        errno.ENOENT: "check the path",
        errno.ENOTDIR: "check the path",
    }
    place = f"{error.filename}: " if error.filename else ""
    remedy = remedies.get(error.errno or 0)
    return f"{place}{error.strerror or error}" + (f"; {remedy}" if remedy else "")


def _say(message: str) -> None:
    typer.echo(f"pellucid: {' '.join(message.split())}", err=True)


def _fail(message: str, code: int) -> NoReturn:
    _say(message)
    raise typer.Exit(code)


if __name__ == "__main__":
    main()

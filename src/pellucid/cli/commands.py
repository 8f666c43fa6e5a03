"""What all commands share: a folder for the results, a checkpoint beside it, and errors in one line."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from . import terminal

if TYPE_CHECKING:
    from ..core import Finding

RESUME = "interrupted; run the same command with --resume to go on"


def run_job(
    open_subject: Callable[..., Finding[Any]],
    folder: Path,
    *,
    quiet: bool,
    resume: bool,
    extra: Callable[[Finding[Any]], dict[str, bytes]] = lambda finding: {},
) -> Finding[Any]:
    """Runs a job with progress bars and a checkpoint, and writes its finding, report and `extra` files to `folder`."""
    from ..core import SILENT
    from ..report import report_html
    from ..run import ProgressBars

    checkpoint = folder.parent / f".{folder.name}.checkpoint"
    if resume and not checkpoint.is_dir():
        say("nothing to resume; starting afresh")
    elif not resume:
        shutil.rmtree(checkpoint, ignore_errors=True)
    with nullcontext(SILENT) if quiet else ProgressBars() as reporter:
        finding = open_subject(reporter=reporter, checkpoint=checkpoint)
    finding.save(folder, {"report.html": report_html(finding).encode(), **extra(finding)})
    shutil.rmtree(checkpoint, ignore_errors=True)
    return finding


def show(finding: Finding[Any], folder: Path, quiet: bool, wanted: bool | None, page: str = "report.html") -> None:
    """Prints the finding (only its folder, where `quiet`), and opens `page` in a browser where that is wanted."""
    if quiet:
        typer.echo(str(folder))
    else:
        typer.echo(err=True)
        terminal.show_finding(finding, folder)
    open_in_browser(folder / page, wanted)


def fail_if_refuted(finding: Finding[Any]) -> None:
    """Exit code 1 where a claim that was to be proved is refuted."""
    refuted = [claim.statement for claim in finding.claims if claim.strength == "Refuted"]
    if refuted:
        say(f"not proved: {refuted[0]}")
        raise typer.Exit(1)


def refuse_foreign(folder: Path) -> None:
    """Only a folder that is new, empty or ours is written to; found out before the work, not after."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if place.is_dir() and not os.access(place, os.W_OK):
        raise ValueError(f"output {str(folder)!r} cannot be written; choose another --output")
    if not place.is_dir():
        raise ValueError(f"output {str(folder)!r}: {str(place)!r} is a file; choose another --output")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "finding.json").exists():
        raise ValueError(f"output {str(folder)!r} holds other files; choose another --output, or empty it")


def open_in_browser(report: Path, wanted: bool | None) -> None:
    """Show the report, if that is wanted or there is someone at a desktop to see it."""
    if wanted is None:
        desktop = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
        wanted = desktop and sys.stdout.isatty()
    if wanted:
        import webbrowser

        if not webbrowser.open(report.resolve().as_uri()):
            say(f"no browser found; the report is {report}")


@contextmanager
def one_line_errors() -> Iterator[None]:
    """What goes wrong is told in one line, on standard error, with an exit code; defects keep their traceback."""
    try:
        yield
    except KeyboardInterrupt:
        fail(RESUME, 130)
    except BrokenPipeError:  # the reader of our output has seen enough (`pellucid list | head`)
        raise typer.Exit(1) from None
    except OSError as error:
        fail(told(error), 2)
    except ValueError as error:
        fail(str(error), 2)
    except MemoryError as error:
        what = "give fewer rows or columns, fewer or shorter sequences, or a smaller alphabet"
        fail(str(error) or f"out of memory; {what}", 2)


def exit_code(action: Callable[[], Any]) -> int:
    try:
        with one_line_errors():
            action()
    except typer.Exit as stop:
        return stop.exit_code
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def told(error: OSError) -> str:
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


def say(message: str) -> None:
    typer.echo(f"pellucid: {' '.join(message.split())}", err=True)


def fail(message: str, code: int) -> NoReturn:
    say(message)
    raise typer.Exit(code)

"""What all commands share: a folder for the results, a checkpoint beside it, and errors in one line."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from glob import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from . import terminal

if TYPE_CHECKING:
    from ..core import Finding

LOWER = "give fewer rows or columns, fewer or shorter sequences, or a smaller alphabet"
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
    from ..core.files import STAGED
    from ..report import report_html
    from ..run import ProgressBars

    checkpoint = checkpoint_of(folder)
    with _alone(checkpoint, folder):
        for left in folder.parent.glob(f".{escape(folder.name)}{STAGED}*"):  # by a run that was killed while writing
            shutil.rmtree(left, ignore_errors=True)
        if not resume:
            _empty(checkpoint)
        elif not any(checkpoint.iterdir()):
            say("nothing to resume; starting afresh")
        with nullcontext(SILENT) if quiet else ProgressBars() as reporter:
            finding = open_subject(reporter=reporter, checkpoint=checkpoint)
        finding.save(folder, {"report.html": report_html(finding).encode(), **extra(finding)})
        if not _was_interrupted(finding):
            _empty(checkpoint)
    return finding


def checkpoint_of(folder: Path) -> Path:
    """Where a command that writes to `folder` keeps what it has so far."""
    return folder.parent / f".{folder.name}.checkpoint"


@contextmanager
def _alone(checkpoint: Path, folder: Path) -> Iterator[None]:
    """Within it no other run may write there; a run that is killed lets go of it. What is left empty goes."""
    checkpoint.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if find_spec("fcntl") is not None:  # elsewhere two runs have to look after themselves
            import fcntl

            handle = os.open(checkpoint, os.O_RDONLY)
            stack.callback(os.close, handle)
            with suppress(OSError):
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    text = "is being written by another run; wait for it, or choose another --output"
                    raise ValueError(f"output {str(folder)!r} {text}") from None
        try:
            yield
        finally:
            with suppress(OSError):
                checkpoint.rmdir()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def show(finding: Finding[Any], folder: Path, quiet: bool, wanted: bool | None, page: str = "report.html") -> None:
    """Prints the finding (only its folder, where `quiet`), and opens `page` in a browser where that is wanted."""
    if quiet:
        typer.echo(str(folder))
    else:
        typer.echo(err=True)
        terminal.show_finding(finding, folder)
    open_in_browser(folder / page, wanted)


def fail_if_interrupted(finding: Finding[Any]) -> None:
    """The exit code of an interrupt where Ctrl-C ended the job, and the best of what it had by then was written."""
    if _was_interrupted(finding):
        fail(RESUME, 130)


def _was_interrupted(finding: Finding[Any]) -> bool:
    return any(claim.key == "interrupted" for claim in finding.claims)


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
    ours = (folder / "finding.json").exists() or checkpoint_of(folder).is_dir()  # killed while it was written
    if folder.is_dir() and any(folder.iterdir()) and not ours:
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
def one_line_errors(lower: str = LOWER) -> Iterator[None]:
    """What goes wrong is told in one line, on standard error, with an exit code; defects keep their traceback.

    `lower`: what to do where memory runs out and nothing told what to lower.
    """
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
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not _is_out_of_memory(error):
            raise
        told_already = isinstance(error, MemoryError) and str(error)
        fail(told_already or f"out of memory; {lower}", 2)


def _is_out_of_memory(error: RuntimeError) -> bool:
    if "torch" not in sys.modules:  # then it is none of torch's
        return False
    from ..subjects.models.out_of_memory import is_out_of_memory

    return is_out_of_memory(error)


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

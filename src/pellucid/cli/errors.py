"""What goes wrong, in one line on standard error, with an exit code."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

__all__ = ["exit_code", "fail", "fail_as_interrupted", "message_of", "one_line_errors", "say"]


@contextmanager
def one_line_errors(
    lower: str = "give fewer rows or columns, fewer or shorter sequences, or a smaller alphabet",
) -> Iterator[None]:
    """Turns errors into one line and an exit code; defects keep their traceback.

    `lower`: what to do where memory runs out and the error itself does not say what to lower.
    """
    try:
        yield
    except KeyboardInterrupt:
        fail_as_interrupted()
    except BrokenPipeError:  # the reader of our output has seen enough (`pellucid list | head`)
        raise typer.Exit(1) from None
    except OSError as error:
        fail(message_of(error), 2)
    except ValueError as error:
        fail(str(error), 2)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not _is_out_of_memory(error):
            raise
        remedy = str(error) if isinstance(error, MemoryError) else ""
        fail(remedy or f"out of memory; {lower}", 2)


def _is_out_of_memory(error: RuntimeError) -> bool:
    if "torch" not in sys.modules:  # then it is none of torch's
        return False
    from ..subjects.models.out_of_memory import is_out_of_memory

    return is_out_of_memory(error)


def exit_code(action: Callable[[], Any]) -> int:
    """Does something, and returns the exit code that it ends with.

    >>> exit_code(lambda: None)
    0
    """
    try:
        with one_line_errors():
            action()
    except typer.Exit as stop:
        return stop.exit_code
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def message_of(error: OSError) -> str:
    """Where an error of the system happened, what it is, and what to do about it.

    >>> message_of(FileNotFoundError(2, "No such file or directory", "x.csv"))
    'x.csv: No such file or directory; check the path'
    """
    room = "free some space, or choose another --output; then run again with --resume"
    remedies = {
        errno.ENOSPC: room,
        errno.EDQUOT: room,
        errno.EACCES: "choose a place that you may read and write",
        errno.EROFS: "choose a place that you may write",
        errno.ENOENT: "check the path",
        errno.ENOTDIR: "check the path",
    }
    place = f"{error.filename}: " if error.filename else ""
    remedy = remedies.get(error.errno or 0)
    return f"{place}{error.strerror or error}" + (f"; {remedy}" if remedy else "")


def say(message: str) -> None:
    """A message on standard error, in one line."""
    typer.echo(f"pellucid: {' '.join(message.split())}", err=True)


def fail_as_interrupted() -> NoReturn:
    """Says how to go on, and ends with the exit code of an interrupt."""
    fail("interrupted; run the same command with --resume to go on", 130)


def fail(message: str, code: int) -> NoReturn:
    """Says the message and ends with the exit code."""
    say(message)
    raise typer.Exit(code)

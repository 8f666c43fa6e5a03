"""The command line. Everything heavy is imported inside the commands, so that help answers at once.

Each file in `commands/` adds its command to `app`, so that a new one needs no line elsewhere; `show/` says what of a
finding is printed, by family. What they share is in `running`, `errors` and `terminal`.

Results go to standard output, progress and messages to standard error. Exit codes: 0 done; 1 a check failed, a
specification was refuted, or the program is wrong on held-out sequences; 2 bad input or no room to write; 130
interrupted.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from ..core.registry import import_all
from .app import app
from .errors import exit_code, message_of, say

__all__ = ["app", "main"]

import_all(f"{__name__}.commands")


def main() -> None:
    """The `pellucid` command; what is still to be written is flushed here, so that a full disk is reported, too."""
    code = exit_code(app)
    try:
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):  # what is left in the buffer goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not code and not isinstance(error, BrokenPipeError):
            say(message_of(error))
        code = code or 2
    sys.exit(code)

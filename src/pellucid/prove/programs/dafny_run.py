"""Running Dafny on a text: what counts as verified, and what does not."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from ..proof import Verdict

NOT_FOUND = "dafny not found"
INSTALL = "apt-get install dafny"
_VERIFIED = re.compile(r"(\d+) verified, 0 errors")
_TIMED_OUT = re.compile(r"time[sd]? out|out of resource|inconclusive", re.IGNORECASE)
_ESCAPES = re.compile(r"\bassume\b|\{:\s*(axiom|verify|extern)|\binclude\b|/\*|@", re.IGNORECASE)


def dafny_path() -> str | None:
    """Where Dafny is; None where it is not installed."""
    return shutil.which("dafny")


@cache
def dafny_version() -> str:
    """What Dafny calls itself; empty where it is not installed or does not say."""
    executable = dafny_path()
    if executable is None:
        return ""
    for option in ("/version", "--version"):  # the first until version 3, the second since
        try:
            done = subprocess.run([executable, option], capture_output=True, text=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        if found := re.search(r"\d+\.\d+\.\d+(\.\d+)?", done.stdout):
            return found[0]
    return ""


def verify(text: str, timeout: float) -> Verdict:
    """What Dafny says of `text`: only exit code 0 together with "n verified, 0 errors" counts as a proof.

    Dafny 2.3 sends a Z3 newer than 4.8.5 an option that it no longer knows; the complaint is harmless and ignored.
    """
    executable = dafny_path()
    if executable is None:
        return Verdict(problem=NOT_FOUND)
    if found := _ESCAPES.search(text):
        return Verdict(problem=f"the text leaves something unproved: {found[0]}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.dfy"
        file.write_text(text)
        limit = max(1, int(timeout))
        command = [executable, "/compile:0", "/nologo", f"/timeLimit:{limit}", str(file)]
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            return Verdict(problem=f"Dafny did not finish within {timeout:.0f} s", unchecked=True)
        finally:
            _stop(process)
    return _verdict(process.returncode, output, file.name)


def _stop(process: subprocess.Popen[str]) -> None:
    """End Dafny and the solvers that it started, which run in a process group of their own."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _verdict(code: int, output: str, name: str) -> Verdict:
    verified = _VERIFIED.search(output)
    if code == 0 and verified and int(verified[1]) > 0 and not _TIMED_OUT.search(output):
        return Verdict(detail=verified[0])
    if _TIMED_OUT.search(output):
        return Verdict(problem="Dafny ran out of time", unchecked=True)
    errors = [line for line in output.splitlines() if re.search(r"\(\d+,\d+\): (Error|error)", line)]
    summary = errors[0][errors[0].find(name) :] if errors else f"it ended with code {code}"
    return Verdict(problem=f"Dafny does not verify it: {summary}")

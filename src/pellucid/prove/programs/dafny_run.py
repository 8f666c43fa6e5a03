"""Running Dafny on a text: what counts as verified, and what does not."""

from __future__ import annotations

import math
import os
import re
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from ..effort import Effort
from ..proof import Verdict

NOT_FOUND = "dafny not found"
INSTALL = "apt-get install dafny"
_FILE = "program.dfy"


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

    n must be at least the number of lemmas and methods in the text, and Dafny must refuse a lemma that is false.
    Dafny 2.3 sends a Z3 newer than 4.8.5 an option that it no longer knows; the complaint is harmless and ignored.
    """
    executable = dafny_path()
    if executable is None:
        return Verdict(problem=NOT_FOUND)
    if found := re.search(
        r"\bassume\b|\bfree\b|\{:\s*(axiom|verify|extern)|\binclude\b|/\*|@|#|\r", text, re.IGNORECASE
    ):
        return Verdict(problem=f"the text leaves something unproved: {found[0]}")
    stated = re.findall(r"^\s*(?:ghost\s+)?(?:lemma|method)\b", text, re.MULTILINE)
    return verified(text, timeout, least=max(1, len(stated)))


def verified(text: str, timeout: float, *, least: int = 0) -> Verdict:
    """What Dafny says of a text of any origin, of which it has to verify at least so many parts; as for `verify`."""
    executable = dafny_path()
    if executable is None:
        return Verdict(f"{NOT_FOUND} ({INSTALL})", unchecked=True)
    code, output = run_dafny(executable, text, timeout)
    if code is None:
        return Verdict(problem=f"Dafny did not finish within {Effort.clock * timeout:.0f} s", unchecked=True)
    verdict = _verdict(code, output, _FILE, least)
    if verdict.holds and not refuses_what_is_false(executable):
        return Verdict(problem=f"{executable} verifies a lemma that is false; it is no Dafny to be believed")
    return verdict


def ran_out(output: str) -> bool:
    """Whether Dafny says that time or resources were spent, rather than that something does not hold.

    So it is where its solver stopped answering, after which Dafny may well count "0 verified, 0 errors"; that a solver
    does not know a parameter that it is given is no such fault.

    >>> ran_out("1 verified, 0 errors"), ran_out("Prover error: no answer. 0 verified, 0 errors")
    (False, True)
    """
    spent = r"time[sd]? out|time ran out|out of resource|resource limit|inconclusive"
    mute = r"Prover error: (?!line \d+ column \d+: unknown parameter)"
    return bool(re.search(f"{spent}|{mute}", output, re.IGNORECASE))


@cache
def refuses_what_is_false(executable: str, timeout: float = 60.0) -> bool:
    """Whether it answers a false lemma as Dafny does: with one error, at its place, and nothing but."""
    code, output = run_dafny(executable, "lemma Canary(n: int) ensures n * n > n {}\n", timeout)  # 1 * 1 is not above 1
    return code not in (None, 0) and "0 errors" not in output and f"{_FILE}(1," in output


def run_dafny(
    executable: str,
    text: str,
    timeout: float,
    *,
    errors: int = 1,
    steps_a_second: int = 1_000_000,
    waiting: float = 8.0,
) -> tuple[int | None, str]:
    """The exit code and the output of Dafny on `text`; no code where it was stopped.

    Each procedure has `timeout` seconds of effort, counted in steps (with quantifiers Z3 makes a million of them in a
    second rather than five). Behind them stands a limit of CPU time, `Effort.clock` times as much for Dafny and as much
    for each solver, so that a busy machine changes no answer; and the clock, should one wait forever. After so many
    `errors` in one procedure it stops.
    """
    longest = Effort.clock * timeout
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / _FILE
        file.write_text(text)
        steps = min(int(timeout * steps_a_second), 2**31 - 1)
        limits = [f"/rlimit:{steps}", f"/timeLimit:{max(1, int(waiting * longest))}", f"/errorLimit:{errors}"]
        command = [executable, "/compile:0", "/nologo", *limits, str(file)]
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        try:
            _limit_cpu(process.pid, math.ceil(longest))
            output, _ = process.communicate(timeout=waiting * longest)
        except subprocess.TimeoutExpired:
            return None, ""
        finally:
            _stop(process)
    return (None, "") if process.returncode == -signal.SIGXCPU else (process.returncode, output)


def _limit_cpu(process: int, seconds: int) -> None:
    """Ends a process, and each that it starts from now on, after so many seconds of CPU time, where systems can."""
    try:
        import resource

        resource.prlimit(process, resource.RLIMIT_CPU, (seconds, seconds + 5))
    except (ImportError, AttributeError, ProcessLookupError):  # the clock remains
        return


def _stop(process: subprocess.Popen[str]) -> None:
    """End Dafny and the solvers that it started, which run in a process group of their own."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _verdict(code: int, output: str, name: str, least: int = 1) -> Verdict:
    """What the output says, where at least so many lemmas and methods were to be verified."""
    found = re.search(r"(\d+) verified, 0 errors", output)
    if code == 0 and found and not ran_out(output):
        if int(found[1]) >= least:
            return Verdict(detail=found[0])
        return Verdict(problem=f"Dafny says {found[0]}, but {least} lemmas and methods were to be verified")
    if ran_out(output):
        return Verdict(problem="Dafny ran out of time", unchecked=True)
    errors = [line for line in output.splitlines() if re.search(r"\(\d+,\d+\): (Error|error)", line)]
    summary = errors[0][errors[0].find(name) :] if errors else f"it ended with code {code}"
    return Verdict(problem=f"Dafny does not verify it: {summary}")

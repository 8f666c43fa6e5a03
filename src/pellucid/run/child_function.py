"""A function of a stranger's file, run in a process of its own with limits.

The process has its own memory, an empty environment, a temporary folder to work in, and limits on CPU time, memory and
the size of files; a call that does not answer in time ends it. That keeps mistakes from doing harm (endless loops, huge
lists, `exit`, prints among the results). It is no sandbox: such code can still read files and reach the network.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SERVED = Path(__file__).with_name("child_served.py")


class ChildError(ValueError):
    """The stranger's code raised, or ended the process; the message says what it raised."""


@dataclass(frozen=True)
class Limits:
    """What the process may use."""

    seconds: float = 10.0
    """For one call, of the clock."""
    cpu_seconds: int = 600
    """For all calls."""
    memory: int = 4 << 30
    """Bytes of address space: numpy alone reserves one gigabyte."""
    file: int = 0
    """Bytes that a file may grow to: none is written."""

    def of_system(self) -> dict[str, int]:
        return {"RLIMIT_CPU": self.cpu_seconds, "RLIMIT_AS": self.memory, "RLIMIT_FSIZE": self.file}


@dataclass(eq=False)
class ChildFunction:
    """`function` of the Python in `source`, called in a process of its own: `child(sequence)`; values as JSON has them.

    Sequences are lists of numbers or of tuples; an array or iterator that comes back is a list. Raises ChildError where
    the code raises, on loading (at the first call, or `load`) or later, and where it does not answer in time.

    >>> child = ChildFunction("def double(xs): return [2 * x for x in xs]", "double")
    >>> child([1, 2])
    [2, 4]
    >>> child.close()
    """

    source: str
    function: str
    file: str = "specification.py"
    limits: Limits = Limits()
    _process: subprocess.Popen[str] | None = field(default=None, init=False, repr=False)
    _lines: queue.Queue[str] = field(default_factory=queue.Queue, init=False, repr=False)

    @property
    def __name__(self) -> str:
        return self.function

    def load(self) -> None:
        """Start the process and run the file."""
        if self._process is None:
            self._start()

    def __call__(self, *arguments: Any) -> Any:
        self.load()
        return self._answer(list(arguments))["value"]

    def close(self) -> None:
        """End the process; a later call starts another one."""
        if self._process is not None:
            _end(self._process)
            self._process = None

    def _start(self) -> None:
        folder = tempfile.mkdtemp(prefix="pellucid-")
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
        process = subprocess.Popen(
            [sys.executable, "-I", str(SERVED)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment | {"HOME": folder, "OMP_NUM_THREADS": "1"},
            text=True,
            bufsize=1,
        )
        self._process, self._lines = process, queue.Queue()
        weakref.finalize(self, _end, process, folder)
        threading.Thread(target=_read, args=(process.stdout, self._lines), daemon=True).start()
        first = {"source": self.source, "function": self.function, "file": self.file}
        self._answer(first | {"limits": self.limits.of_system()})

    def _answer(self, request: Any) -> dict[str, Any]:
        """What comes back for a line. Raises ChildError."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            answer = json.loads(self._lines.get(timeout=self.limits.seconds))
        except queue.Empty:
            self.close()
            raise ChildError(f"no answer within {self.limits.seconds:g} s") from None
        except (OSError, ValueError):
            self.close()
            raise ChildError(f"the process ended (limits: {self.limits.memory >> 30} GB of memory)") from None
        if "raised" in answer:
            raise ChildError(answer["raised"])
        return answer


def _read(lines: Any, into: queue.Queue[str]) -> None:
    for line in lines:
        into.put(line)
    into.put("")  # the end: no JSON


def _end(process: subprocess.Popen[str], folder: str = "") -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)

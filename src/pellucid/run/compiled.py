"""Compiled files: a C source of ours, built once per machine by its own compiler, where there is one.

The built file lies in $XDG_CACHE_HOME/pellucid (or ~/.cache/pellucid), named after source, options and processor.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path

__all__ = ["compiled"]


def compiled(source: Path, switch: str, libraries: tuple[str, ...] = ()) -> ctypes.CDLL | None:
    """The library made of `source`; None without a compiler, where it fails (with a warning), or with `switch`=off.

    `switch` names an environment variable, `libraries` what is linked beside the mathematical library ("-lmvec").

    >>> os.environ["PELLUCID_EXAMPLE"] = "off"
    >>> compiled(Path("example.c"), "PELLUCID_EXAMPLE") is None
    True
    """
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc") or shutil.which("clang")
    if os.environ.get(switch) == "off" or compiler is None or os.name != "posix":
        return None
    command = [compiler, *_options(), str(source), *libraries]
    made_from = "\n".join([source.read_text(), *_options(), *libraries, platform.machine(), _processor()])
    name = f"{source.stem}-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}.so"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pellucid"
    try:
        if not (cache / name).exists():
            cache.mkdir(parents=True, exist_ok=True)
            _build(command, cache / name)
        return ctypes.CDLL(str(cache / name))
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or b"").decode()[:500]
        text = f"{source.name} could not be built, slower operations take its place: {error} {said}"
        warnings.warn(text, RuntimeWarning, stacklevel=2)
        return None


def _options() -> list[str]:
    """Fast, for sums of products in any order (no errno, traps or signed zeros), and for this very processor."""
    options = ["-O3", "-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros", "-fassociative-math"]
    options += ["-ffp-contract=fast", "-shared", "-fPIC"]
    return [*options, "-march=native"] if _processor() and platform.machine() == "x86_64" else options


def _build(command: list[str], target: Path, seconds: float = 120) -> None:
    """Runs the compiler, for at most so many seconds; the file appears whole or not at all."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        built = Path(folder) / target.name
        subprocess.run([*command, "-lm", "-o", str(built)], check=True, capture_output=True, timeout=seconds)
        built.replace(target)


def _processor() -> str:
    """What tells processors apart that cannot run each other's code; "" where it is not known."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith("flags")), "")

"""Compiled files: a C source of ours, built once per machine by its own compiler, or brought along by a wheel.

A machine with a compiler builds for its own processor, into the cache (`cache_folder`), under a name made of source,
options and processor; what was built is kept with its SHA-256, and a file that is not what was built is built again. A
machine without one takes the library that the wheel holds. Where there is neither, operations of numpy and torch take
its place, which sum in another order. The provenance of every finding says which it was.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import subprocess
import warnings
from pathlib import Path

from ..core.provenance import KERNELS
from .cache_folder import cache_folder
from .kernel_build import build, built_in, command, compiler

__all__ = ["compiled"]


def compiled(source: Path, switch: str) -> ctypes.CDLL | None:
    """The library made of `source`; None without a compiler and a wheel's, where loading fails (with a warning), or
    with `switch`=off.

    `switch` names an environment variable.

    >>> os.environ["PELLUCID_EXAMPLE"] = "off"
    >>> compiled(Path("example.c"), "PELLUCID_EXAMPLE") is None
    True
    """
    KERNELS[source.stem] = "none"
    if os.environ.get(switch) == "off" or os.name != "posix":
        return None
    try:
        path, kind = _built_here(source), "built here"
        if path is None:
            path, kind = built_in(source, frozenset(_processor().split())), "from the wheel"
        if path is None:
            text = f"{source.stem}: no C compiler here, slower operations take its place; install one (gcc or clang)"
            warnings.warn(text, RuntimeWarning, stacklevel=2)
            return None
        library = ctypes.CDLL(str(path))
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or b"").decode()[:500]
        text = f"{source.name} could not be built, slower operations take its place: {error} {said}"
        warnings.warn(text, RuntimeWarning, stacklevel=2)
        return None
    KERNELS[source.stem] = kind
    return library


def _built_here(source: Path) -> Path | None:
    """Its library for this very processor, built unless it lies in the cache; None without a compiler."""
    if compiler() is None:
        return None
    processor = _processor()
    words = command(source, Path("library"), "native" if processor else "")
    made_from = "\n".join([source.read_text(), *words[1:-4], platform.machine(), processor])
    path = cache_folder() / f"{source.stem}-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}.so"
    digest = path.with_suffix(".sha256")
    if not path.is_file() or not digest.is_file() or digest.read_text() != _digest(path):
        build(source, path, "native" if processor else "")
        digest.write_text(_digest(path))
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _processor() -> str:
    """What tells processors apart that cannot run each other's code; "" where it is not known."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2] for line in lines if line.startswith("flags")), "")

"""How a C source of ours is made a library: by the command that builds a wheel, and on a machine without one.

Standard library alone, so that `setup.py` can read this file before anything is installed.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

LEVELS = {"x86-64-v3": frozenset({"avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"}), "": frozenset()}
"""Kinds of x86-64 processor that a wheel brings libraries for, the fastest first, and the flags that each must have
(the levels of the System V ABI, x86-64 supplement, section 3.1)."""


def compiler() -> str | None:
    """The machine's C compiler; None where there is none that we know how to ask."""
    if os.name != "posix":
        return None
    return shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc") or shutil.which("clang")


def command(source: Path, target: Path, processor: str) -> list[str]:
    """What is run to build it for a kind of `processor` ("native": this very one; "": any of its architecture)."""
    march = [f"-march={processor}"] if processor and platform.machine() in ("x86_64", "AMD64") else []
    return [compiler() or "cc", *options(), *march, str(source), *libraries_of(source), "-lm", "-o", str(target)]


def options() -> list[str]:
    """Fast, for sums of products in any order (no errno, traps or signed zeros)."""
    signs = ["-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros", "-fassociative-math"]
    return ["-O3", *signs, "-ffp-contract=fast", "-shared", "-fPIC"]


def libraries_of(source: Path) -> tuple[str, ...]:
    """What its first lines ask for to be linked: `/* links: -lmvec */` (GNU's vectors of exp, log and sin).

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = Path(folder) / "a.c"
    ...     _ = source.write_text("/* links: -lmvec */")
    ...     libraries_of(source) in ((), ("-lmvec",))
    True
    """
    for line in source.read_text().splitlines()[:40]:
        if "links:" in line and platform.libc_ver()[0] == "glibc":
            return tuple(word for word in line.split("links:")[1].split() if word.startswith("-l"))
    return ()


def build(source: Path, target: Path, processor: str, seconds: float = 120) -> None:
    """Runs the compiler, for at most so many seconds; the file appears whole or not at all.

    Raises OSError or subprocess.SubprocessError where it fails.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        built = Path(folder) / target.name
        subprocess.run(command(source, built, processor), check=True, capture_output=True, timeout=seconds)
        built.replace(target)


def built_in(source: Path, flags: frozenset[str]) -> Path | None:
    """The library beside its source that suits a processor with these flags, where a wheel brought one."""
    for level, needed in LEVELS.items():
        path = beside(source, level)
        if needed <= flags and path.is_file():
            return path
    return None


def beside(source: Path, level: str) -> Path:
    """Where a wheel keeps the library of a source; `forms.so` would be taken for a module of Python.

    >>> beside(Path("forms.c"), "x86-64-v3").name, beside(Path("forms.c"), "").name
    ('forms.x86-64-v3.so', 'forms.any.so')
    """
    return source.with_suffix(f".{level or 'any'}.so")


def levels() -> list[str]:
    """The kinds of processor that a wheel built here brings libraries for."""
    return list(LEVELS) if platform.machine() in ("x86_64", "AMD64") else [""]

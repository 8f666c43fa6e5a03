"""Where a row is from: the commit that was run, and the day."""

from __future__ import annotations

import subprocess
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any


@cache
def commit() -> str:
    """The short name of the commit that this process runs; "+" after it: with changes; empty outside of a clone."""
    folder = Path(__file__).parents[2]

    def git(*words: str) -> str:
        told = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
        return told.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "benchmarks")
        return git("rev-parse", "--short=9", "HEAD") + "+" * bool(changed)
    except (OSError, subprocess.CalledProcessError):
        return ""


def origin(case: dict[str, Any]) -> dict[str, Any]:
    """What a row of a case says of the run that it is from; `allowed`: CPU seconds, 0 for no limit."""
    return {"allowed": case["seconds"], "commit": commit(), "date": date.today().isoformat()}

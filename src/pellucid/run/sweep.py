"""Sweeps: one function over many independent cases (tasks, seeds, systems), in parallel, resumable, none lost."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.files import write_atomic
from ..core.reporter import SILENT, Reporter

__all__ = ["Outcome", "sweep"]


@dataclass(frozen=True)
class Outcome:
    """What became of one case: its `result`, or the `error` that stopped it. `resumed`: read back, not run again."""

    case: Any
    result: Any = None
    error: str = ""
    seconds: float = 0.0
    resumed: bool = False

    @property
    def failed(self) -> bool:
        return bool(self.error)


def sweep(
    function: Callable[[Any], Any],
    cases: Iterable[Any],
    *,
    jobs: int = 1,
    reporter: Reporter = SILENT,
    store: Path | None = None,
    label: str = "cases",
) -> list[Outcome]:
    """`function(case)` for every case, `jobs` at a time, as outcomes in the order of `cases`.

    An exception becomes the outcome of its case, and the others go on. With `store` (a folder), each result is written
    there as JSON once it is known: after an interrupt, the same call runs only what is missing or failed. Cases and
    results must then be what JSON can hold. The work goes through joblib, so `joblib.parallel_config` may carry it to
    a cluster. Raises ValueError for a number of jobs that joblib does not know.

    >>> [outcome.result for outcome in sweep(abs, [-1, 2])]
    [1, 2]
    """
    from joblib import Parallel, delayed

    if jobs == 0:
        raise ValueError("jobs=0 runs nothing; give the number of processes, or -1 for one a core")
    cases = list(cases)
    paths = _paths(function, cases, store)
    outcomes = [_read(case, path) for case, path in zip(cases, paths, strict=True)]
    missing = [i for i, outcome in enumerate(outcomes) if outcome is None]
    reporter.start(label, len(cases))
    reporter.advance(len(cases) - len(missing), "resumed" if len(missing) < len(cases) else "")
    runs: Any = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_run)(function, cases[i], paths[i]) for i in missing
    )
    for i, outcome in zip(missing, runs, strict=True):
        outcomes[i] = outcome
        reporter.advance(1, "failed" if outcome.failed else "")
    reporter.finish()
    return [outcome for outcome in outcomes if outcome is not None]


def _paths(function: Callable[[Any], Any], cases: list[Any], store: Path | None) -> list[Path | None]:
    """Where each case's outcome is written; nowhere without a store."""
    return [None if store is None else store / f"{_key(function, case)}.json" for case in cases]


def _run(function: Callable[[Any], Any], case: Any, path: Path | None) -> Outcome:
    """One case; its outcome is written where it was run, at once, so that an interrupt elsewhere cannot lose it."""
    start = time.perf_counter()
    result, error = None, ""
    try:
        result = function(case)
        if path is not None:
            result = json.loads(json.dumps(result))  # the same, whether it is run now or read back later
    except Exception as problem:  # whatever stops a case is its outcome, and no reason to stop the others
        place = traceback.extract_tb(problem.__traceback__)[-1]
        result, error = None, f"{type(problem).__name__}: {problem} ({Path(place.filename).name}, line {place.lineno})"
    seconds = time.perf_counter() - start
    if path is not None:
        entry = {"case": case, "result": result, "error": error, "seconds": seconds}
        write_atomic(path, (json.dumps(entry, indent=1) + "\n").encode())
    return Outcome(case, result, error, seconds)


def _read(case: Any, path: Path | None) -> Outcome | None:
    """The stored outcome; None where there is none, it failed, or the file is damaged (then the case is run again)."""
    try:
        entry = json.loads(path.read_text()) if path is not None else {}
        return Outcome(case, entry["result"], "", entry["seconds"], True) if not entry["error"] else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _key(function: Callable[[Any], Any], case: Any) -> str:
    """A file name for a case: readable where it can be, and different for every function and case."""
    name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(type(function)))}"
    try:
        text = json.dumps(case, sort_keys=True)
    except TypeError:
        raise ValueError(
            f"case={case!r} cannot be written as JSON; give cases of numbers, texts, lists and dicts"
        ) from None
    readable = "".join(c if c.isalnum() else "_" for c in case)[:60] + "-" if isinstance(case, str) else ""
    return readable + hashlib.sha256(f"{name}:{text}".encode()).hexdigest()[:16]
